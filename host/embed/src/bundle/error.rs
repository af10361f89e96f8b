//! What can go wrong on the way from a bundle to a live release. Whatever it is, the release before goes on.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use usher_bundle::OpenError;
use usher_decision::CatalogError;

use super::location::BundleLocation;
use crate::admissions::AdmissionError;
use crate::jwt::KeyError;

/// Says why a bundle did not become the live release.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// There is none, or it does not come. The move of whoever serves it.
    #[error("the bundle at `{location}` cannot be fetched: {reason}")]
    Unreachable {
        /// Where it was looked for.
        location: BundleLocation,
        /// What was expected and found.
        reason: String,
    },
    /// It is none that a trusted key has signed. The error says whose move it is.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// It is of another environment. The operator's move.
    #[error(
        "the bundle: expected one of environment `{expected}`, found one of `{found}`; the operator has to look at where it comes from"
    )]
    Environment {
        /// The source's own.
        expected: String,
        /// What the bundle says.
        found: String,
    },
    /// It is older than what was live before. The operator's move.
    #[error(
        "the bundle: expected release {live} or a later one, found release {offered}; the operator has to offer one with a \
         higher number, or to allow this one by its number"
    )]
    Older {
        /// The release that was live last.
        live: u64,
        /// The bundle's.
        offered: u64,
    },
    /// There is another release of its number. The move of whoever makes releases.
    #[error(
        "the bundle: expected what release {number} was before, found another content under that number; whoever makes \
         releases has to give it a number of its own"
    )]
    Ambiguous {
        /// The number.
        number: u64,
    },
    /// Its catalog has problems. The move of whoever wrote it.
    #[error("the bundle's catalog makes no release")]
    Catalog(#[from] CatalogError),
    /// One of its catalog's public keys cannot be used. The move of whoever wrote it.
    #[error("the bundle's catalog makes no release")]
    Key(#[from] KeyError),
    /// One of its workflows does not become one here. The error says whose move it is.
    #[error("the bundle's workflow `{slug}` cannot run here")]
    Workflow {
        /// Which one.
        slug: String,
        /// Why.
        source: AdmissionError,
    },
    /// It cannot be kept for the next start. The operator's move.
    #[error("`{}`: expected a file that this process can write; the operator has to look at the disk and its permissions", file.display())]
    NotKept {
        /// Which file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Looking at it broke off. The operator's move: the log has the fault.
    #[error("the bundle could not be looked at; the operator has to look at the log")]
    Broken {
        /// What happened.
        source: Box<dyn Error + Send + Sync>,
    },
}

/// Says why a host has no release to begin with: its source has none, and there is none from before. The operator's move.
#[derive(Debug, thiserror::Error)]
#[error("there is no release to begin with; of the last good one: {last_good}")]
pub struct BundleStartError {
    /// What there is of the one from before.
    pub(super) last_good: String,
    /// Why the source has none.
    #[source]
    pub(super) source: Box<BundleError>,
}

impl BundleError {
    pub(super) fn broken(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Broken { source: error.into() }
    }

    /// The error and what caused it, on one line.
    pub(super) fn in_words(&self) -> Arc<str> {
        let mut words = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            words.push_str(": ");
            words.push_str(&error.to_string());
            cause = error.source();
        }
        words.into()
    }
}
