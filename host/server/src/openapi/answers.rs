//! What the decision API answers, as the document has it. `usher-host` writes it; a test holds real answers to this.
#![expect(dead_code, reason = "only their descriptions are of use")]

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// What a user may do.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Decided {
    #[schema(schema_with = success)]
    status: String,
    /// The decision's id.
    #[schema(pattern = "^[0-9a-f-]{36}$")]
    event_id: String,
    identity: Identity,
    customer: Customer,
    /// By slug: every feature of the catalog.
    features: BTreeMap<String, Feature>,
    /// Why it came out so. With a secret key only.
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnostics: Option<Diagnostics>,
}

/// What a user may do, and what a surface shows.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown {
    #[serde(flatten)]
    decided: Decided,
    surface_behavior: SurfaceBehavior,
    components_skipped: bool,
    component_behaviors: BTreeMap<String, ComponentBehavior>,
}

/// Who asked.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Identity {
    auth_type: AuthType,
    is_authenticated: bool,
    #[schema(min_length = 1)]
    identifier: String,
    jwt_claims: BTreeMap<String, Value>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum AuthType {
    Provided,
    Jwt,
    Anonymous,
}

/// What billing knows.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Customer {
    is_customer: bool,
    has_products: bool,
    customer_identifiers: Vec<String>,
}

/// A feature with its properties, by slug.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Feature {
    feature_id: String,
    feature_slug: String,
    properties: BTreeMap<String, Property>,
}

/// What a property came to.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Property {
    Meterable(Meterable),
    Number(Number),
    String(Text),
    Boolean(Flag),
}

/// On, off, or metered; the optional members are there when it is metered.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Meterable {
    counter_id: String,
    has_access: bool,
    is_fallback: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    consumed_units: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining_units: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_units: Option<u64>,
    /// ISO 8601, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    period_start: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unique_resources: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_id_used: Option<bool>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Number {
    #[schema(required)]
    value: Option<f64>,
    is_fallback: bool,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Text {
    #[schema(required)]
    value: Option<String>,
    is_fallback: bool,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Flag {
    #[schema(required)]
    value: Option<bool>,
    is_fallback: bool,
}

/// What a surface shows.
#[derive(Serialize, ToSchema)]
struct SurfaceBehavior {
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<BTreeMap<String, Value>>,
}

/// What a component of a surface shows.
#[derive(Serialize, ToSchema)]
struct ComponentBehavior {
    /// What clients put into the page: `before`, `prepend`, `append`, `after`, `remove`, `replaceRange`.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<BTreeMap<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<BTreeMap<String, Value>>,
    metadata: Metadata,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    #[schema(required)]
    css_selector: Option<String>,
}

/// Why a decision came out as it did.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Diagnostics {
    release: u64,
    /// True when that is a canary; absent otherwise.
    canary: Option<bool>,
    /// Seconds since it was last known that no other server of the database has a newer release; absent where there is no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    stale_seconds: Option<u64>,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    instant: u64,
    micros: u64,
    plans: Vec<Plan>,
    workflows: Vec<Workflow>,
    reads: Vec<Read>,
    degraded: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    degraded_because: Option<Vec<String>>,
}

/// A plan the user holds.
#[derive(Serialize, ToSchema)]
struct Plan {
    slug: String,
    /// What granted it first: `auto:anonymous`, `product:ID`, `workflow:SLUG`; or what stands in for a workflow that failed,
    /// `workflow:SLUG/last-good` or `workflow:SLUG/fallback-plans`.
    origin: String,
    origins: Vec<String>,
}

/// What a workflow did.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Workflow {
    slug: String,
    digest: String,
    outcome: String,
    /// In which way it failed: `trap`, `fuel`, `deadline`, `memory`, `bad-output`, `refused`, `read-failed`, `not-loaded`.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    /// What was done about that: `ignore`, `last-good`, `fallback-plans`.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<String>,
    /// The plans it returned, or those that stand in for them.
    plans: Vec<String>,
    /// Slugs among them that the catalog does not have.
    dropped: Vec<String>,
    fuel: u64,
    micros: u64,
    log: Vec<String>,
    log_truncated: bool,
    lookups: Vec<Read>,
    #[schema(required)]
    error: Option<String>,
}

/// What was read of user data.
#[derive(Serialize, ToSchema)]
struct Read {
    question: String,
    found: String,
    micros: u64,
}

/// It is done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Done {
    #[schema(schema_with = success)]
    status: String,
}

fn success() -> utoipa::openapi::schema::Object {
    use utoipa::openapi::schema::{ObjectBuilder, Type};
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["success"])).build()
}
