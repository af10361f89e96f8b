//! `diagnostics`: what led to a decision, for callers with a secret key.

use std::fmt::Display;

use serde::{Serialize, Serializer};
use usher_decision::Origin;
use usher_sandbox::{Found, LookupReport};

use crate::decision::{Decision, Degradation};
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
    plans: Plans<'a>,
    workflows: Workflows<'a>,
    /// What was read of user data besides the look-ups of workflows.
    reads: Lookups<'a>,
    degraded: bool,
    #[serde(rename = "degradedBecause", skip_serializing_if = "Texts::is_empty")]
    degraded_because: Texts<'a, Degradation>,
}

#[derive(Debug)]
struct Plans<'a>(&'a Decision);

#[derive(Debug)]
struct Workflows<'a>(&'a [WorkflowReport]);

#[derive(Debug)]
struct Lookups<'a>(&'a [LookupReport]);

/// The text of the first.
#[derive(Debug)]
struct First<'a>(&'a [Origin]);

/// Each as its text.
#[derive(Debug)]
struct Texts<'a, T>(&'a [T]);

/// As its text.
#[derive(Debug)]
struct Text<T>(T);

#[derive(Debug, Serialize)]
struct PlanPart<'a> {
    slug: &'a str,
    /// What granted it first.
    origin: First<'a>,
    /// Everything that granted it.
    origins: Texts<'a, Origin>,
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
    lookups: Lookups<'a>,
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
        Self {
            release: decision.release.number(),
            canary: decision.is_canary,
            stale_seconds: None,
            instant: decision.instant_ms,
            micros: micros(decision.elapsed),
            plans: Plans(decision),
            workflows: Workflows(&decision.workflows),
            reads: Lookups(&decision.reads),
            degraded: !decision.degraded.is_empty(),
            degraded_because: Texts(&decision.degraded),
        }
    }
}

impl Serialize for Plans<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(decision) = self;
        let catalog = decision.release.catalog();
        serializer.collect_seq(decision.provisioning.grants().iter().filter_map(|grant| {
            let slug = catalog.plan(grant.plan())?.slug();
            Some(PlanPart { slug, origin: First(grant.origins()), origins: Texts(grant.origins()) })
        }))
    }
}

impl Serialize for Workflows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(WorkflowPart::of))
    }
}

impl Serialize for Lookups<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(LookupPart::of))
    }
}

impl Serialize for First<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            [first, ..] => serializer.collect_str(first),
            [] => serializer.serialize_str(""),
        }
    }
}

impl<T> Texts<'_, T> {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Display> Serialize for Texts<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Text))
    }
}

impl<T: Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
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
            lookups: Lookups(&run.lookups),
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
