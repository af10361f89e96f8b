//! Keys: who signs, and who is trusted. Ed25519; this file and `digest.rs` alone know the cryptography.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use pem::{EncodeConfig, LineEnding, Pem};

/// What a public key's text begins with.
const PREFIX: &str = "ubk_";
/// What stands in front of the bytes of an Ed25519 key in a `PUBLIC KEY` of PEM (RFC 8410).
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// What private and public keys are called in PEM.
const PRIVATE: &str = "PRIVATE KEY";
const PUBLIC: &str = "PUBLIC KEY";

/// Signs bundles. Whoever has it says what gateways decide by.
///
/// Its text is PEM (PKCS #8), as `openssl genpkey -algorithm ed25519` writes it.
pub struct SigningKey(Ed25519KeyPair);

/// Says who has signed a bundle, or who is trusted to: `ubk_` and 43 characters, or PEM.
///
/// ```
/// use usher_bundle::{PublicKey, SigningKey};
///
/// let key = SigningKey::generate()?.public();
/// assert_eq!(key.to_string().parse::<PublicKey>()?, key);
/// # Ok::<(), usher_bundle::KeyTextError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; 32]);

/// A signature by some key of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signature(pub(crate) [u8; 64]);

/// Says whose bundles are believed: one key, or two while one takes the place of the other. Never none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedKeys(Vec<PublicKey>);

/// Says why a text is no key, or why there is none. The move of whoever gave it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyTextError {
    /// It is no public key.
    #[error(
        "public key: expected `ubk_` and 43 characters, as `usher bundle keygen` prints it, or an Ed25519 key in PEM; whoever \
         gave it has to look at it again"
    )]
    Public,
    /// It is no private key. Nothing of it is repeated.
    #[error(
        "signing key: expected an Ed25519 private key in PEM (PKCS #8), as `usher bundle keygen` writes it; whoever gave it \
         has to look at it again"
    )]
    Private,
    /// The system has no randomness to make a key of. The operator's move.
    #[error("a key cannot be made: the system gives no randomness")]
    Randomness,
}

impl SigningKey {
    /// Draws a new key.
    ///
    /// # Errors
    ///
    /// The system has no randomness.
    pub fn generate() -> Result<Self, KeyTextError> {
        Ed25519KeyPair::generate().map(Self).map_err(|_unspecified| KeyTextError::Randomness)
    }

    /// Reads a key from PEM.
    ///
    /// # Errors
    ///
    /// It is no Ed25519 private key.
    pub fn from_pem(text: &str) -> Result<Self, KeyTextError> {
        let pem = pem::parse(text).ok().filter(|pem| pem.tag() == PRIVATE).ok_or(KeyTextError::Private)?;
        let key = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pem.contents());
        key.map(Self).map_err(|_rejected| KeyTextError::Private)
    }

    /// Returns the key as PEM. Whoever has that has the key.
    ///
    /// # Errors
    ///
    /// The system has no memory for it.
    pub fn to_pem(&self) -> Result<String, KeyTextError> {
        let document = self.0.to_pkcs8v1().map_err(|_unspecified| KeyTextError::Private)?;
        Ok(encode(PRIVATE, document.as_ref()))
    }

    /// Returns what others know it by.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let mut own = [0; 32];
        own.iter_mut().zip(self.0.public_key().as_ref()).for_each(|(own, byte)| *own = *byte);
        PublicKey(own)
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Signature {
        let mut own = [0; 64];
        own.iter_mut().zip(self.0.sign(message).as_ref()).for_each(|(own, byte)| *own = *byte);
        Signature(own)
    }
}

/// Leaves the key out.
impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SigningKey").field(&self.public()).finish()
    }
}

impl PublicKey {
    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the key as PEM, for other programs.
    #[must_use]
    pub fn to_pem(&self) -> String {
        encode(PUBLIC, &[&SPKI[..], &self.0].concat())
    }

    pub(crate) fn has_signed(&self, message: &[u8], signature: &Signature) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(message, &signature.0).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl FromStr for PublicKey {
    type Err = KeyTextError;

    fn from_str(text: &str) -> Result<Self, KeyTextError> {
        let text = text.trim();
        let bytes = match text.strip_prefix(PREFIX) {
            Some(text) => BASE64_URL_SAFE_NO_PAD.decode(text).ok(),
            None => {
                let pem = pem::parse(text).ok().filter(|pem| pem.tag() == PUBLIC);
                pem.and_then(|pem| pem.contents().strip_prefix(&SPKI).map(<[u8]>::to_vec))
            }
        };
        bytes.and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(KeyTextError::Public)
    }
}

impl TrustedKeys {
    /// Trusts one key.
    #[must_use]
    pub fn one(key: PublicKey) -> Self {
        Self(vec![key])
    }

    /// Trusts another one, too.
    #[must_use]
    pub fn and(mut self, key: PublicKey) -> Self {
        self.0.push(key);
        self
    }

    pub(crate) fn contains(&self, key: &PublicKey) -> bool {
        self.0.contains(key)
    }
}

fn encode(tag: &str, contents: &[u8]) -> String {
    pem::encode_config(&Pem::new(tag, contents), EncodeConfig::new().set_line_ending(LineEnding::LF))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_were_written() {
        let key = SigningKey::generate().unwrap();
        let pem = key.to_pem().unwrap();
        assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"), "{pem}");
        assert_eq!(SigningKey::from_pem(&pem).unwrap().public(), key.public());
        let public = key.public();
        assert_eq!(public.to_string().len(), 47);
        for text in [public.to_string(), public.to_pem(), format!(" {public}\n")] {
            assert_eq!(text.parse(), Ok(public), "{text}");
        }
        assert!(!format!("{key:?}").contains(pem.lines().nth(1).unwrap()));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let key = SigningKey::generate().unwrap();
        let (private, public) = (key.to_pem().unwrap(), key.public());
        let short = public.to_string().split_at(46).0.to_owned();
        for text in ["", "ubk_", &short, &format!("{public}A"), &private, &public.to_string().replace("ubk_", "ubk-")] {
            assert_eq!(text.parse::<PublicKey>(), Err(KeyTextError::Public), "{text}");
        }
        for text in ["", "-----BEGIN PRIVATE KEY-----", &public.to_pem(), &private.replace("MC", "MD")] {
            assert_eq!(SigningKey::from_pem(text).unwrap_err(), KeyTextError::Private);
        }
    }

    #[test]
    fn a_signature_is_good_for_one_message_and_one_key() {
        let (key, other) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
        let signature = key.sign(b"message");
        assert!(key.public().has_signed(b"message", &signature));
        assert!(!key.public().has_signed(b"messages", &signature));
        assert!(!other.public().has_signed(b"message", &signature));
    }
}
