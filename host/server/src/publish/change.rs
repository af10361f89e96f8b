//! Changes of the draft: of the catalog, and of the workflows.

use std::sync::Arc;

use axum::body::Bytes;
use usher_host::Catalog;
use usher_store::{Enabled, NewModule, Store, WorkflowSlug};

use super::PublishError;
use crate::blueprint::{Blueprint, StockedWorkflow};
use crate::unknown_slugs::{OnUnknownSlugs, UnknownSlug};

/// A change on its way into the draft.
#[derive(Debug)]
pub(crate) enum Change {
    Catalog { text: String, on_unknown: OnUnknownSlugs },
    PutWorkflow { workflow: Arc<StockedWorkflow>, wasm: Bytes, on_unknown: OnUnknownSlugs },
    Enable { slug: WorkflowSlug, on_unknown: OnUnknownSlugs },
    Disable { slug: WorkflowSlug },
    DeleteWorkflow { slug: WorkflowSlug },
}

/// A change that is in the draft, and live wherever that is followed.
#[derive(Debug)]
pub(crate) struct Published {
    /// The number that the draft has now.
    pub(crate) release: u64,
    /// The environments that follow the draft, and so decide by it.
    pub(crate) live_in: Vec<Arc<str>>,
    /// Whether it added a workflow that was not there before.
    pub(crate) is_new: bool,
    /// What its workflows can return and its catalog does not have, as far as the change is about it.
    pub(crate) unknown: Vec<UnknownSlug>,
}

impl Published {
    /// The names of the environments that decide by it.
    pub(crate) fn live_in(&self) -> Vec<String> {
        self.live_in.iter().map(ToString::to_string).collect()
    }
}

impl Change {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Catalog { .. } => "catalog",
            Self::PutWorkflow { .. } => "put-workflow",
            Self::Enable { .. } | Self::Disable { .. } => "set-enabled",
            Self::DeleteWorkflow { .. } => "delete-workflow",
        }
    }

    /// The blueprint with this change in it.
    pub(super) fn applied_to(&self, blueprint: &Blueprint) -> Result<Blueprint, PublishError> {
        let known = |slug: &WorkflowSlug| {
            blueprint.workflow(slug).ok_or_else(|| PublishError::UnknownWorkflow { slug: slug.clone() })
        };
        match self {
            Self::Catalog { text, .. } => Ok(blueprint.with_catalog(text)),
            Self::PutWorkflow { workflow, .. } => Ok(blueprint.with_workflow(Arc::clone(workflow))),
            Self::Enable { slug, .. } => {
                let workflow = StockedWorkflow { enabled: Enabled::Yes, ..StockedWorkflow::clone(known(slug)?) };
                match workflow.fault() {
                    None => Ok(blueprint.with_workflow(Arc::new(workflow))),
                    Some(reason) => Err(PublishError::NotLoaded { slug: slug.clone(), reason: reason.to_owned() }),
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
    pub(super) fn unknown_slugs(
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
                let unknown = next.unknown_slugs(catalog);
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

    pub(super) async fn store(&self, store: &Store) -> Result<u64, PublishError> {
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
