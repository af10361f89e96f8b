//! Environments: each has a host of its own, which decides by what is deployed there, for whoever has one of its keys.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use usher_host::{Host, Release};
use usher_store::{Deployment, Environment, EnvironmentName, Target};

use crate::blueprint::{Blueprint, BuildError};
use crate::rollout::{OnTrial, Tried, shadow_config};

/// All environments, from the oldest to the newest. The first is `live`.
#[derive(Debug)]
pub(crate) struct Environments {
    all: ArcSwap<Vec<Arc<Running>>>,
}

/// An environment, and what decides there.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) environment: Environment,
    /// Its name, for labels.
    pub(crate) name: Arc<str>,
    pub(crate) host: Arc<Host>,
    in_force: ArcSwap<InForce>,
}

/// What is deployed to an environment, and what its release is built from.
#[derive(Debug, Clone)]
pub(crate) struct InForce {
    pub(crate) deployment: Deployment,
    pub(crate) blueprint: Arc<Blueprint>,
    pub(crate) on_trial: OnTrial,
}

impl Environments {
    /// Begins with the first of them, of which there is always one.
    pub(crate) fn new(first: Running) -> Self {
        Self { all: ArcSwap::from_pointee(vec![Arc::new(first)]) }
    }

    /// `live`, which is as old as the database.
    pub(crate) fn first(&self) -> Arc<Running> {
        // There has been one from the start, and none is ever taken away.
        #[expect(clippy::indexing_slicing, reason = "see above")]
        Arc::clone(&self.all.load()[0])
    }

    /// All of them.
    pub(crate) fn all(&self) -> Guard<Arc<Vec<Arc<Running>>>> {
        self.all.load()
    }

    /// The one that has this identifier, which keys are kept with.
    pub(crate) fn by_id(&self, id: &str) -> Option<Arc<Running>> {
        self.all.load().iter().find(|running| running.environment.id == id).cloned()
    }

    /// The one that has this name.
    pub(crate) fn by_name(&self, name: &EnvironmentName) -> Option<Arc<Running>> {
        self.all.load().iter().find(|running| running.environment.name == *name).cloned()
    }

    /// Adds one that was not there before. Whoever does has the turn.
    pub(crate) fn add(&self, new: Running) {
        let mut all = Vec::clone(&self.all.load());
        all.push(Arc::new(new));
        self.all.store(Arc::new(all));
    }
}

impl Running {
    /// An environment whose host has been made of what is in force there.
    pub(crate) fn new(environment: Environment, host: Host, in_force: InForce) -> Self {
        let name = environment.name.as_str().into();
        Self { environment, name, host: Arc::new(host), in_force: ArcSwap::from_pointee(in_force) }
    }

    /// What is in force.
    pub(crate) fn in_force(&self) -> Arc<InForce> {
        self.in_force.load_full()
    }

    /// Whether the draft decides here, as it is at any time.
    pub(crate) fn follows_draft(&self) -> bool {
        self.in_force.load().deployment.target == Target::Draft
    }

    /// Whether something else ought to be in force.
    pub(crate) fn is_behind(&self, next: &InForce) -> bool {
        let now = self.in_force.load();
        now.deployment.id != next.deployment.id
            || now.blueprint.number != next.blueprint.number
            || now.on_trial.is_other(&next.on_trial)
            || now.is_cut_off()
    }

    /// The one place where a release becomes live, with what is tried beside it. Whoever does this has the turn. Examples of a
    /// shadow name users by a hash under this key.
    pub(crate) fn make_live(&self, (release, tried): (Release, Tried), in_force: InForce, key: [u8; 32]) {
        let before = self.in_force.load_full();
        // What lacks a module is of no use any more.
        let canary = self.host.canary().filter(|_| !before.is_cut_off());
        let is_same_trial = before.deployment.target == in_force.deployment.target
            && before.on_trial.shadow_of() == in_force.on_trial.shadow_of()
            && in_force.deployment.target != Target::Draft;
        match (canary, tried.canary) {
            // Another share of the same canary, which goes on with what it knows.
            (Some(canary), Some((new, split, bounds)))
                if is_same_trial && canary.release().number() == new.number() && *canary.bounds() == bounds =>
            {
                let _resplit = self.host.resplit(&canary, split);
            }
            (canary, tried_canary) => {
                let promoted = canary.filter(|canary| canary.release().number() == release.number());
                let deployment = match promoted {
                    Some(canary) => usher_host::Deployment::of(Arc::clone(canary.release())),
                    None => usher_host::Deployment::of(release),
                };
                self.host.deploy(match tried_canary {
                    Some((new, split, bounds)) => deployment.with_canary(new, split, bounds),
                    None => deployment,
                });
                if let Some((new, terms)) = tried.shadow
                    && let Err(error) = self.host.start_shadow(new, &shadow_config(&terms, key))
                {
                    tracing::error!(environment = &*self.name, %error, "a shadow is left out");
                }
            }
        }
        self.in_force.store(Arc::new(in_force));
    }
}

impl InForce {
    /// Builds what is to decide, and what is tried beside it.
    pub(crate) fn build(&self) -> Result<(Release, Tried), BuildError> {
        Ok((self.blueprint.build()?, self.on_trial.build()?))
    }

    /// Whether a module could not be read for want of the database.
    pub(crate) fn is_cut_off(&self) -> bool {
        self.blueprint.is_cut_off || self.on_trial.blueprints().any(|blueprint| blueprint.is_cut_off)
    }
}
