//! `diagnostics`: what led to a decision, for callers with a secret key.

use serde::Serialize;
use usher_decision::Grant;
use usher_sandbox::{Found, LookupReport};

use crate::decision::Decision;
use crate::provisioning::WorkflowReport;

#[derive(Debug, Serialize)]
pub(super) struct Diagnostics<'a> {
    release: u64,
    /// Whether that is a canary. It is left out where it is not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    canary: bool,
    #[serde(rename = "staleSeconds", skip_serializing_if = "Option::is_none")]
    pub(super) stale_seconds: Option<u64>,
    instant: u64,
    micros: u64,
    plans: Vec<PlanPart<'a>>,
    workflows: Vec<WorkflowPart<'a>>,
    /// What was read of user data besides the look-ups of workflows.
    reads: Vec<LookupPart<'a>>,
    degraded: bool,
    #[serde(rename = "degradedBecause", skip_serializing_if = "Vec::is_empty")]
    degraded_because: Vec<String>,
}

#[derive(Debug, Serialize)]
struct PlanPart<'a> {
    slug: &'a str,
    /// What granted it first.
    origin: String,
    /// Everything that granted it.
    origins: Vec<String>,
}

#[derive(Debug, Serialize)]
struct WorkflowPart<'a> {
    slug: &'a str,
    digest: &'a str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'static str>,
    plans: &'a [String],
    dropped: &'a [String],
    fuel: u64,
    micros: u64,
    log: Vec<String>,
    #[serde(rename = "logTruncated")]
    log_truncated: bool,
    lookups: Vec<LookupPart<'a>>,
    error: Option<String>,
}

#[derive(Debug, Serialize)]
struct LookupPart<'a> {
    question: &'a str,
    found: &'static str,
    micros: u64,
}

impl<'a> Diagnostics<'a> {
    pub(super) fn of(decision: &'a Decision) -> Self {
        let catalog = decision.release.catalog();
        let plan = |grant: &'a Grant| {
            let origins: Vec<_> = grant.origins().iter().map(ToString::to_string).collect();
            let slug = catalog.plan(grant.plan())?.slug();
            Some(PlanPart { slug, origin: origins.first().cloned().unwrap_or_default(), origins })
        };
        Self {
            release: decision.release.number(),
            canary: decision.is_canary,
            stale_seconds: None,
            instant: decision.instant_ms,
            micros: micros(decision.elapsed),
            plans: decision.provisioning.grants().iter().filter_map(plan).collect(),
            workflows: decision.workflows.iter().map(WorkflowPart::of).collect(),
            reads: decision.reads.iter().map(LookupPart::of).collect(),
            degraded: !decision.degraded.is_empty(),
            degraded_because: decision.degraded.iter().map(ToString::to_string).collect(),
        }
    }
}

impl<'a> WorkflowPart<'a> {
    fn of(report: &'a WorkflowReport) -> Self {
        let run = &report.run;
        Self {
            slug: &report.slug,
            digest: &report.digest,
            outcome: run.outcome.kind(),
            failure: report.failure.map(|failure| failure.kind.name()),
            policy: report.failure.map(|failure| failure.policy.name()),
            plans: &report.plans,
            dropped: &report.dropped,
            fuel: run.fuel,
            micros: micros(run.elapsed),
            log: run.log.lines().iter().map(|line| format!("{}: {}", line.level, line.message)).collect(),
            log_truncated: run.log.is_truncated(),
            lookups: run.lookups.iter().map(LookupPart::of).collect(),
            error: run.outcome.error(),
        }
    }
}

impl<'a> LookupPart<'a> {
    fn of(lookup: &'a LookupReport) -> Self {
        let found = match lookup.found {
            Found::Something => "something",
            Found::Nothing => "nothing",
            Found::Unavailable => "unavailable",
        };
        Self { question: &lookup.question, found, micros: micros(lookup.elapsed) }
    }
}

fn micros(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
