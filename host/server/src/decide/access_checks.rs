//! `POST /api/v1/access-checks`: what may this user do?

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::{answer, decide};
use crate::app::App;
use crate::extract::{self, BODY_BYTES};
use crate::keys::SecretOrPublic;
use crate::metrics::Door;
use crate::respond::Failure;

pub(super) async fn check(
    State(app): State<Arc<App>>,
    caller: SecretOrPublic,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let body = extract::bytes(body, BODY_BYTES).await?;
    let decision = decide(&app, caller, &headers, &body).await?;
    answer(&app, Door::AccessCheck, caller, &decision, decision.answer())
}
