//! How one release follows another: for everybody at once, or for a part of the users first.

use std::sync::Arc;

use super::Host;
use crate::canary::{Canary, Split};
use crate::deployment::{Deployed, DeployedRelease, Deployment};
use crate::last_good::LastGood;
use crate::live::Live;
use crate::release::Release;
use crate::shadow::{Shadow, ShadowConfig, ShadowError, ShadowGround};

impl Host {
    /// The release that the next decision will be made by, unless it is one of a canary's.
    #[must_use]
    pub fn live(&self) -> Arc<Release> {
        Arc::clone(&self.live.load().release)
    }

    /// Makes a release the live one for everybody, and hands back the one before. Decisions under way end on theirs. What went on
    /// beside the one before, a canary or a shadow, is over.
    pub fn swap(&self, release: Release) -> Arc<Release> {
        self.deploy(Deployment::of(release))
    }

    /// Makes a deployment the live one, all of it at once, and hands back the release before. Decisions under way end on theirs. What
    /// went on beside the one before, a canary or a shadow, is over.
    ///
    /// A new release goes on with what is known of its workflows that were in the one before; a canary does not, because what it
    /// does to them must not count against the other.
    pub fn deploy(&self, Deployment { release, canary }: Deployment) -> Arc<Release> {
        let release = self.ready(release, Some(&self.live.load().release));
        let canary = canary.map(|(other, split_and_bounds)| {
            let last_good = LastGood::apart_from(Arc::clone(&self.last_good));
            Arc::new(Canary::new(self.ready(other, None), &release, split_and_bounds, last_good))
        });
        let before = self.live.swap(Arc::new(Live { canary, ..Live::of(release) }));
        before.shadow.iter().for_each(|shadow| shadow.end());
        Arc::clone(&before.release)
    }

    /// The canary that decides for a part of the users, if there is one.
    #[must_use]
    pub fn canary(&self) -> Option<Arc<Canary>> {
        self.live.load().canary.clone()
    }

    /// Has a canary decide for other users, if it is still the one that is live, and returns what it is from then on. A larger
    /// share takes nobody out who is in.
    #[must_use]
    pub fn resplit(&self, canary: &Arc<Canary>, split: Split) -> Option<Arc<Canary>> {
        let next = Arc::new(canary.resplit(split));
        let live = |live: &Live| Live { canary: Some(Arc::clone(&next)), ..live.clone() };
        self.follow(canary, live).then_some(next)
    }

    /// Ends a canary, if it is still the one that is live, so that the release beside it decides for everybody. Returns whether it
    /// did: when two want to, one of them does.
    pub fn end_canary(&self, canary: &Arc<Canary>) -> bool {
        self.follow(canary, |live| Live { canary: None, ..live.clone() })
    }

    /// Has a canary's release decide for everybody, if it is still the one that is live. Returns whether it does. A shadow is over
    /// then.
    pub fn promote(&self, canary: &Arc<Canary>) -> bool {
        let shadow = self.shadow();
        let is_promoted = self.follow(canary, |_| Live::of(Arc::clone(canary.release())));
        shadow.iter().filter(|_| is_promoted).for_each(|shadow| shadow.end());
        is_promoted
    }

    /// Goes on from a canary, if it is still the one that is live. Returns whether it was.
    fn follow(&self, canary: &Arc<Canary>, next: impl Fn(&Live) -> Live) -> bool {
        let is_live = |live: &Live| live.canary.as_ref().is_some_and(|live| Arc::ptr_eq(live, canary));
        let before = self.live.rcu(|live| if is_live(live) { Arc::new(next(live)) } else { Arc::clone(live) });
        is_live(&before)
    }

    /// Has a release make live decisions again, off their way, and say what would be different. It takes the place of another
    /// shadow. A swap or a deployment ends it, since it compares with what is live; end it before its runtime ends, too.
    ///
    /// Decisions of a canary are not made again: what is live for everybody in the end is compared.
    ///
    /// # Errors
    ///
    /// There is no runtime around, or no thread for it.
    pub fn start_shadow(&self, mut release: Release, config: &ShadowConfig) -> Result<Arc<Shadow>, ShadowError> {
        release.make_ready(&self.key_sets, &self.sandbox);
        release.forgo_breakers();
        let ground = ShadowGround {
            sandbox: Arc::clone(&self.sandbox),
            data: Arc::clone(&self.data),
            last_good: Arc::clone(&self.last_good),
            deadline: self.deadline,
        };
        let shadow = Arc::new(Shadow::start(Arc::new(release), config, ground)?);
        let before = self.live.rcu(|live| Live { shadow: Some(Arc::clone(&shadow)), ..Live::clone(live) });
        before.shadow.iter().for_each(|shadow| shadow.end());
        Ok(shadow)
    }

    /// The shadow that makes decisions again, if there is one.
    #[must_use]
    pub fn shadow(&self) -> Option<Arc<Shadow>> {
        self.live.load().shadow.clone()
    }

    /// Ends a shadow. Its report stays. Returns whether it was still at work.
    pub fn end_shadow(&self, shadow: &Arc<Shadow>) -> bool {
        let is_live = |live: &Live| live.shadow.as_ref().is_some_and(|live| Arc::ptr_eq(live, shadow));
        let without = |live: &Arc<Live>| {
            if is_live(live) { Arc::new(Live { shadow: None, ..Live::clone(live) }) } else { Arc::clone(live) }
        };
        let before = self.live.rcu(without);
        shadow.end();
        is_live(&before)
    }

    /// A release that is ready to decide.
    fn ready(&self, DeployedRelease(release): DeployedRelease, before: Option<&Release>) -> Arc<Release> {
        match release {
            Deployed::Known(release) => release,
            Deployed::New(mut release) => {
                release.make_ready(&self.key_sets, &self.sandbox);
                if let Some(before) = before {
                    release.follow(before);
                }
                Arc::from(release)
            }
        }
    }
}
