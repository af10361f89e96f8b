//! Publishing: the one path by which a change becomes live. The candidate is checked, its release is built, the change
//! is stored, the release is swapped in; when one of these fails, everything is as before.

use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::body::Bytes;
use tokio::sync::Mutex;
use usher_host::{CatalogError, Host, KeyError};
use usher_store::{DatabaseError, Enabled, Store, WorkflowError, WorkflowSlug};

use crate::blueprint::{Blueprint, BuildError, StockedWorkflow};
use crate::to_the_end::{Abandoned, to_the_end};

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
    /// The change could not be stored. The operator's move.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The server failed on the way. The operator's move.
    #[error(transparent)]
    Abandoned(#[from] Abandoned),
}

/// A change on its way to become live.
#[derive(Debug)]
pub(crate) enum Change {
    Catalog(String),
    PutWorkflow { workflow: Arc<StockedWorkflow>, wasm: Bytes },
    SetEnabled { slug: WorkflowSlug, enabled: Enabled },
    DeleteWorkflow { slug: WorkflowSlug },
}

/// A change that is live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Published {
    /// The release it made.
    pub(crate) release: u64,
    /// Whether it added a workflow that was not there before.
    pub(crate) is_new: bool,
}

/// Makes changes live, one after another.
#[derive(Debug)]
pub(crate) struct Publisher {
    store: Store,
    host: Arc<Host>,
    live: ArcSwap<Blueprint>,
    /// INVARIANT: held from before the blueprint is read until the next one is live.
    turn: Mutex<()>,
}

impl Publisher {
    /// Goes on from the blueprint of the host's live release.
    pub(crate) fn new(store: Store, host: Arc<Host>, live: Blueprint) -> Self {
        Self { store, host, live: ArcSwap::from_pointee(live), turn: Mutex::new(()) }
    }

    /// What the live release was built from.
    pub(crate) fn blueprint(&self) -> Arc<Blueprint> {
        self.live.load_full()
    }

    /// Makes a change live, even if nobody waits for it to the end.
    pub(crate) async fn publish(self: &Arc<Self>, change: Change) -> Result<Published, PublishError> {
        let publisher = Arc::clone(self);
        to_the_end(async move { publisher.in_turn(change).await }).await?
    }

    /// Waits for the changes under way.
    pub(crate) async fn finish(&self) {
        let _turn = self.turn.lock().await;
    }

    async fn in_turn(&self, change: Change) -> Result<Published, PublishError> {
        let _turn = self.turn.lock().await;
        let before = self.live.load_full();
        let next = change.applied_to(&before)?;
        let mut release = next.build(self.host.live().number().saturating_add(1))?;
        let number = change.store(&self.store).await?;
        if release.number() != number {
            // Only when something else has changed the database, which the store's lock keeps other servers from.
            release = next.build(number)?;
        }
        let is_new = next.workflows.len() > before.workflows.len();
        self.host.swap(release);
        self.live.store(Arc::new(next));
        tracing::info!(release = number, change = change.name(), "a release is live");
        Ok(Published { release: number, is_new })
    }
}

impl Change {
    fn name(&self) -> &'static str {
        match self {
            Self::Catalog(_) => "catalog",
            Self::PutWorkflow { .. } => "put-workflow",
            Self::SetEnabled { .. } => "set-enabled",
            Self::DeleteWorkflow { .. } => "delete-workflow",
        }
    }

    /// The blueprint with this change in it.
    fn applied_to(&self, blueprint: &Blueprint) -> Result<Blueprint, PublishError> {
        let known = |slug: &WorkflowSlug| {
            blueprint.workflow(slug).ok_or_else(|| PublishError::UnknownWorkflow { slug: slug.clone() })
        };
        match self {
            Self::Catalog(text) => Ok(blueprint.with_catalog(text)),
            Self::PutWorkflow { workflow, .. } => Ok(blueprint.with_workflow(Arc::clone(workflow))),
            Self::SetEnabled { slug, enabled } => {
                let workflow = StockedWorkflow { enabled: *enabled, ..StockedWorkflow::clone(known(slug)?) };
                match (&workflow.loaded, enabled) {
                    (Err(reason), Enabled::Yes) => {
                        Err(PublishError::NotLoaded { slug: slug.clone(), reason: reason.clone() })
                    }
                    (Ok(_), _) | (Err(_), Enabled::No) => Ok(blueprint.with_workflow(Arc::new(workflow))),
                }
            }
            Self::DeleteWorkflow { slug } => known(slug).map(|_| blueprint.without_workflow(slug)),
        }
    }

    async fn store(&self, store: &Store) -> Result<u64, PublishError> {
        match self {
            Self::Catalog(text) => Ok(store.put_catalog(text).await?),
            Self::PutWorkflow { workflow, wasm } => {
                Ok(store.put_workflow(&workflow.slug, wasm, workflow.enabled, workflow.limits).await?)
            }
            Self::SetEnabled { slug, enabled } => Ok(store.set_enabled(slug, *enabled).await?),
            Self::DeleteWorkflow { slug } => Ok(store.delete_workflow(slug).await?),
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
