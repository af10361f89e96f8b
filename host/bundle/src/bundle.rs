//! A bundle: a signed release, whole.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use crate::digest::Digest;
use crate::key::PublicKey;
use crate::release::BundledRelease;

/// A release as one file, that was signed and is what its description says.
///
/// See the [crate's documentation](crate) for an example.
#[derive(Clone, PartialEq, Eq)]
pub struct Bundle {
    pub(crate) bytes: Vec<u8>,
    pub(crate) signer: PublicKey,
    pub(crate) release: BundledRelease,
    /// Where the catalog lies. INVARIANT: it is text.
    pub(crate) catalog: Range<usize>,
    pub(crate) modules: BTreeMap<Digest, Range<usize>>,
}

impl Bundle {
    /// The largest bundle that there is: 256 MiB.
    pub const MAX_BYTES: usize = 256 << 20;
    /// The largest catalog in one: 1 MiB, as a server takes it.
    pub const MAX_CATALOG_BYTES: usize = 1 << 20;
    /// The largest module in one: 16 MiB, as it is ever admitted.
    pub const MAX_MODULE_BYTES: usize = 16 << 20;

    /// What it says of its release.
    #[must_use]
    pub fn release(&self) -> &BundledRelease {
        &self.release
    }

    /// Who signed it.
    #[must_use]
    pub fn signer(&self) -> PublicKey {
        self.signer
    }

    /// The catalog's text. Whether it is a catalog is for those to find out who know what one is.
    #[must_use]
    pub fn catalog(&self) -> &str {
        self.bytes.get(self.catalog.clone()).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
    }

    /// The bytes of a module; none of one that no workflow runs. Whether it may run is for admission to find out.
    #[must_use]
    pub fn module(&self, digest: &Digest) -> Option<&[u8]> {
        self.bytes.get(self.modules.get(digest)?.clone())
    }

    /// The whole file.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Leaves the bytes out.
impl fmt::Debug for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bundle")
            .field("bytes", &self.bytes.len())
            .field("signer", &self.signer)
            .field("release", &self.release)
            .finish_non_exhaustive()
    }
}
