//! A release: everything a decision is made by. It never changes; a host replaces it whole.

use std::sync::Arc;

use usher_decision::Catalog;
use usher_sandbox::{Variables, Workflow};

use crate::jwt::{JwtVerifier, KeyError, KeySets};

/// An immutable, numbered snapshot: the catalog, the workflows in their order, the keys that tokens are verified with.
#[derive(Debug)]
pub struct Release {
    number: u64,
    catalog: Catalog,
    pub(crate) workflows: Vec<ActiveWorkflow>,
    pub(crate) verifier: JwtVerifier,
    pub(crate) variables: Arc<Variables>,
}

/// A workflow that takes part in decisions.
#[derive(Debug)]
pub(crate) struct ActiveWorkflow {
    pub(crate) slug: Arc<str>,
    /// The module ready to run, or why it is not.
    pub(crate) workflow: Result<Workflow, String>,
}

impl Release {
    /// A release of this catalog, with no workflows yet. `number` is what answers call it by.
    ///
    /// # Errors
    ///
    /// One of the catalog's public keys cannot be used.
    pub fn new(number: u64, catalog: Catalog) -> Result<Self, KeyError> {
        let verifier = JwtVerifier::new(catalog.jwt_integrations())?;
        let variables = catalog.variables().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Ok(Self { number, catalog, workflows: Vec::new(), verifier, variables: Arc::new(variables) })
    }

    /// Adds a workflow. Workflows run in the order in which they were added.
    #[must_use]
    pub fn with_workflow(mut self, slug: impl Into<Arc<str>>, workflow: Workflow) -> Self {
        self.workflows.push(ActiveWorkflow { slug: slug.into(), workflow: Ok(workflow) });
        self
    }

    /// Adds a workflow that ought to run and cannot. Decisions go on without it, and say so.
    #[must_use]
    pub fn with_missing_workflow(mut self, slug: impl Into<Arc<str>>, reason: impl Into<String>) -> Self {
        self.workflows.push(ActiveWorkflow { slug: slug.into(), workflow: Err(reason.into()) });
        self
    }

    /// The release's number.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The features, plans and surfaces it decides by.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Goes on with the published keys that a host has read already, and begins to read the others.
    pub(crate) fn make_ready(&mut self, key_sets: &KeySets) {
        self.verifier.share(key_sets);
        // Outside a runtime, the first token that needs them has them read.
        if tokio::runtime::Handle::try_current().is_ok() {
            self.verifier.refresh_in_background();
        }
    }

    /// Whether no workflow takes part in its decisions.
    pub(crate) fn is_static(&self) -> bool {
        self.workflows.is_empty()
    }

    /// The slugs of its workflows, in the order in which they run.
    pub fn workflows(&self) -> impl Iterator<Item = &str> {
        self.workflows.iter().map(|active| &*active.slug)
    }
}
