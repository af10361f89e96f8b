//! `POST /api/v1/access-checks`: what may this user do?

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use usher_host::AccessRequest;

use super::visitor::Seen;
use super::{answer, decide};
use crate::app::App;
use crate::extract::{self, BODY_BYTES, Incoming};
use crate::keys::{SecretOrPublic, Site};
use crate::metrics::Door;
use crate::openapi::answers::Decided;
use crate::openapi::errors::{BodyErrors, KeyErrors, NothingDecided};
use crate::openapi::requests::AccessCheck;
use crate::respond::Failure;

#[utoipa::path(
    post,
    path = "/api/v1/access-checks",
    tag = "decisions",
    summary = "What may this user do?",
    security(("decision" = [])),
    request_body = AccessCheck,
    responses((status = 200, description = "Decided; `x-usher-degraded: true` when something failed on the way.", body = Decided), NothingDecided, KeyErrors, BodyErrors)
)]
pub(super) async fn check(
    State(app): State<Arc<App>>,
    site: Site,
    seen: Seen,
    body: Incoming,
) -> Result<Response, Failure> {
    let body = extract::bytes(body, BODY_BYTES).await?;
    let request = match site.caller {
        SecretOrPublic::Secret => AccessRequest::from_json(&body)?,
        SecretOrPublic::Public => AccessRequest::from_public_json(&body)?,
    };
    let decision = decide(&app, &site, &seen, request).await?;
    Ok(answer(&app, Door::AccessCheck, &site, &decision, decision.answer()))
}
