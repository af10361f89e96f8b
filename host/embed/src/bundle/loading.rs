//! Loading: a verified bundle in, a release with all its workflows out. One that is missing a workflow is none: the release
//! before, which has them all, goes on.

use std::sync::Arc;
use std::time::Duration;

use usher_bundle::{Bundle, LimitOverrides};
use usher_decision::Catalog;
use usher_sandbox::{Limits, Workflow};

use super::error::BundleError;
use crate::admissions::{AdmissionError, Admissions, Admitted};
use crate::release::Release;

/// The release that a bundle holds. Modules that this host has kept are not looked at again.
pub(super) async fn release_of(bundle: &Arc<Bundle>, admissions: &Admissions) -> Result<Release, BundleError> {
    let own = Arc::clone(bundle);
    // A large catalog keeps a processor for longer than a decision takes.
    let empty = tokio::task::spawn_blocking(move || -> Result<Release, BundleError> {
        Ok(Release::new(own.release().number(), Catalog::parse(own.catalog())?)?)
    });
    let mut release = empty.await.map_err(BundleError::broken)??;
    for described in bundle.release().workflows().iter().filter(|workflow| workflow.enabled) {
        let (digest, limits) = (described.module.to_hex(), limits(described.limits));
        let workflow = match admissions.kept(&digest, limits.clone()).await {
            Some(workflow) => Ok(workflow),
            // INVARIANT: an opened bundle has the modules of all its workflows.
            None => admit(admissions, bundle.module(&described.module).unwrap_or_default(), limits).await,
        };
        let workflow = workflow.map_err(|source| BundleError::Workflow { slug: described.slug.clone(), source })?;
        release = release.with_workflow(described.slug.as_str(), workflow);
    }
    Ok(release)
}

async fn admit(admissions: &Admissions, wasm: &[u8], limits: Limits) -> Result<Workflow, AdmissionError> {
    let Admitted { workflow, .. } = admissions.admit(wasm, limits).await?;
    workflow
}

fn limits(overrides: LimitOverrides) -> Limits {
    let usual = Limits::default();
    let memory_bytes = overrides.memory_bytes.map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
    Limits {
        fuel: overrides.fuel.unwrap_or(usual.fuel),
        deadline: overrides.deadline_ms.map_or(usual.deadline, Duration::from_millis),
        memory_bytes: memory_bytes.unwrap_or(usual.memory_bytes),
        ..usual
    }
}
