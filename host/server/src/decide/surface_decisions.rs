//! `POST /api/v1/surface-decisions`: what may this user do, and what does this surface show?

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use usher_host::RequestError;

use super::{note, visitor};
use crate::app::App;
use crate::extract::{self, BODY_BYTES};
use crate::keys::SecretOrPublic;
use crate::metrics::Door;
use crate::respond::{self, Failure};

/// The catalog has no such surface. The caller's move, or the operator's who publishes catalogs.
#[derive(Debug, thiserror::Error)]
#[error("surfaceSlug: expected a surface of the catalog, found `{}`", slug.escape_debug())]
pub(crate) struct UnknownSurface {
    slug: String,
}

/// What a surface decision asks beyond an access check.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    surface_slug: String,
}

pub(super) async fn decide(
    State(app): State<Arc<App>>,
    caller: SecretOrPublic,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let body = extract::bytes(body, BODY_BYTES).await?;
    let request = visitor::request(&body, caller, &headers)?;
    let Question { surface_slug: slug } =
        serde_json::from_slice(&body).map_err(|error| RequestError::InvalidJson { reason: error.to_string() })?;
    if app.host.live().catalog().surface(&slug).is_none() {
        return Err(UnknownSurface { slug }.into());
    }
    let decision = app.host.decide(&request).await?;
    note(&app, Door::SurfaceDecision, &decision);
    // Asked again of the decision's own release, which may be a newer one.
    let Some(surface) = decision.release().catalog().surface(&slug) else { return Err(UnknownSurface { slug }.into()) };
    respond::decision(&decision, &caller.explain(decision.answer().for_surface(surface)))
}
