//! The feed: looks for bundles, and makes the good ones live.

use std::cmp::Ordering;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use usher_bundle::{Bundle, TrustedKeys};
use usher_sandbox::{AdmissionWorker, Sandbox};

use super::BundleSource;
use super::error::{BundleError, BundleStartError};
use super::fetch::{Fetcher, Found, Version};
use super::last_good::LastGoodBundle;
use super::loading::release_of;
use super::offer::{Live, Offer};
use super::pace;
use super::state::{BundleState, BundleWatch};
use crate::admissions::Admissions;
use crate::client;
use crate::host::Host;
use crate::release::Release;

/// Follows a source of bundles. Every bundle is verified, held to be newer than the one before, admitted in a process of its
/// own, and on the disk before it is live. Whatever fails, the release before goes on.
///
/// Modules are compiled whenever they are loaded, unless the sandbox has a folder for artifacts.
#[derive(Debug)]
pub struct BundleFeed {
    fetcher: Arc<Fetcher>,
    trusted: TrustedKeys,
    environment: String,
    interval: Duration,
    rollback_to: Option<u64>,
    last_good: LastGoodBundle,
    admissions: Admissions,
    live: Live,
    /// What the source calls the live bundle, if it was seen to have it.
    version: Option<Version>,
    state: watch::Sender<BundleState>,
}

/// What came of a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refreshed {
    /// The source offers what is live.
    Same,
    /// There was another release, and it is live.
    Swapped {
        /// Its number.
        release: u64,
    },
}

/// What is to become of a bundle that was offered.
enum Judgement {
    /// It is what is live, byte for byte.
    Same,
    /// It is the release that is live, signed anew.
    SignedAnew,
    /// It is another release.
    Other,
}

impl BundleFeed {
    /// Begins with the last good bundle if there is one, without asking the source, and with what the source has otherwise.
    ///
    /// # Errors
    ///
    /// There is neither.
    pub async fn open(
        source: BundleSource,
        sandbox: Arc<Sandbox>,
        worker: AdmissionWorker,
    ) -> Result<(Self, Release), BundleStartError> {
        let none = |last_good: &str| {
            let last_good = last_good.to_owned();
            move |error| BundleStartError { last_good, source: Box::new(error) }
        };
        let admissions = Admissions::new(sandbox, worker);
        let last_good = LastGoodBundle::in_folder(&source.folder).map_err(none("it cannot be looked for"))?;
        let kept = begin_with(&last_good, &source, &admissions).await;
        let fetcher = Arc::new(Fetcher::new(source.location.clone(), source.patience));
        let (offer, release, is_of_source) = match kept {
            Ok((offer, release)) => (offer, release, false),
            Err(reason) => {
                let first = first_of(&fetcher, &source, &admissions, &last_good).await;
                let (offer, release) = first.map_err(none(&reason))?;
                (offer, release, true)
            }
        };
        let (live, version) = (Live::of(&offer), offer.version);
        let mut state = BundleState::of(&live);
        if is_of_source {
            state.confirm();
        }
        let feed = Self {
            fetcher,
            trusted: source.trusted,
            environment: source.environment,
            interval: source.interval,
            rollback_to: source.rollback_to,
            last_good,
            admissions,
            live,
            version,
            state: watch::Sender::new(state),
        };
        Ok((feed, release))
    }

    /// Lets others see how it goes.
    #[must_use]
    pub fn watch(&self) -> BundleWatch {
        BundleWatch::new(self.state.subscribe())
    }

    /// Looks at once and then at its pace, for ever: to be spawned, and ended by whoever ends the program.
    pub async fn follow(mut self, host: Arc<Host>) {
        loop {
            // The log and the state have it.
            let _told = self.refresh(&host).await;
            let failures = self.state.borrow().failures;
            tokio::time::sleep(pace::wait(self.interval, failures)).await;
        }
    }

    /// Looks once, and makes what is new the host's live release.
    ///
    /// # Errors
    ///
    /// See [`BundleError`]. The release before goes on.
    pub async fn refresh(&mut self, host: &Host) -> Result<Refreshed, BundleError> {
        let refreshed = self.look(host).await;
        match &refreshed {
            Ok(Refreshed::Same) => {}
            Ok(Refreshed::Swapped { release }) => {
                tracing::info!(release, signer = %self.live.signer, "a release from a bundle is live");
            }
            Err(error) => {
                let (error, release) = (error.in_words(), self.live.release.number());
                tracing::warn!(%error, release, "there is no new release from a bundle; the last one stays");
            }
        }
        self.state.send_modify(|state| match &refreshed {
            Ok(_) => {
                if state.release != self.live.release.number() || state.signer != self.live.signer {
                    *state = BundleState::of(&self.live);
                }
                state.confirm();
            }
            Err(error) => state.fail(error.in_words()),
        });
        refreshed
    }

    async fn look(&mut self, host: &Host) -> Result<Refreshed, BundleError> {
        let Some(offer) = fetched(&self.fetcher, self.version.clone(), &self.trusted).await? else {
            return Ok(Refreshed::Same);
        };
        offer.check_environment(&self.environment)?;
        let refreshed = match self.judge(&offer)? {
            Judgement::Same => Refreshed::Same,
            Judgement::SignedAnew => {
                keep(&self.last_good, &offer).await?;
                Refreshed::Same
            }
            Judgement::Other => {
                let release = release_of(&offer.bundle, &self.admissions).await?;
                keep(&self.last_good, &offer).await?;
                let number = release.number();
                host.swap(release);
                Refreshed::Swapped { release: number }
            }
        };
        let before = std::mem::replace(&mut self.live, Live::of(&offer));
        before.modules().difference(&self.live.modules()).for_each(|module| host.sandbox().forget(&module.to_hex()));
        self.version = offer.version;
        Ok(refreshed)
    }

    /// Whether a bundle may follow the live one. A release's number never goes back, unless the operator said so.
    fn judge(&self, offer: &Offer) -> Result<Judgement, BundleError> {
        let (live, offered) = (&self.live.release, offer.bundle.release());
        let (number, is_allowed) = (offered.number(), self.rollback_to == Some(offered.number()));
        match number.cmp(&live.number()) {
            Ordering::Less if !is_allowed => Err(BundleError::Older { live: live.number(), offered: number }),
            Ordering::Equal if live.content() != offered.content() => Err(BundleError::Ambiguous { number }),
            Ordering::Equal if self.live.file == offer.file => Ok(Judgement::Same),
            Ordering::Equal => Ok(Judgement::SignedAnew),
            Ordering::Less | Ordering::Greater => Ok(Judgement::Other),
        }
    }
}

/// The last good bundle and its release, or in words why there is none.
async fn begin_with(
    last_good: &LastGoodBundle,
    source: &BundleSource,
    admissions: &Admissions,
) -> Result<(Offer, Release), String> {
    let (last_good, trusted) = (last_good.clone(), source.trusted.clone());
    let found =
        tokio::task::spawn_blocking(move || last_good.find(&trusted).map(|bundle| Offer::of(bundle, None))).await;
    let begun = async {
        let offer = found.map_err(|error| error.to_string())??;
        offer.check_environment(&source.environment).map_err(|error| error.to_string())?;
        let release = release_of(&offer.bundle, admissions).await.map_err(|error| error.in_words().to_string())?;
        Ok((offer, release))
    };
    let begun: Result<_, String> = begun.await;
    if let Err(reason) = &begun {
        tracing::warn!(reason, "there is no last good bundle to begin with; the source is asked");
    }
    begun
}

/// What the source has, when there is nothing to begin with.
async fn first_of(
    fetcher: &Arc<Fetcher>,
    source: &BundleSource,
    admissions: &Admissions,
    last_good: &LastGoodBundle,
) -> Result<(Offer, Release), BundleError> {
    let offer = fetched(fetcher, None, &source.trusted).await?;
    let offer = offer.ok_or_else(|| BundleError::broken("nothing is the same as nothing"))?;
    offer.check_environment(&source.environment)?;
    let release = release_of(&offer.bundle, admissions).await?;
    keep(last_good, &offer).await?;
    Ok((offer, release))
}

/// What the source offers, verified; none when that is what was there before.
async fn fetched(
    fetcher: &Arc<Fetcher>,
    known: Option<Version>,
    trusted: &TrustedKeys,
) -> Result<Option<Offer>, BundleError> {
    let (own, trusted) = (Arc::clone(fetcher), trusted.clone());
    let looked = client::beside("usher-bundle", move || match own.fetch(known.as_ref()) {
        Ok(Found::Same) => Ok(None),
        Ok(Found::Bytes(bytes, version)) => Ok(Some(Offer::of(Bundle::open(bytes, &trusted)?, version))),
        Err(reason) => Err(BundleError::Unreachable { location: own.location.clone(), reason }),
    });
    looked.await.map_err(BundleError::broken)?
}

/// Keeps a bundle as the last good one.
async fn keep(last_good: &LastGoodBundle, offer: &Offer) -> Result<(), BundleError> {
    let (last_good, bundle) = (last_good.clone(), Arc::clone(&offer.bundle));
    tokio::task::spawn_blocking(move || last_good.keep(&bundle)).await.map_err(BundleError::broken)?
}
