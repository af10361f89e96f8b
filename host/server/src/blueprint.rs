//! Blueprints: what the next release is built from, with every module loaded.

use std::sync::Arc;

use usher_host::{Admissions, Admitted, Catalog, CatalogError, KeyError, Limits, Manifest, Release, Report, Workflow};
use usher_store::{DatabaseError, Enabled, LimitOverrides, Snapshot, Store, StoredWorkflow, WorkflowSlug};

/// What a release is built from. It never changes; a change makes another one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Blueprint {
    pub(crate) catalog: Option<Arc<str>>,
    /// In the order in which they were created, which is that in which they run.
    pub(crate) workflows: Vec<Arc<StockedWorkflow>>,
    /// Whether a module could not be read for want of the database, so that it is worth another look when that is back.
    pub(crate) is_cut_off: bool,
}

/// A workflow as it is stored, and as it runs.
#[derive(Debug, Clone)]
pub(crate) struct StockedWorkflow {
    pub(crate) slug: WorkflowSlug,
    pub(crate) digest: String,
    pub(crate) size: u64,
    /// What admission says of the module; none when it came to no verdict.
    pub(crate) report: Option<Report>,
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
    /// Reads what is stored, and loads every module that this one does not have loaded. One that does not load is kept, and
    /// says so.
    pub(crate) async fn read(&self, store: &Store, admissions: &Admissions) -> Result<(Self, u64), DatabaseError> {
        let snapshot = store.snapshot().await?;
        Ok(self.with_snapshot(snapshot, store, admissions).await)
    }

    /// The same, of what was read or is remembered.
    pub(crate) async fn with_snapshot(
        &self,
        snapshot: Snapshot,
        store: &Store,
        admissions: &Admissions,
    ) -> (Self, u64) {
        let mut workflows = Vec::with_capacity(snapshot.workflows.len());
        let mut is_cut_off = false;
        for stored in snapshot.workflows {
            workflows.push(match self.loaded(&stored) {
                Some(workflow) => workflow,
                None => Arc::new(stock(store, admissions, stored, &mut is_cut_off).await),
            });
        }
        (Self { catalog: snapshot.catalog.map(Arc::from), workflows, is_cut_off }, snapshot.release)
    }

    /// A workflow that is loaded here as it is stored, or as it is but for taking part.
    fn loaded(&self, stored: &StoredWorkflow) -> Option<Arc<StockedWorkflow>> {
        let stocked = self.workflow(&stored.slug).filter(|stocked| stocked.loaded.is_ok())?;
        let is_same = stocked.digest == stored.digest.as_str() && stocked.limits == stored.limits;
        let workflow = is_same.then(|| Arc::clone(stocked))?;
        Some(match workflow.enabled == stored.enabled {
            true => workflow,
            false => Arc::new(StockedWorkflow { enabled: stored.enabled, ..StockedWorkflow::clone(&workflow) }),
        })
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
        Self { catalog: Some(text.into()), ..self.clone() }
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
        Self { slug, digest: report.digest.clone(), size: report.size, report: Some(report), enabled, limits, loaded }
    }

    /// What the module says of itself, if it does.
    pub(crate) fn manifest(&self) -> Option<&Manifest> {
        self.report.as_ref()?.manifest.as_ref()
    }
}

async fn stock(
    store: &Store,
    admissions: &Admissions,
    stored: StoredWorkflow,
    is_cut_off: &mut bool,
) -> StockedWorkflow {
    let admitted = admit(store, admissions, &stored, is_cut_off).await;
    let StoredWorkflow { slug, digest, size_bytes, enabled, limits, .. } = stored;
    let stocked = match admitted {
        Ok(Admitted { report, workflow }) => {
            StockedWorkflow::of(report, workflow.map_err(|error| error.to_string()), slug, enabled, limits)
        }
        Err(reason) => StockedWorkflow {
            slug,
            digest: digest.to_string(),
            size: size_bytes,
            report: None,
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

/// What was admitted before is loaded as it is; everything else is looked at again. Both say in words why they could not.
async fn admit(
    store: &Store,
    admissions: &Admissions,
    stored: &StoredWorkflow,
    is_cut_off: &mut bool,
) -> Result<Admitted, String> {
    let limits = stored.limits.over(&Limits::default());
    if let Some(report) = &stored.report
        && let Some(admitted) = admissions.admitted_before(report, limits.clone()).await
    {
        return Ok(admitted);
    }
    let wasm = store.module(&stored.digest).await.map_err(|error| {
        *is_cut_off |= error.is_of_one_that_is_away();
        error.to_string()
    })?;
    let wasm = wasm.ok_or("its module is missing from the database; upload it again")?;
    let admitted = admissions.admit(&wasm, limits).await.map_err(|error| error.to_string())?;
    // Without it, the next start looks at the module again.
    if let Ok(report) = serde_json::to_string(&admitted.report)
        && let Err(error) = store.put_report(&stored.digest, &report).await
    {
        tracing::warn!(workflow = stored.slug.as_str(), %error, "what admission says of a module is not stored");
    }
    Ok(admitted)
}
