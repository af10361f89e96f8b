//! Differences: what would become otherwise if the shadow's release decided.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use usher_decision::{FailureKind, Meter, Value};

use super::sample::SampledOutcome;

/// What would be different for a user.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "change", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum Change {
    /// They would lose a plan.
    PlanLost {
        /// The plan's slug.
        plan: String,
    },
    /// They would gain a plan.
    PlanGained {
        /// The plan's slug.
        plan: String,
    },
    /// A property of a feature would have another value.
    Property {
        /// The feature's slug.
        feature: String,
        /// The property's slug.
        property: String,
        /// The value that it has, as text: `on`, `3 per month`, `true`, `hd`; none where it has none.
        from: Option<String>,
        /// The value that it would have.
        to: Option<String>,
    },
    /// A workflow would fail that does not.
    WorkflowFailed {
        /// The workflow's slug.
        workflow: String,
        /// In which way: `trap`, `fuel`, …
        failure: &'static str,
    },
    /// Nothing would be decided, because of a workflow that fails.
    Undecided {
        /// The workflow's slug.
        workflow: String,
        /// In which way it fails.
        failure: &'static str,
    },
}

/// Everything that would be different.
pub(super) fn differences(live: &SampledOutcome, shadow: &SampledOutcome) -> Vec<Change> {
    if let Some((workflow, kind)) = &shadow.undecided {
        return vec![Change::Undecided { workflow: workflow.to_string(), failure: kind.name() }];
    }
    let new_failures = shadow.failures.iter().filter(|failure| !live.failures.contains(failure));
    let failed = |(workflow, kind): &(Arc<str>, FailureKind)| Change::WorkflowFailed {
        workflow: workflow.to_string(),
        failure: kind.name(),
    };
    let [before, after] = [live, shadow].map(|outcome| outcome.plans().collect::<BTreeSet<_>>());
    let lost = before.difference(&after).map(|plan| Change::PlanLost { plan: (*plan).to_owned() });
    let gained = after.difference(&before).map(|plan| Change::PlanGained { plan: (*plan).to_owned() });
    let mut changes: Vec<_> = new_failures.map(failed).chain(lost).chain(gained).collect();
    changes.extend(properties(live, shadow));
    changes
}

/// The properties that would have another value, found by their slugs: the releases' catalogs may be different.
fn properties(live: &SampledOutcome, shadow: &SampledOutcome) -> Vec<Change> {
    let mut pairs: BTreeMap<(&str, &str), [Option<&Value>; 2]> = BTreeMap::new();
    for (place, outcome) in [live, shadow].into_iter().enumerate() {
        for feature in outcome.resolution.features(outcome.release.catalog()) {
            for resolved in feature.properties() {
                let pair = pairs.entry((feature.feature().slug(), resolved.property.slug())).or_default();
                if let Some(side) = pair.get_mut(place) {
                    *side = resolved.value;
                }
            }
        }
    }
    let others = pairs.into_iter().filter(|(_, [from, to])| from != to);
    let change = |((feature, property), [from, to]): ((&str, &str), [Option<&Value>; 2])| Change::Property {
        feature: feature.to_owned(),
        property: property.to_owned(),
        from: from.map(text),
        to: to.map(text),
    };
    others.map(change).collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::Meter(Meter::On) => "on".to_owned(),
        Value::Meter(Meter::Off) => "off".to_owned(),
        Value::Meter(Meter::Metered { limit, per }) => format!("{limit} per {per}"),
        Value::Number(number) => number.to_string(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Text(text) => text.to_string(),
    }
}

#[cfg(test)]
mod tests;
