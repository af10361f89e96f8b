//! Deploying: an environment begins to decide by something else.

use std::fmt;
use std::sync::Arc;

use usher_store::{
    Author, DatabaseError, Deployment, EnvironmentError, EnvironmentName, NewDeployment, Target, WorkflowSlug,
};

use super::{CatchUpError, Publisher};
use crate::blueprint::{Blueprint, BuildError};
use crate::environments::{InForce, Running};
use crate::to_the_end::{Abandoned, to_the_end};
use crate::unknown_slugs::{OnUnknownSlugs, UnknownSlug};

/// What somebody wants an environment to decide by.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) environment: EnvironmentName,
    pub(crate) wanted: Wanted,
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
        "{what} cannot be deployed to `{environment}`; expected nothing in it to break, found: {}; the caller has to mend that and \
         to create another release{}",
        listed(breaks),
        advice(breaks)
    )]
    Breaks { what: String, environment: EnvironmentName, breaks: Vec<Break> },
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
        // What is frozen stays as it is, so it is loaded before anybody has to wait for it.
        let frozen = match target {
            Target::Draft => None,
            Target::Release(number) => Some(self.frozen(number).await?),
        };
        let mut version = self.turn.lock().await;
        let blueprint = frozen.unwrap_or_else(|| self.draft());
        let goes_back = wish.wanted == Wanted::Before;
        // What was live before has been allowed before.
        let on_unknown = if goes_back { OnUnknownSlugs::Warn } else { wish.on_unknown };
        let release = match blueprint.build() {
            Ok(release) => release,
            Err(error) => return Err(wish.breaks(target, Break::of_catalog(&error))),
        };
        let unknown = match on_unknown {
            OnUnknownSlugs::Warn => Vec::new(),
            OnUnknownSlugs::Refuse => blueprint.unknown_slugs(release.catalog()),
        };
        let breaks: Vec<_> =
            Break::of_modules(&blueprint).into_iter().chain(unknown.into_iter().map(Break::UnknownSlug)).collect();
        if !breaks.is_empty() {
            return Err(wish.breaks(target, breaks));
        }
        let new = NewDeployment {
            environment: &wish.environment,
            target,
            canary: None,
            shadow: None,
            goes_back,
            replaces,
            note: wish.note.as_deref(),
        };
        let deployment = self.store.on_behalf(author).deploy(&new).await?;
        if deployment.id == version.deployment.saturating_add(1) {
            version.deployment = deployment.id;
            running.make_live(release, InForce { deployment: deployment.clone(), blueprint });
        } else {
            // Another server has deployed something elsewhere meanwhile.
            self.read_again(&mut version).await?;
        }
        let environment = wish.environment.as_str();
        tracing::info!(
            environment,
            release = deployment.target.release(),
            deployment = deployment.id,
            "a deployment is in force"
        );
        Ok(deployment)
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
        let all = self.environments.all();
        let mut known: Vec<_> = all.iter().map(|running| Arc::clone(&running.in_force().blueprint)).collect();
        drop(all);
        known.push(self.draft());
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

impl Wish {
    fn breaks(&self, target: Target, breaks: Vec<Break>) -> DeployError {
        let what = target.release().map_or_else(|| "the draft".to_owned(), |number| format!("release {number}"));
        DeployError::Breaks { what, environment: self.environment.clone(), breaks }
    }
}

impl Break {
    fn of_modules(blueprint: &Blueprint) -> Vec<Self> {
        let broken = blueprint.enabled().filter_map(|workflow| {
            let reason = workflow.loaded.as_ref().err()?.clone();
            Some(Self::NotLoaded { workflow: workflow.slug.clone(), reason })
        });
        broken.collect()
    }

    fn of_catalog(error: &BuildError) -> Vec<Self> {
        match error {
            BuildError::Catalog(error) => {
                error.problems().iter().map(|problem| Self::Catalog { problem: problem.to_string() }).collect()
            }
            BuildError::Key(error) => vec![Self::Catalog { problem: error.to_string() }],
        }
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
