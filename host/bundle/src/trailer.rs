//! The trailer: the signature, behind the archive. It is of a fixed size, and is looked at before a byte of the archive is.

use crate::digest::sha512;
use crate::key::{PublicKey, Signature, SigningKey};

/// A block, as the archive has them.
pub(crate) const BYTES: usize = 512;
/// What a trailer begins with.
const MAGIC: &[u8; 16] = b"usher-bundle-sig";
/// The one format that there is.
const FORMAT: u32 = 1;
/// What a signature is made for, so that one for something else is none for this.
const PURPOSE: &[u8] = b"usher 2026 signature of a bundle";

/// What comes before the signature: magic, format, the archive's length, the key.
const HEAD: usize = 16 + 4 + 8 + 32;

/// What a trailer says, before it is known to be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trailer {
    /// Who is said to have signed.
    pub(crate) signer: PublicKey,
    head: [u8; HEAD],
    signature: Signature,
}

/// Why what is behind an archive is no trailer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoTrailer {
    /// There is something else.
    Missing,
    /// It is of another format.
    Format(u32),
}

impl Trailer {
    /// Signs an archive.
    pub(crate) fn sign(archive: &[u8], key: &SigningKey) -> [u8; BYTES] {
        let signer = key.public();
        let head = head(archive.len(), &signer);
        let signature = key.sign(&message(&head, archive));
        let mut trailer = [0; BYTES];
        let bytes = head.iter().chain(&signature.0);
        trailer.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
        trailer
    }

    /// Takes a file apart: what is signed, and what signs it.
    pub(crate) fn split(file: &[u8]) -> Result<(&[u8], Self), NoTrailer> {
        let (archive, trailer) = file.split_last_chunk::<BYTES>().ok_or(NoTrailer::Missing)?;
        let (head, rest) = trailer.split_first_chunk::<HEAD>().ok_or(NoTrailer::Missing)?;
        let (signature, rest) = rest.split_first_chunk::<64>().ok_or(NoTrailer::Missing)?;
        let format = head.strip_prefix(MAGIC).and_then(|head| head.first_chunk()).ok_or(NoTrailer::Missing)?;
        match u32::from_be_bytes(*format) {
            FORMAT => {}
            other => return Err(NoTrailer::Format(other)),
        }
        let signer = PublicKey::from_bytes(*head.last_chunk().ok_or(NoTrailer::Missing)?);
        let is_whole = *head == self::head(archive.len(), &signer) && rest.iter().all(|byte| *byte == 0);
        is_whole
            .then_some((archive, Self { signer, head: *head, signature: Signature(*signature) }))
            .ok_or(NoTrailer::Missing)
    }

    /// Whether its key has signed this archive.
    pub(crate) fn signs(&self, archive: &[u8]) -> bool {
        self.signer.has_signed(&message(&self.head, archive), &self.signature)
    }
}

fn head(length: usize, signer: &PublicKey) -> [u8; HEAD] {
    let mut head = [0; HEAD];
    let (format, length) = (FORMAT.to_be_bytes(), u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes());
    let bytes = MAGIC.iter().chain(&format).chain(&length).chain(signer.as_bytes());
    head.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
    head
}

/// What is signed: all of the trailer but the signature, and the archive's hash.
fn message(head: &[u8; HEAD], archive: &[u8]) -> Vec<u8> {
    [PURPOSE, head, sha512(archive).as_ref()].concat()
}
