//! Workflows as the admin API shows them.

use serde::Serialize;
use usher_host::{Limits, Manifest, Report, World};
use usher_store::{Enabled, WorkflowSlug};

use crate::blueprint::StockedWorkflow;
use crate::publish::Published;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WorkflowView<'a> {
    slug: &'a str,
    digest: &'a str,
    size: u64,
    world: Option<&'static str>,
    imports: &'a [String],
    /// What the module says of itself; none when it says nothing.
    manifest: Option<ManifestView<'a>>,
    /// What admission says of it, as `usher check --json` does; none when it came to no verdict.
    #[schema(value_type = Option<Object>)]
    report: Option<&'a Report>,
    enabled: bool,
    limits: LimitsView,
    /// Whether its module is ready to run here.
    loaded: bool,
    /// Why it is not.
    error: Option<&'a str>,
    /// The number that the draft has now, in the answer to the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<u64>,
    /// The environments that follow the draft, and so decide by it, in the answer to the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    live_in: Option<Vec<String>>,
    /// What it can return and the catalog does not have, when there is anything, in the answer to the change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

/// What a module says of itself.
#[derive(Debug, Serialize, ToSchema)]
struct ManifestView<'a> {
    /// The version of the contract that it was built for.
    contract: &'a str,
    sdk: SdkView<'a>,
    /// The author's name for it.
    workflow: &'a str,
    /// Every plan that it can return; none when its types do not tell.
    plans: Option<&'a [String]>,
}

/// What a module was built with.
#[derive(Debug, Serialize, ToSchema)]
struct SdkView<'a> {
    name: &'a str,
    version: &'a str,
}

/// The limits in force.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct LimitsView {
    fuel: u64,
    deadline_ms: u64,
    memory_bytes: usize,
}

/// What became of a change that is not an upload.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChangedView<'a> {
    slug: &'a str,
    /// Whether it takes part in decisions; none when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
    /// The number that the draft has now.
    release: u64,
    /// The environments that follow the draft, and so decide by it.
    live_in: Vec<String>,
    /// What it can return and the catalog does not have, when there is anything.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

impl<'a> WorkflowView<'a> {
    pub(super) fn of(workflow: &'a StockedWorkflow) -> Self {
        let limits = workflow.limits.over(&Limits::default());
        let report = workflow.report.as_ref();
        Self {
            slug: workflow.slug.as_str(),
            digest: &workflow.digest,
            size: workflow.size,
            world: report.and_then(|report| report.world).map(World::name),
            imports: report.map(|report| &report.imports[..]).unwrap_or_default(),
            manifest: workflow.manifest().map(ManifestView::of),
            report,
            enabled: workflow.enabled == Enabled::Yes,
            limits: LimitsView {
                fuel: limits.fuel,
                deadline_ms: u64::try_from(limits.deadline.as_millis()).unwrap_or(u64::MAX),
                memory_bytes: limits.memory_bytes,
            },
            loaded: workflow.fault().is_none(),
            error: workflow.fault(),
            release: None,
            live_in: None,
            warnings: Vec::new(),
        }
    }

    /// The same, as the answer to the change that made it so.
    pub(super) fn published(mut self, published: &Published) -> Self {
        self.release = Some(published.release);
        self.live_in = Some(published.live_in());
        self.warnings = published.unknown.iter().map(ToString::to_string).collect();
        self
    }
}

impl<'a> ManifestView<'a> {
    fn of(manifest: &'a Manifest) -> Self {
        Self {
            contract: manifest.contract(),
            sdk: SdkView { name: manifest.sdk_name(), version: manifest.sdk_version() },
            workflow: manifest.workflow(),
            plans: manifest.plans(),
        }
    }
}

impl<'a> ChangedView<'a> {
    pub(super) fn of(slug: &'a WorkflowSlug, enabled: Option<Enabled>, published: &Published) -> Self {
        Self {
            slug: slug.as_str(),
            enabled: enabled.map(|enabled| enabled == Enabled::Yes),
            release: published.release,
            live_in: published.live_in(),
            warnings: published.unknown.iter().map(ToString::to_string).collect(),
        }
    }
}
