//! An entry as it is in a file: a digest, and the function that it is the digest of.

use sha2::{Digest, Sha256};

use super::Key;

/// The bytes of a digest.
const DIGEST: usize = 32;

/// A function as the content of a file.
pub(super) fn write(key: &Key, value: &[u8]) -> Vec<u8> {
    let mut content = digest(key, value).to_vec();
    content.extend_from_slice(value);
    content
}

/// The function in the content of a file, if it is whole and the one that the key means.
pub(super) fn read(key: &Key, mut content: Vec<u8>) -> Option<Vec<u8>> {
    let (found, value) = content.split_at_checked(DIGEST)?;
    if found != digest(key, value) {
        return None;
    }
    content.drain(..DIGEST);
    Some(content)
}

/// Covers the key, too: a file under another's name is no more use than one that is cut off.
fn digest(key: &Key, value: &[u8]) -> [u8; DIGEST] {
    Sha256::new().chain_update(b"usher compile cache 1").chain_update(key).chain_update(value).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::{Key, read, write};

    #[test]
    fn what_is_not_whole_is_nothing() {
        let key: Key = [1; 32];
        let whole = write(&key, b"machine code");
        assert_eq!(read(&key, whole.clone()).as_deref(), Some(b"machine code".as_slice()));
        for length in 0..whole.len() {
            assert_eq!(read(&key, whole[..length].to_vec()), None, "{length} bytes of it");
        }
        for position in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[position] ^= 1;
            assert_eq!(read(&key, damaged), None, "byte {position}");
        }
        assert_eq!(read(&key, [whole.as_slice(), b"!"].concat()), None);
        assert_eq!(read(&[2; 32], whole), None, "it is another function");
    }
}
