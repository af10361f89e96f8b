//! Releases as the admin API shows them.

use serde::Serialize;
use usher_store::{Enabled, LimitOverrides, ReleaseRecord, Snapshot, StoredWorkflow};
use utoipa::ToSchema;

use super::DifferenceView;
use crate::environments::Environments;

/// A release, and where it decides.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::admin) struct ReleaseView {
    number: u64,
    /// SHA-256 of what is in it: releases with the same content have the same.
    digest: String,
    /// The id of the key that asked for it, or `command-line`.
    author: String,
    note: Option<String>,
    created_at_ms: u64,
    /// The environments that it decides in.
    environments: Vec<String>,
}

/// A release that is new, and what is different in it.
#[derive(Serialize, ToSchema)]
pub(in crate::admin) struct NewReleaseView {
    #[serde(flatten)]
    pub(super) release: ReleaseView,
    /// The release before; none when it is the first.
    pub(super) before: Option<u64>,
    pub(super) differences: Vec<DifferenceView>,
}

/// What is different from one release to another.
#[derive(Serialize, ToSchema)]
pub(in crate::admin) struct DiffView {
    /// None when there was none before.
    pub(super) from: Option<u64>,
    pub(super) to: u64,
    pub(super) differences: Vec<DifferenceView>,
}

/// What is in a release, or in the draft.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::admin) struct ContentView {
    release: u64,
    digest: String,
    /// Who has frozen it; none of the draft.
    author: Option<String>,
    note: Option<String>,
    created_at_ms: Option<u64>,
    /// The catalog file, as it was put.
    catalog: String,
    /// The workflows, in the order in which they run.
    workflows: Vec<ReleasedWorkflow>,
}

#[derive(Serialize, ToSchema)]
pub(in crate::admin) struct ReleasedWorkflow {
    slug: String,
    /// SHA-256 of its module, which `/admin/v1/modules/{digest}` answers.
    digest: String,
    enabled: bool,
    limits: OwnLimits,
}

/// The limits that were set for a workflow; the others are the host's.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::admin) struct OwnLimits {
    #[serde(skip_serializing_if = "Option::is_none")]
    fuel: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deadline_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_bytes: Option<u64>,
}

impl ReleaseView {
    pub(in crate::admin) fn of(record: ReleaseRecord, environments: &Environments) -> Self {
        let decides = environments.all();
        let decides =
            decides.iter().filter(|running| running.in_force().deployment.target.release() == Some(record.number));
        let environments = decides.map(|running| running.name.to_string()).collect();
        let ReleaseRecord { number, digest, author, note, created_at_ms, .. } = record;
        Self { number, digest, author, note, created_at_ms, environments }
    }
}

impl ContentView {
    pub(super) fn of(record: Option<ReleaseRecord>, content: Snapshot) -> Self {
        let digest = content.digest();
        let workflows = content.workflows.iter().map(ReleasedWorkflow::of_stored).collect();
        let created_at_ms = record.as_ref().map(|record| record.created_at_ms);
        let (author, note) = record.map_or((None, None), |record| (Some(record.author), record.note));
        let catalog = content.catalog.unwrap_or_default();
        Self { release: content.release, digest, author, note, created_at_ms, catalog, workflows }
    }
}

impl ReleasedWorkflow {
    fn of_stored(workflow: &StoredWorkflow) -> Self {
        let (slug, digest) = (workflow.slug.as_str().to_owned(), workflow.digest.as_str().to_owned());
        Self::of(slug, digest, workflow.enabled, workflow.limits)
    }

    pub(in crate::admin) fn of(slug: String, digest: String, enabled: Enabled, limits: LimitOverrides) -> Self {
        let LimitOverrides { fuel, deadline_ms, memory_bytes } = limits;
        Self { slug, digest, enabled: enabled == Enabled::Yes, limits: OwnLimits { fuel, deadline_ms, memory_bytes } }
    }
}
