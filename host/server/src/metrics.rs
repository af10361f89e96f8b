//! Metrics: what operators count, in the text format that Prometheus reads.

mod breakers;
mod releases;
mod rollouts;
mod staleness;

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use usher_host::{Decision, Undecided, WorkflowReport};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::environments::Environments;
use crate::fleet::Freshness;
use crate::respond::{self, ErrorBody, Failure};
use breakers::Breakers;
use releases::Releases;
use rollouts::Rollouts;
use staleness::Staleness;

/// The door that a decision was asked for at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    AccessCheck,
    SurfaceDecision,
}

impl Door {
    fn name(self) -> &'static str {
        match self {
            Self::AccessCheck => "access-check",
            Self::SurfaceDecision => "surface-decision",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DecisionLabels {
    environment: Slug,
    kind: &'static str,
    degraded: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EnvironmentLabels {
    environment: Slug,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RunLabels {
    workflow: Slug,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WorkflowLabels {
    workflow: Slug,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FailureLabels {
    workflow: Slug,
    version: Version,
    failure: &'static str,
    policy: &'static str,
}

/// A workflow's name, shared with its release: counting copies no text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Slug(Arc<str>);

impl EncodeLabelValue for Slug {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        (&*self.0).encode(encoder)
    }
}

/// The digest of a workflow's module, shared as well: its beginning tells versions apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Version(Arc<str>);

impl Version {
    const CHARACTERS: usize = 12;
}

impl EncodeLabelValue for Version {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        self.0.get(..Self::CHARACTERS).unwrap_or(&self.0).encode(encoder)
    }
}

/// Everything that is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    decisions: Family<DecisionLabels, Counter>,
    decision_seconds: Histogram,
    runs: Family<RunLabels, Counter>,
    fuel: Family<WorkflowLabels, Histogram>,
    failures: Family<FailureLabels, Counter>,
    canaries_ended: Family<EnvironmentLabels, Counter>,
}

impl Metrics {
    pub(crate) fn new(environments: Arc<Environments>, freshness: Arc<Freshness>) -> Self {
        let metrics = Self {
            registry: Registry::default(),
            decisions: Family::default(),
            // From 50 µs to 13 s: beyond the longest deadline that the command line takes.
            decision_seconds: Histogram::new(exponential_buckets(50e-6, 2.0, 19)),
            runs: Family::default(),
            // From a thousand units to 65 million, in steps of four.
            fuel: Family::new_with_constructor(|| Histogram::new(exponential_buckets(1e3, 4.0, 9))),
            failures: Family::default(),
            canaries_ended: Family::default(),
        };
        metrics.registered(environments, freshness)
    }

    fn registered(mut self, environments: Arc<Environments>, freshness: Arc<Freshness>) -> Self {
        let registry = &mut self.registry;
        registry.register("usher_decisions", "Decisions that were answered", self.decisions.clone());
        let seconds = self.decision_seconds.clone();
        registry.register_with_unit("usher_decision", "Time that decisions took", Unit::Seconds, seconds);
        registry.register("usher_workflow_runs", "Runs of workflows, by how they ended", self.runs.clone());
        registry.register("usher_workflow_fuel", "Fuel that runs of workflows used", self.fuel.clone());
        let help = "Runs of workflows that failed a decision, by how they did and what was done about it";
        registry.register("usher_workflow_failures", help, self.failures.clone());
        registry.register_collector(Box::new(Releases(Arc::clone(&environments))));
        registry.register_collector(Box::new(Rollouts(Arc::clone(&environments))));
        registry.register_collector(Box::new(Breakers(environments)));
        let help = "Canaries that were ended because they departed from their bounds";
        registry.register("usher_canaries_ended", help, self.canaries_ended.clone());
        registry.register_collector(Box::new(Staleness(freshness)));
        self
    }

    pub(crate) fn decided(&self, environment: &Arc<str>, door: Door, decision: &Decision) {
        let degraded = if decision.degraded().is_empty() { "false" } else { "true" };
        let labels = DecisionLabels { environment: Slug(Arc::clone(environment)), kind: door.name(), degraded };
        self.decisions.get_or_create(&labels).inc();
        self.decision_seconds.observe(decision.elapsed().as_secs_f64());
        self.ran(decision.workflows());
    }

    pub(crate) fn canary_ended(&self, environment: &Arc<str>) {
        self.canaries_ended.get_or_create(&EnvironmentLabels { environment: Slug(Arc::clone(environment)) }).inc();
    }

    /// Counts what workflows did that led to no decision.
    pub(crate) fn undecided(&self, undecided: &Undecided) {
        self.ran(undecided.workflows());
    }

    fn ran(&self, reports: &[WorkflowReport]) {
        for report in reports {
            let workflow = Slug(Arc::clone(&report.slug));
            let outcome = report.run.outcome.kind();
            self.runs.get_or_create(&RunLabels { workflow: workflow.clone(), outcome }).inc();
            // What is over falls into the last bucket anyway.
            let fuel = u32::try_from(report.run.fuel).unwrap_or(u32::MAX);
            self.fuel.get_or_create(&WorkflowLabels { workflow: workflow.clone() }).observe(fuel.into());
            if let Some(failed) = report.failure {
                let version = Version(Arc::clone(&report.digest));
                let (failure, policy) = (failed.kind.name(), failed.policy.name());
                self.failures.get_or_create(&FailureLabels { workflow, version, failure, policy }).inc();
            }
        }
    }

    fn to_text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

pub(crate) fn router() -> (Router<Arc<App>>, OpenApi) {
    OpenApiRouter::new().routes(routes!(metrics)).split_for_parts()
}

#[utoipa::path(
    get,
    path = "/metrics",
    tag = "watching",
    summary = "What operators count",
    responses((status = 200, description = "Text in the OpenMetrics format.", body = String, content_type = "application/openmetrics-text"), (status = 500, description = "The server failed.", body = ErrorBody<'static>))
)]
async fn metrics(State(app): State<Arc<App>>) -> Result<Response, Failure> {
    Ok(respond::metrics(app.metrics.to_text()?))
}
