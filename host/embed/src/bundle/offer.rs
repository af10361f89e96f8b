//! Offers: a verified bundle that may become live, and what is remembered of the one that is. Its bytes are not.

use std::collections::HashSet;
use std::sync::Arc;

use usher_bundle::{Bundle, BundledRelease, Digest, PublicKey};

use super::error::BundleError;
use super::fetch::Version;

/// A verified bundle.
pub(super) struct Offer {
    pub(super) bundle: Arc<Bundle>,
    /// Names the whole file.
    pub(super) file: Digest,
    /// What its source calls it.
    pub(super) version: Option<Version>,
}

/// The bundle that is live.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) release: BundledRelease,
    pub(super) signer: PublicKey,
    pub(super) file: Digest,
}

impl Offer {
    /// Hashes it, which keeps a processor for longer than a decision takes.
    pub(super) fn of(bundle: Bundle, version: Option<Version>) -> Self {
        let file = Digest::of(bundle.as_bytes());
        Self { bundle: Arc::new(bundle), file, version }
    }

    pub(super) fn check_environment(&self, expected: &str) -> Result<(), BundleError> {
        let found = self.bundle.release().environment();
        if found == expected {
            return Ok(());
        }
        Err(BundleError::Environment { expected: expected.to_owned(), found: found.to_owned() })
    }
}

impl Live {
    pub(super) fn of(offer: &Offer) -> Self {
        let Offer { bundle, file, .. } = offer;
        Self { release: bundle.release().clone(), signer: bundle.signer(), file: *file }
    }

    /// Its modules, by their digests.
    pub(super) fn modules(&self) -> HashSet<Digest> {
        self.release.workflows().iter().map(|workflow| workflow.module).collect()
    }
}
