//! Digests: what parts of a bundle are called by. This file and `key.rs` alone know the cryptography.

use std::fmt;

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What stands in front of the digits.
const PREFIX: &str = "sha256:";

/// Names bytes by their content: their SHA-256.
///
/// ```
/// use usher_bundle::Digest;
///
/// let digest = Digest::of(b"");
/// assert_eq!(digest.to_hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
/// assert_eq!(digest.to_string(), format!("sha256:{}", digest.to_hex()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Computes the digest of bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut own = [0; 32];
        own.iter_mut().zip(digest(&SHA256, bytes).as_ref()).for_each(|(own, byte)| *own = *byte);
        Self(own)
    }

    /// Returns its 64 lowercase hexadecimal digits.
    #[must_use]
    pub fn to_hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Reads digits as they are written here, and no others.
    pub(crate) fn from_hex(digits: &str) -> Option<Self> {
        let digits: &[u8; 64] = digits.as_bytes().try_into().ok()?;
        let mut own = [0; 32];
        for (own, pair) in own.iter_mut().zip(digits.as_chunks::<2>().0) {
            let [high, low] = pair.map(digit);
            *own = high? << 4 | low?;
        }
        Some(Self(own))
    }
}

/// The SHA-512 of an archive, which is what is signed of it.
pub(crate) fn sha512(bytes: &[u8]) -> impl AsRef<[u8]> {
    digest(&SHA512, bytes)
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.to_hex())
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digest = text.strip_prefix(PREFIX).and_then(Self::from_hex);
        digest.ok_or_else(|| D::Error::custom("expected `sha256:` and 64 lowercase hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::Digest;

    #[test]
    fn digits_are_read_as_they_are_written() {
        let digest = Digest::of(b"usher");
        assert_eq!(Digest::from_hex(&digest.to_hex()), Some(digest));
        for other in ["", "e3", &digest.to_hex().to_uppercase(), &format!("{}0", digest.to_hex()), &"g".repeat(64)] {
            assert_eq!(Digest::from_hex(other), None, "{other}");
        }
    }
}
