//! Publishing: the one path by which a change becomes live. The candidate is checked, its release is built, the change
//! is stored, the release is swapped in; when one of these fails, everything is as before.

use std::collections::HashSet;
use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::body::Bytes;
use tokio::sync::Mutex;
use usher_host::{Admissions, Catalog, CatalogError, Host, KeyError, Release};
use usher_store::{Author, DatabaseError, Enabled, NewModule, OpenError, Store, WorkflowError, WorkflowSlug};

use crate::blueprint::{Blueprint, BuildError, StockedWorkflow};
use crate::to_the_end::{Abandoned, to_the_end};
use crate::unknown_slugs::{OnUnknownSlugs, UnknownSlug, listed};

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

/// Why what another server has changed did not become live here. The release before it goes on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CatchUpError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(
        "another server's release cannot be made live by this one; the operator has to run one version of Usher everywhere"
    )]
    Build(#[from] BuildError),
}

/// A change on its way to become live.
#[derive(Debug)]
pub(crate) enum Change {
    Catalog { text: String, on_unknown: OnUnknownSlugs },
    PutWorkflow { workflow: Arc<StockedWorkflow>, wasm: Bytes, on_unknown: OnUnknownSlugs },
    Enable { slug: WorkflowSlug, on_unknown: OnUnknownSlugs },
    Disable { slug: WorkflowSlug },
    DeleteWorkflow { slug: WorkflowSlug },
}

/// A change that is live.
#[derive(Debug)]
pub(crate) struct Published {
    /// The release it made.
    pub(crate) release: u64,
    /// Whether it added a workflow that was not there before.
    pub(crate) is_new: bool,
    /// What its workflows can return and its catalog does not have, as far as the change is about it.
    pub(crate) unknown: Vec<UnknownSlug>,
}

/// Makes changes live, one after another.
#[derive(Debug)]
pub(crate) struct Publisher {
    store: Store,
    admissions: Arc<Admissions>,
    host: Arc<Host>,
    live: ArcSwap<Blueprint>,
    /// INVARIANT: held from before the blueprint is read until the next one is live.
    turn: Mutex<()>,
}

impl Publisher {
    /// Goes on from the blueprint of the host's live release.
    pub(crate) fn new(store: Store, admissions: Arc<Admissions>, host: Arc<Host>, live: Blueprint) -> Self {
        Self { store, admissions, host, live: ArcSwap::from_pointee(live), turn: Mutex::new(()) }
    }

    /// What the live release was built from.
    pub(crate) fn blueprint(&self) -> Arc<Blueprint> {
        self.live.load_full()
    }

    /// The same with the number of the live release, which a change under way is waited for to have both right.
    pub(crate) async fn release(&self) -> (u64, Arc<Blueprint>) {
        let _turn = self.turn.lock().await;
        (self.host.live().number(), self.live.load_full())
    }

    /// Makes a change live, even if nobody waits for it to the end.
    pub(crate) async fn publish(self: &Arc<Self>, author: Author, change: Change) -> Result<Published, PublishError> {
        let publisher = Arc::clone(self);
        to_the_end(async move { publisher.in_turn(author, change).await }).await?
    }

    /// Waits for the changes under way.
    pub(crate) async fn finish(&self) {
        let _turn = self.turn.lock().await;
    }

    /// Makes live what other servers of the database have changed. Whether there was anything.
    pub(crate) async fn catch_up(&self) -> Result<bool, CatchUpError> {
        let before = self.live.load_full();
        if self.store.release().await? <= self.host.live().number() && !before.is_cut_off {
            return Ok(false);
        }
        // Modules are loaded before anybody has to wait for it.
        let (next, number) = before.read(&self.store, &self.admissions).await?;
        let _turn = self.turn.lock().await;
        let live = self.host.live().number();
        if number > live || (number == live && before.is_cut_off) {
            self.make_live(next.build(number)?, next);
            tracing::info!(release = number, "what another server has made live is live here");
        }
        Ok(true)
    }

    async fn in_turn(&self, author: Author, change: Change) -> Result<Published, PublishError> {
        if self.store.is_shared() {
            self.store.settle().await.map_err(CatchUpError::from)?;
            self.catch_up().await?;
        }
        let _turn = self.turn.lock().await;
        let before = self.live.load_full();
        let mut next = change.applied_to(&before)?;
        let mut release = next.build(self.host.live().number().saturating_add(1))?;
        let unknown = change.unknown_slugs(&next, release.catalog(), self.host.live().catalog())?;
        let is_new = next.workflows.len() > before.workflows.len();
        let mut number = change.store(&self.store.on_behalf(author)).await?;
        if release.number() != number {
            // Another server has changed something meanwhile, and this change came on top of it.
            (next, number) = next.read(&self.store, &self.admissions).await?;
            release = next.build(number)?;
        }
        self.make_live(release, next);
        tracing::info!(release = number, change = change.name(), unknown_slugs = unknown.len(), "a release is live");
        Ok(Published { release: number, is_new, unknown })
    }

    /// The one place where a release becomes live. The caller has the turn.
    fn make_live(&self, release: Release, next: Blueprint) {
        let before = self.live.load_full();
        self.host.swap(release);
        let digests =
            |blueprint: &Blueprint| blueprint.workflows.iter().map(|workflow| workflow.digest.clone()).collect();
        let (old, new): (HashSet<_>, HashSet<_>) = (digests(&before), digests(&next));
        old.difference(&new).for_each(|digest| self.host.sandbox().forget(digest));
        self.live.store(Arc::new(next));
    }
}

impl Change {
    fn name(&self) -> &'static str {
        match self {
            Self::Catalog { .. } => "catalog",
            Self::PutWorkflow { .. } => "put-workflow",
            Self::Enable { .. } | Self::Disable { .. } => "set-enabled",
            Self::DeleteWorkflow { .. } => "delete-workflow",
        }
    }

    /// The blueprint with this change in it.
    fn applied_to(&self, blueprint: &Blueprint) -> Result<Blueprint, PublishError> {
        let known = |slug: &WorkflowSlug| {
            blueprint.workflow(slug).ok_or_else(|| PublishError::UnknownWorkflow { slug: slug.clone() })
        };
        match self {
            Self::Catalog { text, .. } => Ok(blueprint.with_catalog(text)),
            Self::PutWorkflow { workflow, .. } => Ok(blueprint.with_workflow(Arc::clone(workflow))),
            Self::Enable { slug, .. } => {
                let workflow = StockedWorkflow { enabled: Enabled::Yes, ..StockedWorkflow::clone(known(slug)?) };
                match &workflow.loaded {
                    Ok(_) => Ok(blueprint.with_workflow(Arc::new(workflow))),
                    Err(reason) => Err(PublishError::NotLoaded { slug: slug.clone(), reason: reason.clone() }),
                }
            }
            Self::Disable { slug } => {
                let workflow = StockedWorkflow { enabled: Enabled::No, ..StockedWorkflow::clone(known(slug)?) };
                Ok(blueprint.with_workflow(Arc::new(workflow)))
            }
            Self::DeleteWorkflow { slug } => known(slug).map(|_| blueprint.without_workflow(slug)),
        }
    }

    /// What there is to warn of, unless the change is refused because of it. A catalog is refused for what it takes away:
    /// what was missing before was allowed then.
    fn unknown_slugs(
        &self,
        next: &Blueprint,
        catalog: &Catalog,
        before: &Catalog,
    ) -> Result<Vec<UnknownSlug>, PublishError> {
        let of_one = |slug: &WorkflowSlug| {
            next.workflow(slug).map(|workflow| UnknownSlug::of(workflow, catalog)).unwrap_or_default()
        };
        let (on_unknown, unknown, refused) = match self {
            Self::Catalog { on_unknown, .. } => {
                let enabled = next.workflows.iter().filter(|workflow| workflow.enabled == Enabled::Yes);
                let unknown: Vec<_> = enabled.flat_map(|workflow| UnknownSlug::of(workflow, catalog)).collect();
                let taken_away = |unknown: &&UnknownSlug| before.plan_by_slug(&unknown.slug).is_some();
                let refused = unknown.iter().filter(taken_away).cloned().collect();
                (*on_unknown, unknown, refused)
            }
            Self::PutWorkflow { workflow, on_unknown, .. } => {
                let unknown = of_one(&workflow.slug);
                let refused = if workflow.enabled == Enabled::Yes { unknown.clone() } else { Vec::new() };
                (*on_unknown, unknown, refused)
            }
            Self::Enable { slug, on_unknown } => (*on_unknown, of_one(slug), of_one(slug)),
            Self::Disable { .. } | Self::DeleteWorkflow { .. } => return Ok(Vec::new()),
        };
        match on_unknown {
            OnUnknownSlugs::Refuse if !refused.is_empty() => Err(PublishError::UnknownSlugs { unknown: refused }),
            OnUnknownSlugs::Refuse | OnUnknownSlugs::Warn => Ok(unknown),
        }
    }

    async fn store(&self, store: &Store) -> Result<u64, PublishError> {
        match self {
            Self::Catalog { text, .. } => Ok(store.put_catalog(text).await?),
            Self::PutWorkflow { workflow, wasm, .. } => {
                let report = serde_json::to_string(&workflow.report).ok();
                let module = NewModule { report: report.as_deref(), ..NewModule::from(wasm) };
                Ok(store.put_workflow(&workflow.slug, module, workflow.enabled, workflow.limits).await?)
            }
            Self::Enable { slug, .. } => Ok(store.set_enabled(slug, Enabled::Yes).await?),
            Self::Disable { slug } => Ok(store.set_enabled(slug, Enabled::No).await?),
            Self::DeleteWorkflow { slug } => Ok(store.delete_workflow(slug).await?),
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
