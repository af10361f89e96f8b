//! The state of a feed, for whoever embeds it to say whether they are ready.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use usher_bundle::{Digest, PublicKey};

use super::offer::Live;

/// What a feed knows of its release and its source.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct BundleState {
    /// The number of the live release.
    pub release: u64,
    /// What it decides by.
    pub content: Digest,
    /// Who signed its bundle.
    pub signer: PublicKey,
    /// How often in a row the source could not be looked at, or offered what is not good.
    pub failures: u32,
    /// Why, the last time, in words.
    pub error: Option<Arc<str>>,
    confirmed: Option<Instant>,
}

/// Lets others see the state of a feed.
#[derive(Debug, Clone)]
pub struct BundleWatch(watch::Receiver<BundleState>);

impl BundleState {
    pub(super) fn of(live: &Live) -> Self {
        let (release, content) = (live.release.number(), live.release.content());
        Self { release, content, signer: live.signer, failures: 0, error: None, confirmed: None }
    }

    /// How long ago the source was last seen to offer the live release; none if it was not since the start, which was then
    /// from the last good bundle.
    #[must_use]
    pub fn confirmed_ago(&self) -> Option<Duration> {
        self.confirmed.map(|instant| instant.elapsed())
    }

    pub(super) fn confirm(&mut self) {
        (self.confirmed, self.failures, self.error) = (Some(Instant::now()), 0, None);
    }

    pub(super) fn fail(&mut self, error: Arc<str>) {
        (self.failures, self.error) = (self.failures.saturating_add(1), Some(error));
    }
}

impl BundleWatch {
    pub(super) fn new(receiver: watch::Receiver<BundleState>) -> Self {
        Self(receiver)
    }

    /// The state as it is.
    #[must_use]
    pub fn now(&self) -> BundleState {
        self.0.borrow().clone()
    }

    /// The state after the next look, whatever came of it; none when the feed has ended.
    pub async fn next(&mut self) -> Option<BundleState> {
        self.0.changed().await.ok()?;
        Some(self.0.borrow_and_update().clone())
    }
}
