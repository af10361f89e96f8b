//! What the server knows of one user, as people read it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;

/// What is read of the server's answer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct View {
    identifier: String,
    user_type: String,
    customer: Option<Customer>,
    custom_data: Vec<Datum>,
    linked_sources: Vec<Link>,
    linked_targets: Vec<Link>,
    counters: Vec<Counter>,
    decided_by: BTreeMap<String, Option<String>>,
    decision: Decision,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Customer {
    customer_identifiers: Vec<String>,
    product_ids: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Datum {
    key: String,
    scope: String,
    value: Value,
}

#[derive(Debug, Deserialize)]
struct Link {
    source: User,
    target: User,
    mode: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    identifier: String,
    user_type: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Counter {
    counter_id: String,
    period: String,
    units: u64,
    unique_units: u64,
}

#[derive(Debug, Deserialize)]
struct Decision {
    features: BTreeMap<String, Feature>,
    diagnostics: Diagnostics,
}

#[derive(Debug, Deserialize)]
struct Feature {
    properties: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Diagnostics {
    plans: Vec<Plan>,
    workflows: Vec<Workflow>,
    #[serde(default)]
    degraded_because: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Plan {
    slug: String,
    origins: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Workflow {
    slug: String,
    outcome: String,
    plans: Vec<String>,
    dropped: Vec<String>,
    error: Option<String>,
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "user       {} ({})", self.identifier, self.user_type)?;
        match &self.customer {
            Some(Customer { customer_identifiers, product_ids }) => {
                writeln!(f, "customer   {}, products {}", list(customer_identifiers), list(product_ids))?;
            }
            None => writeln!(f, "customer   no")?,
        }
        for Plan { slug, origins } in &self.decision.diagnostics.plans {
            writeln!(f, "plan       {slug} because of {}", origins.join(", "))?;
        }
        for workflow in &self.decision.diagnostics.workflows {
            writeln!(f, "workflow   {workflow}")?;
        }
        for (slug, feature) in &self.decision.features {
            for (property, value) in &feature.properties {
                let name = format!("{slug}.{property}");
                let plan = self.decided_by.get(&name).and_then(Option::as_deref);
                let because = plan.map_or_else(|| "fallback".to_owned(), |plan| format!("plan {plan}"));
                writeln!(f, "value      {name} = {} by {because}", in_words(value))?;
            }
        }
        for Datum { key, scope, value } in &self.custom_data {
            writeln!(f, "data       {key} ({scope}) = {value}")?;
        }
        for Link { source, mode, .. } in &self.linked_sources {
            writeln!(f, "link       from {} ({}), {mode}", source.identifier, source.user_type)?;
        }
        for Link { target, mode, .. } in &self.linked_targets {
            writeln!(f, "link       to {} ({}), {mode}", target.identifier, target.user_type)?;
        }
        for Counter { counter_id, period, units, unique_units } in &self.counters {
            writeln!(f, "counter    {counter_id} per {period}: {units}, of unique resources {unique_units}")?;
        }
        for reason in &self.decision.diagnostics.degraded_because {
            writeln!(f, "degraded   {reason}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Workflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}, plans {}", self.slug, self.outcome, list(&self.plans))?;
        if !self.dropped.is_empty() {
            write!(f, ", unknown to the catalog {}", list(&self.dropped))?;
        }
        self.error.as_ref().map_or(Ok(()), |error| write!(f, "; {error}"))
    }
}

fn list(items: &[String]) -> String {
    if items.is_empty() { "none".to_owned() } else { items.join(", ") }
}

/// A property of an answer, on one line.
fn in_words(property: &Value) -> String {
    let field = |name: &str| property.get(name).map(ToString::to_string).unwrap_or_default();
    match (property.get("hasAccess").and_then(Value::as_bool), property.get("totalUnits")) {
        (Some(access), Some(_)) => {
            let state = if access { "open" } else { "closed" };
            format!(
                "{state}, {} of {} left since {}",
                field("remainingUnits"),
                field("totalUnits"),
                field("periodStart")
            )
        }
        (Some(true), None) => "on".to_owned(),
        (Some(false), None) => "off".to_owned(),
        (None, _) => field("value"),
    }
}
