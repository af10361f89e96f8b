//! Blueprints: what the next release is built from, with every module loaded.

use std::sync::Arc;

use usher_host::{Catalog, CatalogError, KeyError, Limits, Manifest, Release, Report, Workflow};
use usher_store::{DatabaseError, Enabled, LimitOverrides, Store, StoredWorkflow, WorkflowSlug};

use crate::admission::{Admissions, Admitted};

/// What a release is built from. It never changes; a change makes another one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Blueprint {
    pub(crate) catalog: Option<Arc<str>>,
    /// In the order in which they were created, which is that in which they run.
    pub(crate) workflows: Vec<Arc<StockedWorkflow>>,
}

/// A workflow as it is stored, and as it runs.
#[derive(Debug, Clone)]
pub(crate) struct StockedWorkflow {
    pub(crate) slug: WorkflowSlug,
    pub(crate) digest: String,
    pub(crate) size: u64,
    pub(crate) world: Option<&'static str>,
    pub(crate) imports: Vec<String>,
    /// What the module says of itself. It is read from the module again at every start.
    pub(crate) manifest: Option<Manifest>,
    pub(crate) enabled: Enabled,
    pub(crate) limits: LimitOverrides,
    /// The module ready to run, or why it is not.
    pub(crate) loaded: Result<Workflow, String>,
}

/// Why a blueprint makes no release. The move of whoever wrote the catalog.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BuildError {
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Blueprint {
    /// Reads what is stored, and loads every module. One that does not load is kept, and says so.
    pub(crate) async fn read(store: &Store, admissions: &Admissions) -> Result<(Self, u64), DatabaseError> {
        let snapshot = store.snapshot().await?;
        let mut workflows = Vec::with_capacity(snapshot.workflows.len());
        for stored in snapshot.workflows {
            workflows.push(Arc::new(stock(store, admissions, stored).await));
        }
        Ok((Self { catalog: snapshot.catalog.map(Arc::from), workflows }, snapshot.release))
    }

    /// The release that this makes.
    pub(crate) fn build(&self, number: u64) -> Result<Release, BuildError> {
        let catalog = Catalog::parse(self.catalog.as_deref().unwrap_or_default())?;
        let mut release = Release::new(number, catalog)?;
        for stocked in self.workflows.iter().filter(|stocked| stocked.enabled == Enabled::Yes) {
            release = match &stocked.loaded {
                Ok(workflow) => release.with_workflow(stocked.slug.as_str(), workflow.clone()),
                Err(reason) => release.with_missing_workflow(stocked.slug.as_str(), reason.as_str()),
            };
        }
        Ok(release)
    }

    pub(crate) fn workflow(&self, slug: &WorkflowSlug) -> Option<&Arc<StockedWorkflow>> {
        self.workflows.iter().find(|stocked| stocked.slug == *slug)
    }

    /// The same with another catalog.
    pub(crate) fn with_catalog(&self, text: &str) -> Self {
        Self { catalog: Some(text.into()), workflows: self.workflows.clone() }
    }

    /// The same with this workflow, in the place of the one of its name if there is one.
    pub(crate) fn with_workflow(&self, workflow: Arc<StockedWorkflow>) -> Self {
        let mut next = self.clone();
        match next.workflows.iter_mut().find(|stocked| stocked.slug == workflow.slug) {
            Some(stocked) => *stocked = workflow,
            None => next.workflows.push(workflow),
        }
        next
    }

    /// The same without this workflow.
    pub(crate) fn without_workflow(&self, slug: &WorkflowSlug) -> Self {
        let mut next = self.clone();
        next.workflows.retain(|stocked| stocked.slug != *slug);
        next
    }
}

impl StockedWorkflow {
    /// What is known of a module after admission.
    pub(crate) fn of(
        report: Report,
        loaded: Result<Workflow, String>,
        slug: WorkflowSlug,
        enabled: Enabled,
        limits: LimitOverrides,
    ) -> Self {
        Self {
            slug,
            size: u64::try_from(report.size).unwrap_or(u64::MAX),
            world: report.world.map(|world| world.name()),
            imports: report.imports,
            manifest: report.manifest,
            digest: report.digest,
            enabled,
            limits,
            loaded,
        }
    }
}

async fn stock(store: &Store, admissions: &Admissions, stored: StoredWorkflow) -> StockedWorkflow {
    let StoredWorkflow { slug, digest, size_bytes, enabled, limits, .. } = stored;
    let admitted = match store.module(&digest).await {
        Ok(Some(wasm)) => {
            admissions.admit(wasm, limits.over(&Limits::default())).await.map_err(|error| error.to_string())
        }
        Ok(None) => Err("its module is missing from the database; upload it again".to_owned()),
        Err(error) => Err(error.to_string()),
    };
    let stocked = match admitted {
        Ok(Admitted { report, workflow }) => {
            StockedWorkflow::of(report, workflow.map_err(|error| error.to_string()), slug, enabled, limits)
        }
        Err(reason) => StockedWorkflow {
            slug,
            digest: digest.to_string(),
            size: size_bytes,
            world: None,
            imports: Vec::new(),
            manifest: None,
            enabled,
            limits,
            loaded: Err(reason),
        },
    };
    if let Err(reason) = &stocked.loaded {
        tracing::error!(workflow = stocked.slug.as_str(), reason, "a stored workflow does not load, and takes no part");
    }
    stocked
}
