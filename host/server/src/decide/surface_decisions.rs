//! `POST /api/v1/surface-decisions`: what may this user do, and what does this surface show?

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use usher_host::{AccessRequest, Release};

use super::visitor::Seen;
use super::{answer, decide};
use crate::app::App;
use crate::echo::Echo;
use crate::extract::{self, BODY_BYTES, Incoming};
use crate::keys::{SecretOrPublic, Site};
use crate::metrics::Door;
use crate::openapi::answers::Shown;
use crate::openapi::errors::{BodyErrors, KeyErrors, Missing, NothingDecided};
use crate::openapi::requests::SurfaceDecision;
use crate::respond::Failure;

/// The catalog has no such surface. The caller's move, or the operator's who publishes catalogs.
#[derive(Debug, thiserror::Error)]
#[error("surfaceSlug: expected a surface of the catalog, found `{}`", Echo(slug))]
pub(crate) struct UnknownSurface {
    slug: String,
}

#[utoipa::path(
    post,
    path = "/api/v1/surface-decisions",
    tag = "decisions",
    summary = "What may this user do, and what does this surface show?",
    security(("decision" = [])),
    request_body = SurfaceDecision,
    responses((status = 200, description = "Decided; `x-usher-degraded: true` when something failed on the way.", body = Shown), Missing, NothingDecided, KeyErrors, BodyErrors)
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    site: Site,
    seen: Seen,
    body: Incoming,
) -> Result<Response, Failure> {
    let body = extract::bytes(body, BODY_BYTES).await?;
    let (slug, request) = match site.caller {
        SecretOrPublic::Secret => AccessRequest::from_surface_json(&body)?,
        SecretOrPublic::Public => AccessRequest::from_public_surface_json(&body)?,
    };
    let unknown = || UnknownSurface { slug: slug.clone() };
    // Most are found out before anything is decided, and all by the release that decided.
    let host = &site.running.host;
    let has_it = |release: &Release| release.catalog().surface(&slug).is_some();
    if !has_it(&host.live()) && !host.canary().is_some_and(|canary| has_it(canary.release())) {
        return Err(unknown().into());
    }
    let decision = decide(&app, &site, &seen, request).await?;
    let surface = decision.release().catalog().surface(&slug).ok_or_else(unknown)?;
    Ok(answer(&app, Door::SurfaceDecision, &site, &decision, decision.answer().for_surface(surface)))
}
