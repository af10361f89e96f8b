//! Deploying: an environment begins to decide by something else.

use std::sync::Arc;
use std::{fmt, iter};

use serde::Serialize;
use usher_store::{
    Author, DatabaseError, Deployment, EnvironmentError, EnvironmentName, NewDeployment, Target, Trial, WorkflowSlug,
};

use super::{CatchUpError, Publisher};
use crate::blueprint::{Blueprint, BuildError};
use crate::environments::{InForce, Running};
use crate::rollout::{CanaryTerms, OnTrial, ShadowTerms, TermsError};
use crate::to_the_end::{Abandoned, to_the_end};
use crate::unknown_slugs::{OnUnknownSlugs, UnknownSlug};

/// What somebody wants an environment to decide by.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) environment: EnvironmentName,
    pub(crate) wanted: Wanted,
    /// What is tried beside it, by the numbers of its releases.
    pub(crate) canary: Option<(u64, CanaryTerms)>,
    pub(crate) shadow: Option<(u64, ShadowTerms)>,
    /// The deployment that is to be replaced; whichever is in force when nothing is said.
    pub(crate) replaces: Option<u64>,
    pub(crate) on_unknown: OnUnknownSlugs,
    pub(crate) note: Option<String>,
}

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// This.
    Target(Target),
    /// What there was before.
    Before,
}

/// Something that would be amiss in every decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Break {
    /// A workflow does not load on this server.
    NotLoaded { workflow: WorkflowSlug, reason: String },
    /// A workflow can return a plan that the catalog does not have.
    UnknownSlug(UnknownSlug),
    /// This version of Usher does not read the catalog.
    Catalog { problem: String },
}

/// Why nothing was deployed. What was in force goes on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeployError {
    #[error(transparent)]
    Store(#[from] usher_store::DeployError),
    #[error(
        "release {number} cannot be deployed to `{environment}`; expected nothing in it to break, found: {}; the caller has to mend that and \
         to create another release{}",
        listed(breaks),
        advice(breaks)
    )]
    Breaks { number: u64, environment: EnvironmentName, breaks: Vec<Break> },
    #[error(transparent)]
    Terms(#[from] TermsError),
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    #[error(transparent)]
    CatchUp(#[from] CatchUpError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Abandoned(#[from] Abandoned),
}

impl Publisher {
    /// Deploys something, even if nobody waits for it to the end.
    pub(crate) async fn deploy(self: &Arc<Self>, author: Author, wish: Wish) -> Result<Deployment, DeployError> {
        self.catch_up_if_shared().await?;
        // As it is when this is asked for, so that of two who ask at the same time one is told.
        let running = self.running(&wish.environment)?;
        let replaces = wish.replaces.unwrap_or_else(|| running.in_force().deployment.id);
        let publisher = Arc::clone(self);
        to_the_end(async move { publisher.deploy_in_turn(author, &wish, replaces, &running).await }).await?
    }

    async fn deploy_in_turn(
        &self,
        author: Author,
        wish: &Wish,
        replaces: u64,
        running: &Running,
    ) -> Result<Deployment, DeployError> {
        let target = match wish.wanted {
            Wanted::Target(target) => target,
            Wanted::Before => self.store.before(&wish.environment).await?.target,
        };
        if target == Target::Draft && (wish.canary.is_some() || wish.shadow.is_some()) {
            return Err(TermsError::BesideDraft.into());
        }
        // What is frozen stays as it is, so it is loaded before anybody has to wait for it.
        let frozen = match target {
            Target::Draft => None,
            Target::Release(number) => Some(self.frozen(number).await?),
        };
        let on_trial = self.on_trial(wish).await?;
        let mut version = self.turn.lock().await;
        let blueprint = frozen.unwrap_or_else(|| self.draft());
        let goes_back = wish.wanted == Wanted::Before;
        // What decides already, or did before, has been allowed then.
        let was_allowed = goes_back || running.in_force().deployment.target == target;
        let on_unknown = if was_allowed { OnUnknownSlugs::Warn } else { wish.on_unknown };
        let tried = on_trial.blueprints().map(|blueprint| (blueprint, wish.on_unknown));
        for (blueprint, on_unknown) in iter::once((&blueprint, on_unknown)).chain(tried) {
            let breaks = Break::of(blueprint, on_unknown);
            if !breaks.is_empty() {
                let (number, environment) = (blueprint.number, wish.environment.clone());
                return Err(DeployError::Breaks { number, environment, breaks });
            }
        }
        let releases = (blueprint.build().map_err(CatchUpError::from)?, on_trial.build().map_err(CatchUpError::from)?);
        let new = NewDeployment {
            environment: &wish.environment,
            target,
            canary: wish.canary.as_ref().map(|(release, terms)| trial(*release, terms)),
            shadow: wish.shadow.as_ref().map(|(release, terms)| trial(*release, terms)),
            goes_back,
            replaces,
            note: wish.note.as_deref(),
        };
        let deployment = self.store.on_behalf(author).deploy(&new).await?;
        if deployment.id == version.deployment.saturating_add(1) {
            version.deployment = deployment.id;
            let in_force = InForce { deployment: deployment.clone(), blueprint, on_trial };
            running.make_live(releases, in_force, self.key());
        } else {
            // Another server has deployed something elsewhere meanwhile.
            self.read_again(&mut version).await?;
        }
        let environment = wish.environment.as_str();
        let release = deployment.target.release();
        tracing::info!(environment, release, deployment = deployment.id, "a deployment is in force");
        Ok(deployment)
    }

    /// Loads what is to be tried, if it is something that can be.
    async fn on_trial(&self, wish: &Wish) -> Result<OnTrial, DeployError> {
        let mut on_trial = OnTrial::default();
        if let Some((number, terms)) = &wish.canary {
            terms.split()?;
            on_trial.canary = Some((self.frozen(*number).await?, terms.clone()));
        }
        if let Some((number, terms)) = &wish.shadow {
            on_trial.shadow = Some((self.frozen(*number).await?, terms.clone()));
        }
        Ok(on_trial)
    }

    /// Looks at what a rollback of each environment would bring back, so that nothing has to be compiled in the moment of need. Of a
    /// server that was there before, all of it is on its disk already.
    pub(crate) async fn prepare_rollbacks(&self) {
        for running in self.environments.all().iter() {
            let Ok(before) = self.store.before(&running.environment.name).await else { continue };
            if let Some(number) = before.target.release()
                && let Err(error) = self.frozen(number).await
            {
                tracing::warn!(environment = &*running.name, number, %error, "what a rollback would bring back is not ready");
            }
        }
    }

    /// Creates an environment, which follows the draft.
    pub(crate) async fn create_environment(
        &self,
        author: Author,
        name: &EnvironmentName,
    ) -> Result<Arc<Running>, DeployError> {
        self.catch_up_if_shared().await?;
        let mut version = self.turn.lock().await;
        self.store.on_behalf(author).create_environment(name).await?;
        self.read_again(&mut version).await?;
        Ok(self.running(name)?)
    }

    /// Loads a release that was frozen.
    async fn frozen(&self, number: u64) -> Result<Arc<Blueprint>, DeployError> {
        let known = self.known();
        let frozen = self.store.frozen(number).await?;
        let (_, frozen) = frozen.ok_or(usher_store::DeployError::UnknownRelease { number })?;
        Ok(Blueprint::of(frozen, &known, &self.store, &self.admissions).await)
    }

    /// The environment of this name.
    pub(crate) fn running(&self, name: &EnvironmentName) -> Result<Arc<Running>, usher_store::DeployError> {
        let unknown = || usher_store::DeployError::UnknownEnvironment { name: name.clone() };
        self.environments.by_name(name).ok_or_else(unknown)
    }
}

/// What is stored of something that is tried.
fn trial(release: u64, terms: &impl Serialize) -> Trial {
    // Texts, numbers and lists always become JSON.
    Trial { release, terms: serde_json::to_string(terms).unwrap_or_default() }
}

impl Break {
    /// Everything that would be amiss.
    fn of(blueprint: &Blueprint, on_unknown: OnUnknownSlugs) -> Vec<Self> {
        let release = match blueprint.build() {
            Ok(release) => release,
            Err(BuildError::Catalog(error)) => {
                return error.problems().iter().map(|problem| Self::Catalog { problem: problem.to_string() }).collect();
            }
            Err(BuildError::Key(error)) => return vec![Self::Catalog { problem: error.to_string() }],
        };
        let mut breaks: Vec<_> = blueprint
            .enabled()
            .filter_map(|workflow| {
                let reason = workflow.fault()?.to_owned();
                Some(Self::NotLoaded { workflow: workflow.slug.clone(), reason })
            })
            .collect();
        if on_unknown == OnUnknownSlugs::Refuse {
            breaks.extend(blueprint.unknown_slugs(release.catalog()).into_iter().map(Self::UnknownSlug));
        }
        breaks
    }

    /// The workflow that it is about.
    pub(crate) fn workflow(&self) -> Option<&str> {
        match self {
            Self::NotLoaded { workflow, .. } => Some(workflow.as_str()),
            Self::UnknownSlug(unknown) => Some(unknown.workflow.as_str()),
            Self::Catalog { .. } => None,
        }
    }
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoaded { workflow, reason } => write!(f, "workflow `{workflow}` does not load here: {reason}"),
            Self::UnknownSlug(UnknownSlug { slug, workflow }) => {
                write!(f, "workflow `{workflow}` can return `{slug}`, which no plan of the catalog has")
            }
            Self::Catalog { problem } => write!(f, "the catalog: {problem}"),
        }
    }
}

fn listed(breaks: &[Break]) -> String {
    breaks.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// What else the caller may do.
fn advice(breaks: &[Break]) -> &'static str {
    let may_be_allowed = breaks.iter().all(|found| matches!(found, Break::UnknownSlug(_)));
    if may_be_allowed { ", or to pass `allowUnknownSlugs` (`usher deploy --allow-unknown-slugs`)" } else { "" }
}
