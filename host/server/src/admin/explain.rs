//! `/admin/v1/users/{user_type}/{identifier}`: everything about one user, for an operator who asks why they have what
//! they have.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use serde_json::{Map, Value, json};
use usher_host::{AccessRequest, Answer, Decision, IdentityLink, RequestError, Scope, User, UserType};
use usher_store::UserOverview;

use super::environments::EnvironmentQuery;
use super::users::UserTypeName;
use crate::app::App;
use crate::environments::Running;
use crate::extract::{self, FromPath, FromQuery, Incoming};
use crate::keys::{Admin, SecretOrPublic, UsersRead};
use crate::openapi::errors::{BodyErrors, KeyErrors, Malformed, Missing, NothingDecided};
use crate::openapi::users::{Explanation as ExplanationSchema, Supposed};
use crate::respond::{self, Failure};

/// What is known of a user, and what they would get now.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Explanation<'a> {
    identifier: &'a str,
    user_type: &'static str,
    customer: Option<CustomerPart<'a>>,
    custom_data: Vec<DatumPart<'a>>,
    linked_sources: Vec<LinkPart<'a>>,
    linked_targets: Vec<LinkPart<'a>>,
    counters: Vec<CounterPart<'a>>,
    /// For each property, as `feature.property`, the plan whose value won; null for the fallback.
    decided_by: BTreeMap<String, Option<&'a str>>,
    decision: Answer<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CustomerPart<'a> {
    customer_identifiers: &'a [String],
    product_ids: &'a [String],
}

#[derive(Serialize)]
struct DatumPart<'a> {
    key: &'a str,
    scope: &'static str,
    value: Value,
}

#[derive(Serialize)]
struct LinkPart<'a> {
    source: UserPart<'a>,
    target: UserPart<'a>,
    mode: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UserPart<'a> {
    identifier: &'a str,
    user_type: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CounterPart<'a> {
    counter_id: &'a str,
    period: &'a str,
    started_at_ms: u64,
    units: u64,
    unique_units: u64,
}

/// Shows a user as they are known without a request of theirs.
#[utoipa::path(
    get,
    path = "/users/{user_type}/{identifier}",
    tag = "admin",
    operation_id = "show_user",
    summary = "Show a user: what is kept of them, and what they have now and why",
    security(("admin" = ["users-read"])),
    params(("user_type" = UserTypeName, Path, description = "Whether the user has an account."), ("identifier" = String, Path, description = "Who, in at most 512 bytes.", min_length = 1, max_length = 512, pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$"), EnvironmentQuery),
    responses((status = 200, description = "Everything about them.", body = ExplanationSchema), NothingDecided, Malformed, Missing, KeyErrors)
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    _: Admin<UsersRead>,
    FromPath((user_type, identifier)): FromPath<(UserTypeName, String)>,
    FromQuery(query): FromQuery<EnvironmentQuery>,
) -> Result<Response, Failure> {
    explain(&app, &*query.running(&app)?, user_type.user(identifier), Map::new()).await
}

/// The same, as if the user asked this, with these claims.
#[utoipa::path(
    post,
    path = "/users/{user_type}/{identifier}/explain",
    tag = "admin",
    operation_id = "explain_user",
    summary = "The same, supposing what they ask and from where",
    security(("admin" = ["users-read"])),
    params(("user_type" = UserTypeName, Path, description = "Whether the user has an account."), ("identifier" = String, Path, description = "Who, in at most 512 bytes.", min_length = 1, max_length = 512, pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$"), EnvironmentQuery),
    request_body(content = Supposed),
    responses((status = 200, description = "Everything about them.", body = ExplanationSchema), NothingDecided, Missing, BodyErrors, KeyErrors)
)]
pub(super) async fn suppose(
    State(app): State<Arc<App>>,
    _: Admin<UsersRead>,
    FromPath((user_type, identifier)): FromPath<(UserTypeName, String)>,
    FromQuery(query): FromQuery<EnvironmentQuery>,
    body: Incoming,
) -> Result<Response, Failure> {
    explain(&app, &*query.running(&app)?, user_type.user(identifier), extract::json(body).await?).await
}

async fn explain(
    app: &App,
    running: &Running,
    user: User,
    mut supposed: Map<String, Value>,
) -> Result<Response, Failure> {
    let claims = match supposed.remove("jwtClaims") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(claims)) => claims,
        Some(_) => {
            let reason = "`jwtClaims`: expected an object".to_owned();
            return Err(RequestError::InvalidJson { reason }.into());
        }
    };
    // The rest is what the decision API takes; who asks is said by the path.
    supposed.insert("identity".to_owned(), json!({"anonymousIdentifier": "somebody"}));
    let access = AccessRequest::from_json(&serde_json::to_vec(&supposed)?)?;
    let decided = running.host.decide_as(user.clone(), claims, &access).await;
    let decision = decided.map_err(|error| Failure::of_decide(error, SecretOrPublic::Secret))?;
    let overview = app.store.user_overview(&user).await?;
    Ok(respond::ok(Explanation::of(&user, &overview, &decision)))
}

impl<'a> Explanation<'a> {
    fn of(user: &'a User, overview: &'a UserOverview, decision: &'a Decision) -> Self {
        let customer = overview.customer.as_ref().map(|record| CustomerPart {
            customer_identifiers: &record.customer_identifiers,
            product_ids: &record.product_ids,
        });
        let custom_data = overview.custom_data.iter().map(|datum| DatumPart {
            key: &datum.key,
            scope: match datum.scope {
                Scope::Brand => "brand",
                Scope::CrossBrand => "cross-brand",
            },
            // Only JSON is ever kept.
            value: serde_json::from_str(&datum.json).unwrap_or_default(),
        });
        let counters = overview.counters.iter().map(|row| CounterPart {
            counter_id: &row.counter_id,
            period: &row.period,
            started_at_ms: row.started_at_ms,
            units: row.units,
            unique_units: row.unique_units,
        });
        let decided_by = decision.features().flat_map(|feature| {
            let slug = feature.feature().slug();
            feature.properties().map(move |resolved| {
                let plan = resolved.decided_by.map(|plan| plan.slug());
                (format!("{slug}.{}", resolved.property.slug()), plan)
            })
        });
        Self {
            identifier: &user.identifier,
            user_type: user_type(user),
            customer,
            custom_data: custom_data.collect(),
            linked_sources: overview.linked_sources.iter().map(LinkPart::of).collect(),
            linked_targets: overview.linked_targets.iter().map(LinkPart::of).collect(),
            counters: counters.collect(),
            decided_by: decided_by.collect(),
            decision: decision.answer().with_diagnostics(),
        }
    }
}

impl<'a> LinkPart<'a> {
    fn of(link: &'a IdentityLink) -> Self {
        Self { source: UserPart::of(&link.source), target: UserPart::of(&link.target), mode: &link.mode }
    }
}

impl<'a> UserPart<'a> {
    fn of(user: &'a User) -> Self {
        Self { identifier: &user.identifier, user_type: user_type(user) }
    }
}

fn user_type(user: &User) -> &'static str {
    match user.user_type {
        UserType::Authenticated => "authenticated",
        UserType::Anonymous => "anonymous",
    }
}
