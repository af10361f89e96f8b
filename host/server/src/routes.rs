//! Routes: which path leads to which door, and what is said at those that lead nowhere.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, OriginalUri, Request};
use axum::http::Method;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::TraceLayer;
use tracing::{Span, field};
use utoipa::OpenApi as _;

use crate::app::App;
use crate::echo::Echo;
use crate::openapi::{self, Document};
use crate::request_id::{self, REQUEST_ID};
use crate::respond::{self, Failure};
use crate::{admin, decide, health, metrics};

/// Why a request finds no door. The caller's move.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RouteError {
    #[error("no such route: {} {}; the caller has to correct the path", Echo(method.as_str()), Echo(path))]
    Unknown { method: Method, path: String },
    #[error("the route {} does not take {}; the header `allow` says what it takes", Echo(path), Echo(method.as_str()))]
    Method { method: Method, path: String },
    #[error("Usher does not serve {what}; the caller has to send these requests elsewhere")]
    NotServed { what: &'static str },
}

pub(crate) fn router(app: Arc<App>) -> Router {
    let ((decisions, of_decisions), (admin, of_admin)) = (decide::router(), admin::router());
    let ((health, of_health), (metrics, of_metrics)) = (health::router(), metrics::router());
    let document = Document::openapi().merge_from(of_decisions).nest("/admin/v1", of_admin);
    let document = document.merge_from(of_health).merge_from(of_metrics);
    // Each layer of a router boxes what is inside it, so these are one, and no route has two. The first is the outermost.
    let around = ServiceBuilder::new()
        .map_request(request_id::sane)
        .layer(SetRequestIdLayer::new(REQUEST_ID, request_id::Made))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(TraceLayer::new_for_http().make_span_with(span).on_request(()).on_eos(()).on_failure(()))
        .layer(CatchPanicLayer::custom(respond::panicked));
    let decisions = decisions.layer(around.clone().map_response(respond::readable_by_scripts));
    Router::new()
        .nest("/admin/v1", admin)
        .merge(health)
        .merge(metrics)
        .merge(openapi::router(document))
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(around)
        .merge(decisions)
        .with_state(app)
}

/// What every log line of a request has. The route and not the path: a path may name a user.
fn span(request: &Request) -> Span {
    let id = request_id::of(request.extensions());
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    tracing::info_span!("request", id, method = %request.method(), route, key = field::Empty, decision = field::Empty)
}

pub(crate) async fn unknown(method: Method, OriginalUri(uri): OriginalUri) -> Failure {
    RouteError::Unknown { method, path: uri.path().to_owned() }.into()
}

pub(crate) async fn wrong_method(method: Method, OriginalUri(uri): OriginalUri) -> Failure {
    RouteError::Method { method, path: uri.path().to_owned() }.into()
}

pub(crate) async fn no_offers() -> Failure {
    RouteError::NotServed { what: "offer redemptions" }.into()
}

pub(crate) async fn no_endpoints() -> Failure {
    RouteError::NotServed { what: "endpoint workflows" }.into()
}
