//! Health: is the process alive, and what does it decide by?

use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use crate::app::App;

#[derive(Serialize)]
struct Alive {
    status: &'static str,
}

#[derive(Serialize)]
struct Readiness {
    release: u64,
    workflows: Vec<WorkflowReadiness>,
}

#[derive(Serialize)]
struct WorkflowReadiness {
    slug: String,
    loaded: bool,
    error: Option<String>,
}

pub(crate) fn router() -> Router<Arc<App>> {
    Router::new().route("/healthz", get(alive)).route("/readyz", get(ready))
}

async fn alive() -> Json<Alive> {
    Json(Alive { status: "ok" })
}

/// A server that listens is ready: everything that could be loaded was loaded before.
async fn ready(State(app): State<Arc<App>>) -> Json<Readiness> {
    let blueprint = app.publisher.blueprint();
    let workflows = blueprint.workflows.iter().map(|stocked| WorkflowReadiness {
        slug: stocked.slug.to_string(),
        loaded: stocked.loaded.is_ok(),
        error: stocked.loaded.as_ref().err().cloned(),
    });
    Json(Readiness { release: app.host.live().number(), workflows: workflows.collect() })
}
