//! Routes: which path leads to which door, and what is said at those that lead nowhere.

use std::sync::Arc;

use axum::Router;
use axum::extract::{OriginalUri, Request};
use axum::http::Method;
use axum::middleware::from_fn;
use axum::response::Response;
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use utoipa::OpenApi as _;

use crate::app::App;
use crate::echo::Echo;
use crate::openapi::{self, Document};
use crate::respond::Failure;
use crate::{admin, around, decide, health, metrics};

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

/// All doors.
pub(crate) struct Doors {
    app: Arc<App>,
    router: TowerToHyperService<Router>,
}

impl Doors {
    pub(crate) fn of(app: Arc<App>) -> Self {
        Self { router: TowerToHyperService::new(router(Arc::clone(&app))), app }
    }

    pub(crate) async fn answer(&self, request: Request) -> Response {
        if let Some(door) = decide::straight(request.method(), request.uri().path()) {
            return around::straight(request, door, Arc::clone(&self.app)).await;
        }
        match self.router.call(request).await {
            Ok(response) => response,
            Err(impossible) => match impossible {},
        }
    }
}

fn router(app: Arc<App>) -> Router {
    let ((decisions, of_decisions), (admin, of_admin)) = (decide::router(), admin::router());
    let ((health, of_health), (metrics, of_metrics)) = (health::router(), metrics::router());
    let document = Document::openapi().merge_from(of_decisions).nest("/admin/v1", of_admin);
    let document = document.merge_from(of_health).merge_from(of_metrics);
    Router::new()
        .nest("/admin/v1", admin)
        .merge(health)
        .merge(metrics)
        .merge(openapi::router(document))
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .merge(decisions)
        .layer(from_fn(around::routed))
        .with_state(app)
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
