//! The decision API: the doors that sites come in through. They differ in what they answer, never in what they decide.

mod access_checks;
mod counter_updates;
mod not_decided;
mod surface_decisions;
mod visitor;

use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::extract::{OriginalUri, Request};
use axum::handler::Handler;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use tracing::{Span, field};
use usher_host::{AccessRequest, Answer, DecideError, Decision, Degradation};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::keys::{SecretOrPublic, Site};
use crate::metrics::Door;
use crate::respond::{self, Failure};
use crate::routes;

pub(crate) use counter_updates::CounterRefused;
pub(crate) use not_decided::NotDecided;
pub(crate) use surface_decisions::UnknownSurface;
use visitor::Seen;
pub(crate) use visitor::VisitorError;

pub(crate) fn router() -> (Router<Arc<App>>, OpenApi) {
    let (documented, document) = OpenApiRouter::new()
        .routes(routes!(access_checks::check))
        .routes(routes!(surface_decisions::show))
        .routes(routes!(counter_updates::update))
        .split_for_parts();
    let router = documented
        .method_not_allowed_fallback(other_method)
        .route("/api/v1/offer-redemptions", any(routes::no_offers))
        .route("/api/v1/envs/{environment}/endpoints", any(routes::no_endpoints))
        .route("/api/v1/envs/{environment}/endpoints/", any(routes::no_endpoints))
        .route("/api/v1/envs/{environment}/endpoints/{*path}", any(routes::no_endpoints))
        .route("/api/v1", any(routes::unknown))
        .route("/api/v1/", any(routes::unknown))
        .route("/api/v1/{*path}", any(routes::unknown))
        .layer(map_response(async |response| respond::readable_by_scripts(response)));
    (router, document)
}

/// A door that is known by the path alone.
pub(crate) type StraightDoor = fn(Request, Arc<App>) -> Pin<Box<dyn Future<Output = Response> + Send>>;

/// The door of a request, if it is one of those that nearly all requests come to. The router knows them as well, but a router's
/// boxes and notes cost more than reading the request does.
pub(crate) fn straight(method: &Method, path: &str) -> Option<StraightDoor> {
    match path {
        _ if method != Method::POST => None,
        "/api/v1/access-checks" => Some(|request, app| access_checks::check.call(request, app)),
        "/api/v1/surface-decisions" => Some(|request, app| surface_decisions::show.call(request, app)),
        "/api/v1/counter-updates" => Some(|request, app| counter_updates::update.call(request, app)),
        _ => None,
    }
}

/// Answers a browser that asks what a script may send to a route that there is. Any other `OPTIONS` is a method like
/// others, and none of them leads anywhere.
async fn other_method(method: Method, uri: OriginalUri, headers: HeaderMap) -> Response {
    let is_preflight = method == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if is_preflight { respond::preflight() } else { routes::wrong_method(method, uri).await.into_response() }
}

/// Decides on a request, as far as its caller is to be believed.
async fn decide(app: &App, site: &Site, seen: &Seen, request: AccessRequest) -> Result<Decision, Failure> {
    let request = visitor::believed(request, site.caller, seen, &app.trusted_proxies)?;
    let decided = site.running.host.decide_owned(request).await;
    if let Err(DecideError::Undecided(undecided)) = &decided {
        app.metrics.undecided(undecided);
        Span::current().record("decision", field::display(undecided.id()));
        tracing::debug!(workflow = &**undecided.workflow(), failure = undecided.kind().name(), "nothing is decided");
    }
    decided.map_err(|error| Failure::of_decide(error, site.caller))
}

/// Answers with a decision, which says why to a caller who may know.
fn answer(app: &App, door: Door, site: &Site, decision: &Decision, answer: Answer<'_>) -> Response {
    note(app, door, site, decision);
    let answer = match site.caller {
        SecretOrPublic::Secret => match app.freshness.stale_for() {
            Some(stale) => answer.with_diagnostics().stale_for(stale),
            None => answer.with_diagnostics(),
        },
        SecretOrPublic::Public => answer,
    };
    respond::decision(decision, &answer)
}

/// Counts a decision, and writes into the log what degraded it: which workflow and how, but not in its own words, which
/// may name a user.
fn note(app: &App, door: Door, site: &Site, decision: &Decision) {
    app.metrics.decided(&site.running.name, door, decision);
    Span::current().record("decision", field::display(decision.id()));
    for degradation in decision.degraded() {
        let (workflow, outcome) = match degradation {
            Degradation::Workflow { slug, outcome, .. } => (Some(&**slug), Some(outcome.kind())),
            // Customer data, and whatever else may come to be missing.
            _ => (None, None),
        };
        tracing::debug!(workflow, outcome, "a decision is degraded");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_router_knows_every_straight_door_and_no_other() {
        let (_, document) = router();
        let routes = document.paths.paths;
        assert_eq!(routes.len(), 3);
        for (path, methods) in routes {
            assert!(methods.post.is_some() && straight(&Method::POST, &path).is_some(), "{path}");
            assert!(straight(&Method::GET, &path).is_none(), "{path}");
        }
        assert!(straight(&Method::POST, "/api/v1/access-checks/").is_none());
    }
}
