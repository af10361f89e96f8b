//! Opening: bytes of anybody in, a bundle of somebody trusted out. INVARIANT: no byte of the archive is looked at before the
//! signature is known to be right, and what is looked at afterwards is the very memory that was signed.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::archive::{self, Entry};
use crate::bundle::Bundle;
use crate::digest::Digest;
use crate::key::{PublicKey, TrustedKeys};
use crate::layout;
use crate::release::{BundledRelease, json};
use crate::trailer::{NoTrailer, Trailer};

/// What WebAssembly begins with.
const WASM: &[u8] = b"\0asm";
/// The largest description.
const MAX_DESCRIPTION_BYTES: usize = 1 << 20;

/// Says why bytes are no bundle to go by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There are too many of them. The move of whoever made the bundle.
    #[error(
        "the bundle: expected at most {} bytes, found {found}; whoever makes it has to make a smaller one",
        Bundle::MAX_BYTES
    )]
    TooLarge {
        /// How many.
        found: usize,
    },
    /// They do not end with a signature. The move of whoever carries it.
    #[error(
        "the bundle: expected a file that ends with its signature, found one that does not; it was cut off or damaged, or is \
         no bundle, and whoever carries it has to fetch it again"
    )]
    NoSignature,
    /// It is of a format that this version does not know. The operator's move.
    #[error(
        "the bundle: expected format 1, found format {found}; the operator has to run a version of Usher that knows it"
    )]
    Format {
        /// Which one.
        found: u32,
    },
    /// It says that it is signed by somebody who is not trusted. The operator's move.
    #[error(
        "the bundle: expected the signature of a trusted key, found that of `{signer}`; the operator has to trust that key, or \
         to find out whose it is"
    )]
    NotTrusted {
        /// Whose key it names. Whether they signed it was not looked at.
        signer: PublicKey,
    },
    /// It is not what was signed. The move of whoever carries it.
    #[error(
        "the bundle: expected what `{signer}` signed, found something else; it was damaged or changed on its way, and whoever \
         carries it has to fetch it again"
    )]
    Damaged {
        /// Whose key it names.
        signer: PublicKey,
    },
    /// It is signed, and no bundle all the same. The move of whoever signed it.
    #[error("the bundle's `{part}`: {reason}; whoever signed it has to make it with Usher")]
    Content {
        /// Which of its files.
        part: String,
        /// What was expected and found.
        reason: String,
    },
}

impl Bundle {
    /// Opens what a trusted key has signed.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub fn open(bytes: Vec<u8>, trusted: &TrustedKeys) -> Result<Self, OpenError> {
        Self::open_if(bytes, |signer| trusted.contains(signer))
    }

    /// Opens what anybody has signed, for somebody who wants to know what it is. That it is whole says nothing about who made
    /// it: do not decide by it.
    ///
    /// # Errors
    ///
    /// See [`OpenError`].
    pub fn open_of_anybody(bytes: Vec<u8>) -> Result<Self, OpenError> {
        Self::open_if(bytes, |_| true)
    }

    fn open_if(bytes: Vec<u8>, is_trusted: impl Fn(&PublicKey) -> bool) -> Result<Self, OpenError> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(OpenError::TooLarge { found: bytes.len() });
        }
        let (archive, trailer) = Trailer::split(&bytes).map_err(|no| match no {
            NoTrailer::Missing => OpenError::NoSignature,
            NoTrailer::Format(found) => OpenError::Format { found },
        })?;
        let signer = trailer.signer;
        if !is_trusted(&signer) {
            return Err(OpenError::NotTrusted { signer });
        }
        if !trailer.signs(archive) {
            return Err(OpenError::Damaged { signer });
        }
        let Content { release, catalog, modules } = Content::of(archive)?;
        Ok(Self { bytes, signer, release, catalog, modules })
    }
}

/// What is in an archive.
struct Content {
    release: BundledRelease,
    catalog: Range<usize>,
    modules: BTreeMap<Digest, Range<usize>>,
}

impl Content {
    fn of(archive: &[u8]) -> Result<Self, OpenError> {
        let entries = archive::read(archive).map_err(|at| {
            wrong("archive", format_args!("expected a tar file as Usher writes it, found something else at byte {at}"))
        })?;
        let bytes = |entry: &Entry| archive.get(entry.content.clone()).unwrap_or_default();
        let description = entries.get(layout::DESCRIPTION_AT).ok_or_else(|| missing("description"))?;
        let release = description_of(&description.name, bytes(description))?;

        let named = |name: &str| entries.iter().find(|entry| entry.name == name);
        for name in layout::content(&release).into_iter().map(layout::blob_name) {
            named(&name).ok_or_else(|| missing(&name))?;
        }
        let size = |digest| named(&layout::blob_name(digest)).map_or(0, |entry| entry.content.len());
        let files = layout::files(&release, size);
        let mut found = entries.iter();
        for (name, content) in &files {
            let entry = next(&mut found, name)?;
            if bytes(entry) != content {
                return Err(wrong(name, "expected what the description says, found something else"));
            }
        }
        let mut places = Vec::new();
        for digest in layout::content(&release) {
            let entry = next(&mut found, &layout::blob_name(digest))?;
            if Digest::of(bytes(entry)) != digest {
                return Err(wrong(&entry.name, "expected content of this digest, found other content"));
            }
            places.push((digest, entry));
        }
        if let Some(entry) = found.next() {
            return Err(wrong(&entry.name, "expected nothing that the description does not name"));
        }
        let mut places = places.into_iter();
        let (_, catalog) = places.next().ok_or_else(|| missing("catalog"))?;
        check_catalog(&catalog.name, bytes(catalog))?;
        let mut modules = BTreeMap::new();
        for (digest, entry) in places {
            check_module(&entry.name, bytes(entry))?;
            modules.insert(digest, entry.content.clone());
        }
        Ok(Self { release, catalog: catalog.content.clone(), modules })
    }
}

/// The description, of which there is only one for the same release.
fn description_of(name: &str, bytes: &[u8]) -> Result<BundledRelease, OpenError> {
    if bytes.len() > MAX_DESCRIPTION_BYTES {
        return Err(wrong(name, format_args!("expected at most {MAX_DESCRIPTION_BYTES} bytes, found {}", bytes.len())));
    }
    let release: BundledRelease = serde_json::from_slice(bytes)
        .map_err(|error| wrong(name, format_args!("expected the description of a release: {error}")))?;
    release.check().map_err(|reason| wrong(name, reason))?;
    if json(&release) != bytes {
        return Err(wrong(name, "expected JSON as Usher writes it, found it written otherwise"));
    }
    Ok(release)
}

fn check_catalog(name: &str, bytes: &[u8]) -> Result<(), OpenError> {
    if bytes.len() > Bundle::MAX_CATALOG_BYTES {
        let most = Bundle::MAX_CATALOG_BYTES;
        return Err(wrong(name, format_args!("expected a catalog of at most {most} bytes, found {}", bytes.len())));
    }
    std::str::from_utf8(bytes).map(drop).map_err(|error| wrong(name, format_args!("expected a catalog: {error}")))
}

fn check_module(name: &str, bytes: &[u8]) -> Result<(), OpenError> {
    let most = Bundle::MAX_MODULE_BYTES;
    if bytes.len() > most {
        return Err(wrong(name, format_args!("expected a module of at most {most} bytes, found {}", bytes.len())));
    }
    if !bytes.starts_with(WASM) {
        return Err(wrong(name, "expected a WebAssembly module, found something else"));
    }
    Ok(())
}

/// The next file, which has to have this name.
fn next<'a>(entries: &mut impl Iterator<Item = &'a Entry>, name: &str) -> Result<&'a Entry, OpenError> {
    let entry = entries.next().ok_or_else(|| missing(name))?;
    if entry.name == name { Ok(entry) } else { Err(wrong(&entry.name, format_args!("expected `{name}` here"))) }
}

fn missing(name: &str) -> OpenError {
    wrong(name, "expected a file of that name, found none")
}

fn wrong(part: &str, reason: impl std::fmt::Display) -> OpenError {
    OpenError::Content { part: part.escape_debug().to_string(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests;
