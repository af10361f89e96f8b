//! A decision: what one question came to, with everything that led there.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use usher_decision::{Grant, Provisioning, Resolution, Resolved, ResolvedFeature, Value};
use usher_sandbox::request::Customer;
use usher_sandbox::{LookupReport, Outcome};
use uuid::Uuid;

use crate::answer::Answer;
use crate::identity::Identity;
use crate::ladder::{AppliedPolicy, WorkflowFailure};
use crate::live::Chosen;
use crate::meter::{Allowance, Allowances, gives_access};
use crate::provisioning::WorkflowReport;
use crate::release::Release;

/// What one question came to: the plans the user holds, a value for every feature property, and how they came about.
#[derive(Debug, Clone)]
pub struct Decision {
    pub(crate) id: Uuid,
    pub(crate) instant_ms: u64,
    pub(crate) elapsed: Duration,
    pub(crate) chosen: Chosen,
    pub(crate) identity: Identity,
    pub(crate) customer: Customer,
    pub(crate) provisioning: Provisioning,
    pub(crate) resolution: Resolution,
    pub(crate) allowances: Allowances,
    pub(crate) workflows: Vec<WorkflowReport>,
    pub(crate) reads: Vec<LookupReport>,
    pub(crate) degraded: Vec<Degradation>,
}

/// Something that failed, and cost the decision what it would have added.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Degradation {
    /// A workflow gave no answer, or one to which a look-up was missing.
    Workflow {
        /// Which one.
        slug: Arc<str>,
        /// How its run ended.
        outcome: Outcome,
        /// In which way that is a failure, and what was done about it.
        failure: WorkflowFailure,
    },
    /// What billing knows could not be read.
    CustomerUnavailable {
        /// Why not.
        reason: String,
    },
    /// What the user's counters have come to could not be read, so nothing counts as used.
    CountersUnavailable {
        /// Why not.
        reason: String,
    },
}

impl Degradation {
    pub(crate) fn of_workflow(report: &WorkflowReport) -> Option<Self> {
        let failure = report.failure?;
        Some(Self::Workflow { slug: Arc::clone(&report.slug), outcome: report.run.outcome.clone(), failure })
    }
}

impl fmt::Display for Degradation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workflow { slug, outcome, failure } => {
                match outcome {
                    Outcome::Ok => write!(f, "workflow `{slug}`: a look-up had no answer")?,
                    outcome => write!(f, "workflow `{slug}`: {outcome}")?,
                }
                f.write_str(match failure.policy {
                    AppliedPolicy::Ignore => "",
                    AppliedPolicy::LastGood => "; its last good answer stands in",
                    AppliedPolicy::FallbackPlans => "; its fallback plans stand in",
                    AppliedPolicy::Fail => "; nothing is decided without it",
                })
            }
            Self::CustomerUnavailable { reason } => write!(f, "customer data could not be read: {reason}"),
            Self::CountersUnavailable { reason } => write!(f, "counters could not be read: {reason}"),
        }
    }
}

impl Decision {
    /// The decision's id, as in its answer and in logs.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The instant the decision was made for, in milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn instant_ms(&self) -> u64 {
        self.instant_ms
    }

    /// How long it took.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// The release it was made by.
    #[must_use]
    pub fn release(&self) -> &Arc<Release> {
        self.chosen.release()
    }

    /// Whether that is a canary: see [`Host::deploy`](crate::Host::deploy).
    #[must_use]
    pub fn is_canary(&self) -> bool {
        self.chosen.canary().is_some()
    }

    /// Who asked.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The slugs of the plans the user holds, in the order in which they were granted.
    pub fn plans(&self) -> impl Iterator<Item = &str> {
        let plan = |index| self.release().catalog().plan(index).map(usher_decision::Plan::slug);
        self.provisioning.plans().filter_map(plan)
    }

    /// Whether the user holds this plan.
    #[must_use]
    pub fn holds(&self, plan: &str) -> bool {
        self.plans().any(|slug| slug == plan)
    }

    /// Each plan with everything that granted it.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        self.provisioning.grants()
    }

    /// All features with what their properties came to, in the order of the catalog.
    pub fn features(&self) -> impl Iterator<Item = ResolvedFeature<'_>> {
        self.resolution.features(self.release().catalog())
    }

    /// What one property came to; none when the catalog has no such feature or property.
    #[must_use]
    pub fn property(&self, feature: &str, property: &str) -> Option<Resolved<'_>> {
        let feature = self.features().find(|resolved| resolved.feature().slug() == feature)?;
        feature.properties().find(|resolved| resolved.property.slug() == property)
    }

    /// Whether a meterable property gives access now. An unknown one does not, nor does one whose limit is used up.
    #[must_use]
    pub fn has_access(&self, feature: &str, property: &str) -> bool {
        match self.property(feature, property) {
            Some(Resolved { value: Some(Value::Meter(meter)), property, .. }) => {
                gives_access(meter, self.allowances.of(property.slot()))
            }
            _ => false,
        }
    }

    /// What is left of the limit of a metered property; none when it is on, off, or of another kind.
    #[must_use]
    pub fn allowance(&self, feature: &str, property: &str) -> Option<&Allowance> {
        self.allowances.of(self.property(feature, property)?.property.slot())
    }

    /// Whether a boolean property is true. An unknown one is not, nor is one without a value.
    #[must_use]
    pub fn is_on(&self, feature: &str, property: &str) -> bool {
        let value = self.property(feature, property).and_then(|resolved| resolved.value);
        matches!(value, Some(Value::Boolean(true)))
    }

    /// What each workflow did.
    #[must_use]
    pub fn workflows(&self) -> &[WorkflowReport] {
        &self.workflows
    }

    /// What was read of user data besides the look-ups of workflows: the customer, the counters.
    #[must_use]
    pub fn reads(&self) -> &[LookupReport] {
        &self.reads
    }

    /// What failed on the way; empty when nothing did.
    #[must_use]
    pub fn degraded(&self) -> &[Degradation] {
        &self.degraded
    }

    /// The decision as the decision API answers it: an access check's body, to be serialized as JSON.
    #[must_use]
    pub fn answer(&self) -> Answer<'_> {
        Answer::new(self)
    }
}
