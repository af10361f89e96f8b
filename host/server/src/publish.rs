//! Publishing: the one path by which a change becomes live. What it makes is checked and built, the change is stored, the release is
//! swapped in; when one of these fails, everything is as before.

mod catch_up;
mod change;
mod deploy;

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::Mutex;
use usher_host::{Admissions, Catalog, CatalogError, KeyError};
use usher_store::{Author, DatabaseError, OpenError, Store, Version, WorkflowError, WorkflowSlug};

use crate::blueprint::{Blueprint, BuildError};
use crate::environments::{Environments, InForce};
use crate::rollout::Tried;
use crate::to_the_end::{Abandoned, to_the_end};
use crate::unknown_slugs::{UnknownSlug, listed};

pub(crate) use catch_up::{CatchUpError, Loaded};
pub(crate) use change::{Change, Published};
pub(crate) use deploy::{Break, DeployError, Wanted, Wish};

/// What the key of a shadow's examples is derived from the server's secret for.
const EXAMPLES: &str = "usher 2026 users in examples of a shadow";

/// Why a change did not become live. The release before it goes on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// The catalog has problems. The move of whoever wrote it.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// One of the catalog's public keys cannot be used. The move of whoever wrote it.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// There is no such workflow. The caller's move.
    #[error(
        "workflow `{slug}`: expected the slug of a stored workflow, found none of that name; the caller has to upload it first"
    )]
    UnknownWorkflow {
        /// The slug that was asked for.
        slug: WorkflowSlug,
    },
    /// The workflow's module does not load on this server. The caller's move.
    #[error("workflow `{slug}` cannot take part in decisions: {reason}; the caller has to upload it again")]
    NotLoaded {
        /// Which workflow.
        slug: WorkflowSlug,
        /// What was found when it was loaded.
        reason: String,
    },
    /// Workflows that take part in decisions could return plans that the catalog does not have. The operator's move.
    #[error(
        "the catalog: expected every plan that a workflow can return; the operator has to add what is missing, or to \
         pass `allow-unknown-slugs=true` (`usher push --allow-unknown-slugs`); found no {}",
        listed(unknown)
    )]
    UnknownSlugs {
        /// What is missing, and for which workflow.
        unknown: Vec<UnknownSlug>,
    },
    /// The change could not be stored. The operator's move.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The server failed on the way. The operator's move.
    #[error(transparent)]
    Abandoned(#[from] Abandoned),
}

/// Makes changes live, one after another.
#[derive(Debug)]
pub(crate) struct Publisher {
    store: Store,
    admissions: Arc<Admissions>,
    environments: Arc<Environments>,
    draft: ArcSwap<Blueprint>,
    /// Which state is live here.
    ///
    /// INVARIANT: held from before the draft is read until the next one is live.
    turn: Mutex<Version>,
}

impl Publisher {
    /// Goes on from a state that is loaded, and whose first environment is running.
    pub(crate) fn new(
        store: Store,
        admissions: Arc<Admissions>,
        environments: Arc<Environments>,
        loaded: Loaded,
    ) -> Result<Self, BuildError> {
        let publisher = Self {
            store,
            admissions,
            environments,
            draft: ArcSwap::new(Arc::clone(&loaded.draft)),
            turn: Mutex::new(loaded.version),
        };
        publisher.make_live(loaded)?;
        Ok(publisher)
    }

    /// What is being worked on.
    pub(crate) fn draft(&self) -> Arc<Blueprint> {
        self.draft.load_full()
    }

    /// Makes a change live wherever the draft is followed, even if nobody waits for it to the end.
    pub(crate) async fn publish(self: &Arc<Self>, author: Author, change: Change) -> Result<Published, PublishError> {
        let publisher = Arc::clone(self);
        to_the_end(async move { publisher.in_turn(author, change).await }).await?
    }

    /// Waits for the changes under way.
    pub(crate) async fn finish(&self) {
        let _turn = self.turn.lock().await;
    }

    async fn in_turn(&self, author: Author, change: Change) -> Result<Published, PublishError> {
        self.catch_up_if_shared().await?;
        let mut version = self.turn.lock().await;
        let before = self.draft();
        let next = Arc::new(change.applied_to(&before)?);
        let release = next.build()?;
        let catalog_before = Catalog::parse(before.catalog.as_deref().unwrap_or_default())?;
        let unknown = change.unknown_slugs(&next, release.catalog(), &catalog_before)?;
        let mut releases = vec![release];
        let following: Vec<_> =
            self.environments.all().iter().filter(|running| running.follows_draft()).cloned().collect();
        while releases.len() < following.len() {
            releases.push(next.build()?);
        }
        let number = change.store(&self.store.on_behalf(author)).await?;
        if number == next.number {
            for (running, release) in following.iter().zip(releases) {
                let in_force = InForce { blueprint: Arc::clone(&next), ..InForce::clone(&running.in_force()) };
                running.make_live((release, Tried::default()), in_force, self.key());
            }
            self.replace_draft(Arc::clone(&next)).await;
            version.draft = number;
        } else {
            // Another server has changed something meanwhile, and this change came on top of it.
            self.read_again(&mut version).await.map_err(PublishError::from)?;
        }
        tracing::info!(
            draft = number,
            change = change.name(),
            unknown_slugs = unknown.len(),
            "a change is live where the draft is"
        );
        let is_new = next.workflows.len() > before.workflows.len();
        let live_in = following.iter().map(|running| Arc::clone(&running.name)).collect();
        Ok(Published { release: number, live_in, is_new, unknown })
    }

    /// What users are hashed with where examples name them.
    fn key(&self) -> [u8; 32] {
        self.store.secret().derive(EXAMPLES)
    }

    /// What comes after this is not forgotten by it: what only the draft before has had, nobody will ask for any more.
    async fn replace_draft(&self, next: Arc<Blueprint>) {
        let before = self.draft.swap(Arc::clone(&next));
        let is_gone = |digest: &str| next.workflows.iter().all(|workflow| workflow.digest != digest);
        for workflow in before.workflows.iter().filter(|workflow| is_gone(&workflow.digest)) {
            let Ok(digest) = workflow.digest.parse() else { continue };
            // A database that is away may have it, and it does no harm to keep it.
            if let Ok(false) = self.store.has_module(&digest).await {
                self.environments.first().host.sandbox().forget(&workflow.digest);
            }
        }
    }
}

impl From<CatchUpError> for PublishError {
    fn from(error: CatchUpError) -> Self {
        match error {
            CatchUpError::Database(error) | CatchUpError::Open(OpenError::Database(error)) => Self::Database(error),
            // The database is not one that this server can use, and the log says which.
            CatchUpError::Open(error) => Self::Abandoned(Abandoned::because(error)),
            CatchUpError::Build(error) => error.into(),
        }
    }
}

impl From<BuildError> for PublishError {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::Catalog(error) => Self::Catalog(error),
            BuildError::Key(error) => Self::Key(error),
        }
    }
}

impl From<WorkflowError> for PublishError {
    fn from(error: WorkflowError) -> Self {
        match error {
            WorkflowError::Unknown { slug } => Self::UnknownWorkflow { slug },
            WorkflowError::Database(error) => Self::Database(error),
            // The store's errors may grow; one that is not known here is the server's to look into.
            error => Self::Abandoned(Abandoned::because(error)),
        }
    }
}
