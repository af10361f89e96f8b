//! A sample: what a shadow has to know of a live decision to make it again.

use std::sync::Arc;

use usher_decision::{Bot, FailureKind, Plan, Provisioning, Resolution};
use usher_sandbox::request::Request;
use usher_sandbox::{Found, Outcome};
use uuid::Uuid;

use crate::decision::Decision;
use crate::provisioning::WorkflowReport;
use crate::release::Release;

/// A live decision: what it was asked, and what it came to.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(super) id: Uuid,
    /// What workflows were told: who it is, where, with what, and what billing knows of them.
    pub(super) request: Arc<Request>,
    /// Whether anybody can know the user.
    pub(super) is_known: bool,
    pub(super) verified_bot: Option<Bot>,
    pub(super) outcome: SampledOutcome,
}

/// What a release makes of a request.
#[derive(Debug)]
pub(super) struct SampledOutcome {
    pub(super) release: Arc<Release>,
    pub(super) provisioning: Provisioning,
    pub(super) resolution: Resolution,
    pub(super) failures: Vec<(Arc<str>, FailureKind)>,
    /// The workflow because of which nothing is decided.
    pub(super) undecided: Option<(Arc<str>, FailureKind)>,
}

impl Sample {
    pub(super) fn of(decision: &Decision, request: &Arc<Request>, verified_bot: Option<Bot>) -> Self {
        Self {
            id: decision.id,
            request: Arc::clone(request),
            is_known: !decision.identity.is_new,
            verified_bot,
            outcome: SampledOutcome {
                release: Arc::clone(decision.release()),
                provisioning: decision.provisioning.clone(),
                resolution: decision.resolution.clone(),
                failures: failures(&decision.workflows),
                undecided: None,
            },
        }
    }
}

impl SampledOutcome {
    /// The slugs of the plans, in the order in which they were granted.
    pub(super) fn plans(&self) -> impl Iterator<Item = &str> {
        self.provisioning.plans().filter_map(|plan| self.release.catalog().plan(plan).map(Plan::slug))
    }
}

/// The workflows that failed, and how.
pub(super) fn failures(reports: &[WorkflowReport]) -> Vec<(Arc<str>, FailureKind)> {
    reports.iter().filter_map(|report| Some((Arc::clone(&report.slug), report.failure?.kind))).collect()
}

/// Whether what came of these runs is due to the moment, and might be something else a moment later: a deadline, a place that
/// was not free, a look-up that had no answer. Two releases cannot be compared by that.
pub(super) fn is_of_the_moment(reports: &[WorkflowReport]) -> bool {
    reports.iter().any(|report| {
        let is_of_the_moment = match &report.run.outcome {
            Outcome::Deadline { .. } => true,
            // Where there is no module there never is one.
            Outcome::Unavailable { .. } => !report.digest.is_empty(),
            _ => false,
        };
        is_of_the_moment || report.run.lookups.iter().any(|lookup| lookup.found == Found::Unavailable)
    })
}
