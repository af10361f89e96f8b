//! Slugs that a workflow says it can return, and that no plan of the catalog has: nobody would ever get such a plan.

use std::fmt;

use usher_host::Catalog;
use usher_store::WorkflowSlug;

use crate::blueprint::StockedWorkflow;

/// Names a slug that a workflow can return and the catalog does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownSlug {
    /// The slug.
    pub slug: String,
    /// The workflow whose manifest names it.
    pub workflow: WorkflowSlug,
}

/// What becomes of a change that leaves a workflow with such slugs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnUnknownSlugs {
    Refuse,
    Warn,
}

impl OnUnknownSlugs {
    /// The operator's word, as `allow-unknown-slugs` of a query.
    pub(crate) fn asked(allow: Option<bool>) -> Self {
        if allow.unwrap_or(false) { Self::Warn } else { Self::Refuse }
    }
}

impl UnknownSlug {
    /// Every slug that this workflow can return and this catalog does not have. A module that does not say what it can
    /// return has none.
    pub(crate) fn of(workflow: &StockedWorkflow, catalog: &Catalog) -> Vec<Self> {
        let plans = workflow.manifest().and_then(|manifest| manifest.plans()).unwrap_or_default();
        let unknown = plans.iter().filter(|slug| catalog.plan_by_slug(slug).is_none());
        unknown.map(|slug| Self { slug: slug.clone(), workflow: workflow.slug.clone() }).collect()
    }
}

impl fmt::Display for UnknownSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { slug, workflow } = self;
        write!(f, "workflow `{workflow}` can return `{slug}`, which no plan of the catalog has; it is dropped then")
    }
}

/// All of them with their workflows, for a message. It may be cut off when there are many.
pub(crate) fn listed(unknown: &[UnknownSlug]) -> String {
    let listed: Vec<_> =
        unknown.iter().map(|UnknownSlug { slug, workflow }| format!("`{slug}` of workflow `{workflow}`")).collect();
    listed.join(", ")
}
