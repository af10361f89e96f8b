//! The seal of an artifact in a file: a keyed hash over what the code is, and the code. Whoever does not have the key cannot
//! make one, and a file that was cut off, damaged or moved to another name has none.

use blake3::{Hash, Hasher};

use crate::admission::World;

/// The bytes of a seal, which are a file's last.
pub(super) const BYTES: usize = blake3::OUT_LEN;

/// What the code in a file is.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) host_key: &'a str,
    pub(super) world: World,
    /// SHA-256 of the module, in hexadecimal.
    pub(super) digest: &'a str,
}

/// Makes the seal of an artifact.
pub(super) fn seal(key: &[u8; 32], subject: Subject<'_>, code: &[u8]) -> [u8; BYTES] {
    hash(key, subject, code).into()
}

/// Whether the content of a file is an artifact of this subject, whole.
pub(super) fn is_sealed(key: &[u8; 32], subject: Subject<'_>, content: &[u8]) -> bool {
    let Some((code, seal)) = content.split_last_chunk::<BYTES>() else { return false };
    // Compared in constant time.
    hash(key, subject, code) == Hash::from_bytes(*seal)
}

fn hash(key: &[u8; 32], subject: Subject<'_>, code: &[u8]) -> Hash {
    let mut hasher = Hasher::new_keyed(key);
    for part in ["usher artifact 1", subject.host_key, subject.world.name(), subject.digest] {
        // No part can reach into the next.
        hasher.update(part.as_bytes()).update(&[0]);
    }
    hasher.update(code).finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBJECT: Subject<'_> = Subject { host_key: "host", world: World::Workflow, digest: "d1" };

    #[test]
    fn a_seal_is_good_for_one_content_one_subject_and_one_key() {
        let whole = [b"code".as_slice(), &seal(&[1; 32], SUBJECT, b"code")].concat();
        assert!(is_sealed(&[1; 32], SUBJECT, &whole));
        assert!(!is_sealed(&[2; 32], SUBJECT, &whole));
        let others = [
            Subject { host_key: "hos", ..SUBJECT },
            Subject { world: World::WorkflowAsync, ..SUBJECT },
            Subject { digest: "d2", ..SUBJECT },
        ];
        assert!(others.iter().all(|other| !is_sealed(&[1; 32], *other, &whole)));
        for length in 0..whole.len() {
            assert!(!is_sealed(&[1; 32], SUBJECT, &whole[..length]), "{length} bytes of it");
            let mut damaged = whole.clone();
            damaged[length] ^= 1;
            assert!(!is_sealed(&[1; 32], SUBJECT, &damaged), "byte {length}");
        }
    }
}
