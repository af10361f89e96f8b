//! The decision API: the doors that sites come in through. They differ in what they answer, never in what they decide.

mod access_checks;
mod counter_updates;
mod surface_decisions;
mod visitor;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderName, Method, header};
use axum::response::Response;
use axum::routing::any;
use tower_http::cors::{Any, CorsLayer};
use tracing::{Span, field};
use usher_host::{AccessRequest, Answer, Decision, Degradation};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::keys::SecretOrPublic;
use crate::metrics::Door;
use crate::respond::{self, Failure};
use crate::routes;

pub(crate) use counter_updates::CounterRefused;
pub(crate) use surface_decisions::UnknownSurface;
use visitor::Seen;
pub(crate) use visitor::VisitorError;

/// How long a browser may remember what it is allowed to send.
const PREFLIGHT: Duration = Duration::from_hours(24);
/// What the browser client says about itself.
const BROWSER_VERSION: HeaderName = HeaderName::from_static("x-mos-browser-version");

pub(crate) fn router() -> (Router<Arc<App>>, OpenApi) {
    let (documented, document) = OpenApiRouter::new()
        .routes(routes!(access_checks::check))
        .routes(routes!(surface_decisions::show))
        .routes(routes!(counter_updates::update))
        .split_for_parts();
    let router = documented
        .route("/offer-redemptions", any(routes::no_offers))
        .route("/envs/{environment}/endpoints", any(routes::no_endpoints))
        .route("/envs/{environment}/endpoints/{*path}", any(routes::no_endpoints))
        .fallback(routes::unknown)
        .method_not_allowed_fallback(routes::wrong_method)
        .layer(cors());
    (router, document)
}

/// Lets scripts of any site ask, with the key they bring and without cookies.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, BROWSER_VERSION, counter_updates::IDEMPOTENCY_KEY])
        .expose_headers([header::RETRY_AFTER, respond::DECISION, respond::DEGRADED])
        .max_age(PREFLIGHT)
}

/// Decides on a request, as far as its caller is to be believed.
async fn decide(app: &App, caller: SecretOrPublic, seen: Seen, request: AccessRequest) -> Result<Decision, Failure> {
    let request = visitor::believed(request, caller, seen)?;
    Ok(app.host.decide(&request).await?)
}

/// Answers with a decision, which says why to a caller who may know.
fn answer(
    app: &App,
    door: Door,
    caller: SecretOrPublic,
    decision: &Decision,
    answer: Answer<'_>,
) -> Result<Response, Failure> {
    note(app, door, decision);
    let answer = match caller {
        SecretOrPublic::Secret => answer.with_diagnostics(),
        SecretOrPublic::Public => answer,
    };
    respond::decision(decision, &answer)
}

/// Counts a decision, and writes into the log what degraded it: which workflow and how, but not in its own words, which
/// may name a user.
fn note(app: &App, door: Door, decision: &Decision) {
    app.metrics.decided(door, decision);
    Span::current().record("decision", field::display(decision.id()));
    for degradation in decision.degraded() {
        let (workflow, outcome) = match degradation {
            Degradation::Workflow { slug, outcome } => (Some(&**slug), Some(outcome.kind())),
            // Customer data, and whatever else may come to be missing.
            _ => (None, None),
        };
        tracing::debug!(workflow, outcome, "a decision is degraded");
    }
}
