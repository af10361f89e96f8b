//! Environments: each has a host of its own, which decides by what is deployed there, for whoever has one of its keys.

use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use usher_host::{Host, Release};
use usher_store::{Deployment, Environment, EnvironmentName, Target};

use crate::blueprint::Blueprint;

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
            || now.blueprint.is_cut_off
    }

    /// The one place where a release becomes live. Whoever does this has the turn.
    pub(crate) fn make_live(&self, release: Release, in_force: InForce) {
        self.host.swap(release);
        self.in_force.store(Arc::new(in_force));
    }
}
