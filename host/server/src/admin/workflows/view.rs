//! Workflows as the admin API shows them.

use serde::Serialize;
use usher_host::Limits;
use usher_store::Enabled;

use crate::blueprint::StockedWorkflow;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WorkflowView<'a> {
    slug: &'a str,
    digest: &'a str,
    size: u64,
    world: Option<&'static str>,
    imports: &'a [String],
    enabled: bool,
    limits: LimitsView,
    /// Whether its module is ready to run here.
    loaded: bool,
    /// Why it is not.
    error: Option<&'a str>,
    /// The release that it became live in, in the answer to the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<u64>,
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
pub(super) struct ChangedView<'a> {
    pub(super) slug: &'a str,
    /// Whether it takes part in decisions; none when it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) enabled: Option<bool>,
    pub(super) release: u64,
}

impl<'a> WorkflowView<'a> {
    pub(super) fn of(workflow: &'a StockedWorkflow) -> Self {
        let limits = workflow.limits.over(&Limits::default());
        Self {
            slug: workflow.slug.as_str(),
            digest: &workflow.digest,
            size: workflow.size,
            world: workflow.world,
            imports: &workflow.imports,
            enabled: workflow.enabled == Enabled::Yes,
            limits: LimitsView {
                fuel: limits.fuel,
                deadline_ms: u64::try_from(limits.deadline.as_millis()).unwrap_or(u64::MAX),
                memory_bytes: limits.memory_bytes,
            },
            loaded: workflow.loaded.is_ok(),
            error: workflow.loaded.as_ref().err().map(String::as_str),
            release: None,
        }
    }

    pub(super) fn live_in(mut self, release: u64) -> Self {
        self.release = Some(release);
        self
    }
}
