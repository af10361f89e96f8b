//! `POST /api/v1/surface-decisions`: what may this user do, and what does this surface show?

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use usher_host::RequestError;

use super::{answer, decide};
use crate::app::App;
use crate::echo::Echo;
use crate::extract::{self, BODY_BYTES};
use crate::keys::SecretOrPublic;
use crate::metrics::Door;
use crate::respond::Failure;

/// The catalog has no such surface. The caller's move, or the operator's who publishes catalogs.
#[derive(Debug, thiserror::Error)]
#[error("surfaceSlug: expected a surface of the catalog, found `{}`", Echo(slug))]
pub(crate) struct UnknownSurface {
    slug: String,
}

/// What a surface decision asks beyond an access check.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    surface_slug: String,
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    caller: SecretOrPublic,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let body = extract::bytes(body, BODY_BYTES).await?;
    let Question { surface_slug: slug } =
        serde_json::from_slice(&body).map_err(|error| RequestError::InvalidJson { reason: error.to_string() })?;
    let decision = decide(&app, caller, &headers, &body).await?;
    let Some(surface) = decision.release().catalog().surface(&slug) else { return Err(UnknownSurface { slug }.into()) };
    answer(&app, Door::SurfaceDecision, caller, &decision, decision.answer().for_surface(surface))
}
