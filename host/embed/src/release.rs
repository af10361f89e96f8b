//! A release: everything a decision is made by. It never changes; a host replaces it whole.

use std::sync::Arc;

use tokio::runtime::Handle;
use usher_decision::{Breaker, Catalog, WorkflowRules};
use usher_sandbox::{Sandbox, Variables, Workflow};

use crate::answer::Written;
use crate::breaker::CircuitBreaker;
use crate::jwt::{JwtVerifier, KeyError, KeySets};

/// An immutable, numbered snapshot: the catalog, the workflows in their order, the keys that tokens are verified with.
#[derive(Debug)]
pub struct Release {
    number: u64,
    catalog: Catalog,
    written: Written,
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
    pub(crate) rules: Arc<WorkflowRules>,
    /// None where nothing leaves it out, whatever the catalog says.
    breaker: Option<Arc<CircuitBreaker>>,
}

/// A workflow of a release that is ready to run.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct LoadedWorkflow<'a> {
    /// Which one.
    pub slug: &'a Arc<str>,
    /// SHA-256 of its module, in hexadecimal.
    pub digest: &'a Arc<str>,
    /// What leaves it out when most of its runs fail; none when the catalog says that nothing does.
    pub breaker: Option<&'a CircuitBreaker>,
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
        let (written, variables) = (Written::of(&catalog), Arc::new(variables));
        Ok(Self { number, catalog, written, workflows: Vec::new(), verifier, variables })
    }

    /// Adds a workflow. Workflows run in the order in which they were added.
    #[must_use]
    pub fn with_workflow(self, slug: impl Into<Arc<str>>, workflow: Workflow) -> Self {
        self.with(slug.into(), Ok(workflow))
    }

    /// Adds a workflow that ought to run and cannot. Decisions go on without it, and say so.
    #[must_use]
    pub fn with_missing_workflow(self, slug: impl Into<Arc<str>>, reason: impl Into<String>) -> Self {
        self.with(slug.into(), Err(reason.into()))
    }

    fn with(mut self, slug: Arc<str>, workflow: Result<Workflow, String>) -> Self {
        let rules = Arc::clone(self.catalog.workflow(&slug));
        self.workflows.push(ActiveWorkflow { slug, workflow, rules, breaker: Some(Arc::default()) });
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

    /// What its answers say whoever asks.
    pub(crate) fn written(&self) -> &Written {
        &self.written
    }

    /// Goes on with the published keys that a host has read already, and begins to read the others. Begins to make those of its
    /// workflows ready that were let go of.
    pub(crate) fn make_ready(&mut self, key_sets: &KeySets, sandbox: &Arc<Sandbox>) {
        self.verifier.share(key_sets);
        let loaded = self.workflows.iter().filter_map(|active| active.workflow.as_ref().ok());
        let (sandbox, workflows) = (Arc::clone(sandbox), loaded.cloned().collect::<Vec<_>>());
        let make_ready = move || sandbox.make_ready(&workflows);
        match Handle::try_current() {
            Ok(runtime) => {
                self.verifier.refresh_in_background();
                // A decision that comes before it is done does not wait for it, but has it done itself.
                drop(runtime.spawn_blocking(make_ready));
            }
            // The first token that needs keys has them read.
            Err(_) => make_ready(),
        }
    }

    /// Goes on with what is known of the workflows that are the same in the release before.
    pub(crate) fn follow(&mut self, before: &Self) {
        for active in &mut self.workflows {
            let is_same = |other: &&ActiveWorkflow| other.slug == active.slug && other.digest() == active.digest();
            if let Some(same) = before.workflows.iter().find(is_same) {
                active.breaker.clone_from(&same.breaker);
            }
        }
    }

    /// Runs its workflows however often they fail: to find out what else they do.
    pub(crate) fn forgo_breakers(&mut self) {
        self.workflows.iter_mut().for_each(|active| active.breaker = None);
    }

    /// Whether no workflow takes part in its decisions.
    pub(crate) fn is_static(&self) -> bool {
        self.workflows.is_empty()
    }

    /// The slugs of its workflows, in the order in which they run.
    pub fn workflows(&self) -> impl Iterator<Item = &str> {
        self.workflows.iter().map(|active| &*active.slug)
    }

    /// Its workflows that are ready to run, in the order in which they run.
    pub fn loaded_workflows(&self) -> impl Iterator<Item = LoadedWorkflow<'_>> {
        self.workflows.iter().filter_map(|active| {
            Some(LoadedWorkflow { slug: &active.slug, digest: active.digest()?, breaker: active.breaker() })
        })
    }
}

impl ActiveWorkflow {
    /// SHA-256 of its module; none when it is not loaded.
    fn digest(&self) -> Option<&Arc<str>> {
        self.workflow.as_ref().ok().map(Workflow::digest)
    }

    /// What leaves it out when most of its runs fail, unless the catalog says that nothing does.
    pub(crate) fn breaker(&self) -> Option<&CircuitBreaker> {
        self.breaker.as_deref().filter(|_| self.rules.breaker() == Breaker::On)
    }
}
