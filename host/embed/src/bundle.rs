//! Bundles: releases that a host gets as signed files, from a path or a URL, again and again.

mod error;
mod feed;
mod fetch;
mod last_good;
mod loading;
mod location;
mod offer;
mod pace;
mod state;

use std::path::PathBuf;
use std::time::Duration;

use usher_bundle::TrustedKeys;

pub use error::{BundleError, BundleStartError};
pub use feed::{BundleFeed, Refreshed};
pub use location::BundleLocation;
pub use state::{BundleState, BundleWatch};

/// Says where a host's releases come from, and which of them are good.
///
/// ```
/// use std::time::Duration;
/// use usher_host::{BundleSource, TrustedKeys};
///
/// # fn main() -> Result<(), usher_host::KeyTextError> {
/// let keys = TrustedKeys::one("ubk_A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg".parse()?);
/// let source = BundleSource::new("https://releases.example/live.usher", keys, "/var/lib/gateway/bundle")
///     .for_environment("live")
///     .every(Duration::from_secs(10));
/// # drop(source);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct BundleSource {
    location: BundleLocation,
    trusted: TrustedKeys,
    folder: PathBuf,
    environment: String,
    interval: Duration,
    patience: Duration,
    rollback_to: Option<u64>,
}

impl BundleSource {
    /// Bundles at a path or a URL that one of these keys has signed. The last good one is kept in the folder, which is this
    /// source's alone, and made if it is missing.
    pub fn new(location: impl Into<BundleLocation>, trusted: TrustedKeys, folder: impl Into<PathBuf>) -> Self {
        Self {
            location: location.into(),
            trusted,
            folder: folder.into(),
            environment: "live".to_owned(),
            interval: Duration::from_secs(30),
            patience: Duration::from_secs(60),
            rollback_to: None,
        }
    }

    /// Takes bundles of this environment, and no others. Default `live`.
    #[must_use]
    pub fn for_environment(mut self, environment: impl Into<String>) -> Self {
        self.environment = environment.into();
        self
    }

    /// Looks this often whether there is another one; a tenth more or less, so that many hosts do not come at once. Default
    /// 30 s. After failures it looks less and less often, up to every ten minutes.
    #[must_use]
    pub fn every(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Gives up a look that takes longer than this, from the first byte to the last. Default 60 s.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Takes the release of this number even though one with a higher number was live before. For an emergency: say it for as
    /// long as it takes, and no longer. A release that goes back and has a new number needs no such word.
    #[must_use]
    pub fn with_rollback_to(mut self, release: u64) -> Self {
        self.rollback_to = Some(release);
        self
    }
}
