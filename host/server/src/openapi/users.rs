//! What an operator is shown of a user, as the document has it. `admin/explain.rs` writes it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::answers::Decided;
use super::requests::{Cloudflare, Http, Resource};

/// What a user is supposed to ask, and from where.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"jwtClaims": {"tier": "gold"}, "cloudflare": {"cf": {"country": "DE"}}}))]
pub(crate) struct Supposed {
    /// The claims of a token that nobody has to show.
    #[schema(nullable)]
    jwt_claims: Option<BTreeMap<String, Value>>,
    #[schema(nullable)]
    resource: Option<Resource>,
    #[schema(nullable)]
    http: Option<Http>,
    #[schema(nullable)]
    cloudflare: Option<Cloudflare>,
}

/// Everything about one user.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Explanation {
    identifier: String,
    user_type: String,
    #[schema(required)]
    customer: Option<CustomerRecord>,
    custom_data: Vec<CustomDatum>,
    linked_sources: Vec<Link>,
    linked_targets: Vec<Link>,
    counters: Vec<CounterRow>,
    /// For each property, as `feature.property`, the plan whose value won; null for the fallback.
    decided_by: BTreeMap<String, Option<String>>,
    decision: Decided,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CustomerRecord {
    customer_identifiers: Vec<String>,
    product_ids: Vec<String>,
}

#[derive(Serialize, ToSchema)]
struct CustomDatum {
    key: String,
    scope: String,
    value: Value,
}

#[derive(Serialize, ToSchema)]
struct Link {
    source: LinkedUser,
    target: LinkedUser,
    mode: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct LinkedUser {
    identifier: String,
    user_type: String,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CounterRow {
    counter_id: String,
    period: String,
    started_at_ms: u64,
    units: u64,
    unique_units: u64,
}
