//! Health: is the process alive, and what does it decide by?

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;

use crate::app::App;
use crate::respond;

#[derive(Serialize)]
struct Alive {
    status: &'static str,
}

#[derive(Serialize)]
struct Readiness<'a> {
    release: u64,
    workflows: Vec<WorkflowReadiness<'a>>,
}

#[derive(Serialize)]
struct WorkflowReadiness<'a> {
    slug: &'a str,
    loaded: bool,
    error: Option<&'a str>,
}

pub(crate) fn router() -> Router<Arc<App>> {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready))
}

async fn alive() -> Response {
    respond::ok(Alive { status: "ok" })
}

/// A server that listens is ready: everything that could be loaded was loaded before.
async fn ready(State(app): State<Arc<App>>) -> Response {
    let blueprint = app.publisher.blueprint();
    let workflows = blueprint.workflows.iter().map(|stocked| WorkflowReadiness {
        slug: stocked.slug.as_str(),
        loaded: stocked.loaded.is_ok(),
        error: stocked.loaded.as_ref().err().map(String::as_str),
    });
    respond::ok(Readiness { release: app.host.live().number(), workflows: workflows.collect() })
}
