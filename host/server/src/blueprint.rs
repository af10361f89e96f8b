//! Blueprints: what the next release is built from, with every module loaded.

use std::sync::Arc;

use usher_host::{Admissions, Admitted, Catalog, CatalogError, KeyError, Limits, Manifest, Release, Report, Workflow};
use usher_store::{Enabled, LimitOverrides, Snapshot, Store, StoredWorkflow, WorkflowSlug};

use crate::unknown_slugs::UnknownSlug;

/// What a release is built from. It never changes; a change makes another one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Blueprint {
    /// That of the draft at the time, or of what was frozen of it.
    pub(crate) number: u64,
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
    /// Makes a blueprint of what is stored, and loads every module that none of these has loaded. One that does not load is kept,
    /// and says so.
    pub(crate) async fn of(
        snapshot: Snapshot,
        known: &[Arc<Self>],
        store: &Store,
        admissions: &Admissions,
    ) -> Arc<Self> {
        let mut workflows = Vec::with_capacity(snapshot.workflows.len());
        let mut is_cut_off = false;
        for stored in snapshot.workflows {
            let loaded = known.iter().find_map(|blueprint| blueprint.loaded(&stored));
            workflows.push(match loaded {
                Some(workflow) => workflow,
                None => Arc::new(stock(store, admissions, stored, &mut is_cut_off).await),
            });
        }
        let catalog = snapshot.catalog.map(Arc::from);
        Arc::new(Self { number: snapshot.release, catalog, workflows, is_cut_off })
    }

    /// A workflow that is loaded here as it is stored, or as it is but for taking part.
    fn loaded(&self, stored: &StoredWorkflow) -> Option<Arc<StockedWorkflow>> {
        let stocked = self.workflow(&stored.slug).filter(|stocked| stocked.fault().is_none())?;
        let is_same = stocked.digest == stored.digest.as_str() && stocked.limits == stored.limits;
        let workflow = is_same.then(|| Arc::clone(stocked))?;
        Some(match workflow.enabled == stored.enabled {
            true => workflow,
            false => Arc::new(StockedWorkflow { enabled: stored.enabled, ..StockedWorkflow::clone(&workflow) }),
        })
    }

    /// The release that this makes.
    pub(crate) fn build(&self) -> Result<Release, BuildError> {
        let catalog = Catalog::parse(self.catalog.as_deref().unwrap_or_default())?;
        let mut release = Release::new(self.number, catalog)?;
        for stocked in self.enabled() {
            release = match &stocked.loaded {
                Ok(workflow) => release.with_workflow(stocked.slug.as_str(), workflow.clone()),
                Err(reason) => release.with_missing_workflow(stocked.slug.as_str(), reason.as_str()),
            };
        }
        Ok(release)
    }

    /// The workflows that take part in decisions.
    pub(crate) fn enabled(&self) -> impl Iterator<Item = &Arc<StockedWorkflow>> {
        self.workflows.iter().filter(|stocked| stocked.enabled == Enabled::Yes)
    }

    /// What they could return and its catalog does not have.
    pub(crate) fn unknown_slugs(&self, catalog: &Catalog) -> Vec<UnknownSlug> {
        self.enabled().flat_map(|workflow| UnknownSlug::of(workflow, catalog)).collect()
    }

    pub(crate) fn workflow(&self, slug: &WorkflowSlug) -> Option<&Arc<StockedWorkflow>> {
        self.workflows.iter().find(|stocked| stocked.slug == *slug)
    }

    /// The next one, as it is so far.
    fn next(&self) -> Self {
        Self { number: self.number.saturating_add(1), ..self.clone() }
    }

    /// The next one, with another catalog.
    pub(crate) fn with_catalog(&self, text: &str) -> Self {
        Self { catalog: Some(text.into()), ..self.next() }
    }

    /// The next one, with this workflow, in the place of the one of its name if there is one.
    pub(crate) fn with_workflow(&self, workflow: Arc<StockedWorkflow>) -> Self {
        let mut next = self.next();
        match next.workflows.iter_mut().find(|stocked| stocked.slug == workflow.slug) {
            Some(stocked) => *stocked = workflow,
            None => next.workflows.push(workflow),
        }
        next
    }

    /// The next one, without this workflow.
    pub(crate) fn without_workflow(&self, slug: &WorkflowSlug) -> Self {
        let mut next = self.next();
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

    /// Why it cannot be run, if that is so.
    pub(crate) fn fault(&self) -> Option<&str> {
        match &self.loaded {
            Ok(workflow) => workflow.fault(),
            Err(reason) => Some(reason),
        }
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
