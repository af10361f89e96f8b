//! A deployment: what a host is to decide by from now on.

use std::sync::Arc;

use crate::canary::{Bounds, Split};
use crate::release::Release;

/// What a host is to decide by from now on: a release, and perhaps another one for a part of the users. It becomes live whole,
/// through [`Host::deploy`](crate::Host::deploy).
///
/// ```
/// use usher_host::{Bounds, Catalog, Deployment, Host, Release, Split};
///
/// fn try_out(host: &Host, next: Release) -> Result<(), Box<dyn std::error::Error>> {
///     let split = Split::new("10 %".parse()?, ["tester@news.example"], ["ceo@news.example"])?;
///     host.deploy(Deployment::of(host.live()).with_canary(next, split, Bounds::default()));
///     Ok(())
/// }
/// ```
#[derive(Debug)]
pub struct Deployment {
    pub(crate) release: DeployedRelease,
    pub(crate) canary: Option<(DeployedRelease, (Split, Bounds))>,
}

/// A release to be deployed: a new one, or one that the host has decided by already. Made of a [`Release`] or of an `Arc` of one.
#[derive(Debug)]
pub struct DeployedRelease(pub(crate) Deployed);

#[derive(Debug)]
pub(crate) enum Deployed {
    New(Box<Release>),
    Known(Arc<Release>),
}

impl Deployment {
    /// This release for everybody.
    #[must_use]
    pub fn of(release: impl Into<DeployedRelease>) -> Self {
        Self { release: release.into(), canary: None }
    }

    /// And another one for the users of a split, for as long as it keeps within its bounds.
    #[must_use]
    pub fn with_canary(self, release: impl Into<DeployedRelease>, split: Split, bounds: Bounds) -> Self {
        Self { canary: Some((release.into(), (split, bounds))), ..self }
    }
}

/// A release that no host has decided by.
impl From<Release> for DeployedRelease {
    fn from(release: Release) -> Self {
        Self(Deployed::New(Box::new(release)))
    }
}

/// A release of [`Host::live`](crate::Host::live) or of a canary, which goes on as it is.
impl From<Arc<Release>> for DeployedRelease {
    fn from(release: Arc<Release>) -> Self {
        Self(Deployed::Known(release))
    }
}
