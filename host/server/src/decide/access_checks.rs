//! `POST /api/v1/access-checks`: what may this user do?

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::{note, visitor};
use crate::app::App;
use crate::extract::{self, BODY_BYTES};
use crate::keys::SecretOrPublic;
use crate::metrics::Door;
use crate::respond::{self, Failure};

pub(super) async fn check(
    State(app): State<Arc<App>>,
    caller: SecretOrPublic,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let body = extract::bytes(body, BODY_BYTES).await?;
    let request = visitor::request(&body, caller, &headers)?;
    let decision = app.host.decide(&request).await?;
    note(&app, Door::AccessCheck, &decision);
    respond::decision(&decision, &caller.explain(decision.answer()))
}
