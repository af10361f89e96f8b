//! Catching up: what other servers of the database have changed becomes live here, too.

use std::sync::Arc;

use usher_host::{Admissions, Release};
use usher_store::{DatabaseError, Deployment, Environment, OpenError, State, Store, Target, Version};

use super::Publisher;
use crate::blueprint::{Blueprint, BuildError};
use crate::environments::{InForce, Running};
use crate::rollout::{OnTrial, Tried};

/// Why what another server has changed did not become live here. The release before it goes on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CatchUpError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(
        "what another server has made live cannot be made live by this one; the operator has to run one version of Usher everywhere"
    )]
    Build(#[from] BuildError),
}

/// A state, with every module loaded that it needs.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) version: Version,
    pub(crate) draft: Arc<Blueprint>,
    pub(crate) environments: Vec<(Environment, InForce)>,
}

impl Loaded {
    /// The oldest environment, with what is in force there.
    pub(crate) fn first(&self) -> Option<(Environment, InForce)> {
        self.environments.first().cloned()
    }

    /// Loads a state, as far as it is not loaded in one of these.
    pub(crate) async fn of(state: State, known: &[Arc<Blueprint>], store: &Store, admissions: &Admissions) -> Self {
        let version = state.version();
        let draft = Blueprint::of(state.draft, known, store, admissions).await;
        let mut known = known.to_vec();
        known.push(Arc::clone(&draft));
        let mut releases = Vec::with_capacity(state.releases.len());
        for frozen in state.releases {
            releases.push(Blueprint::of(frozen, &known, store, admissions).await);
        }
        let release = |number| releases.iter().find(|blueprint| blueprint.number == number).cloned();
        let blueprint = |deployment: &Deployment| match deployment.target {
            Target::Draft => Some(Arc::clone(&draft)),
            Target::Release(number) => release(number),
        };
        let environments = state.environments.into_iter().filter_map(|(environment, deployment)| {
            // A state has the releases that it names.
            let blueprint = blueprint(&deployment)?;
            let on_trial = OnTrial::of((&deployment.canary, &deployment.shadow), release);
            Some((environment, InForce { deployment, blueprint, on_trial }))
        });
        Self { version, environments: environments.collect(), draft }
    }
}

impl Publisher {
    /// Makes live what other servers of the database have changed. Whether there was anything.
    pub(crate) async fn catch_up(&self) -> Result<bool, CatchUpError> {
        let known = *self.turn.lock().await;
        if self.store.version().await? == known && !self.is_cut_off() {
            return Ok(false);
        }
        // Modules are loaded before anybody has to wait for it.
        let loaded = self.load(self.store.state().await?).await;
        let mut version = self.turn.lock().await;
        if *version == known {
            *version = loaded.version;
            self.take(loaded).await?;
            tracing::info!(
                draft = version.draft,
                deployment = version.deployment,
                "what other servers have changed is live here"
            );
        } else {
            // Something was changed here meanwhile.
            self.read_again(&mut version).await?;
        }
        Ok(true)
    }

    /// The same before a change, where others may have made some.
    pub(super) async fn catch_up_if_shared(&self) -> Result<(), CatchUpError> {
        if self.store.is_shared() {
            self.store.settle().await?;
            self.catch_up().await?;
        }
        Ok(())
    }

    /// Makes the state live as it is stored now. The caller has the turn.
    pub(super) async fn read_again(&self, version: &mut Version) -> Result<(), CatchUpError> {
        let loaded = self.load(self.store.state().await?).await;
        *version = loaded.version;
        self.take(loaded).await
    }

    async fn load(&self, state: State) -> Loaded {
        let known = self.known();
        Loaded::of(state, &known, &self.store, &self.admissions).await
    }

    /// Everything that is loaded.
    pub(super) fn known(&self) -> Vec<Arc<Blueprint>> {
        let mut known = vec![self.draft()];
        for running in self.environments.all().iter() {
            let in_force = running.in_force();
            known.push(Arc::clone(&in_force.blueprint));
            known.extend(in_force.on_trial.blueprints().cloned());
        }
        known
    }

    async fn take(&self, loaded: Loaded) -> Result<(), CatchUpError> {
        let draft = Arc::clone(&loaded.draft);
        self.make_live(loaded)?;
        self.replace_draft(draft).await;
        Ok(())
    }

    /// Makes live what of a state is not: all of it or, when something cannot be built, nothing.
    pub(super) fn make_live(&self, loaded: Loaded) -> Result<(), BuildError> {
        let mut built: Vec<(Environment, InForce, (Release, Tried))> = Vec::new();
        for (environment, in_force) in loaded.environments {
            let running = self.environments.by_id(&environment.id);
            if running.is_none_or(|running| running.is_behind(&in_force)) {
                let releases = in_force.build()?;
                built.push((environment, in_force, releases));
            }
        }
        for (environment, in_force, releases) in built {
            if self.environments.by_id(&environment.id).is_none() {
                let host = self.environments.first().host.beside(in_force.blueprint.build()?);
                self.environments.add(Running::new(environment.clone(), host, in_force.clone()));
            }
            if let Some(running) = self.environments.by_id(&environment.id) {
                running.make_live(releases, in_force, self.key());
            }
        }
        Ok(())
    }

    /// Whether a module could not be read for want of the database.
    fn is_cut_off(&self) -> bool {
        self.draft.load().is_cut_off || self.environments.all().iter().any(|running| running.in_force().is_cut_off())
    }
}
