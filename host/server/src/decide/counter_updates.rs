//! `POST /api/v1/counter-updates`: a use that is to be counted. Decisions themselves count nothing.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName};
use axum::response::Response;
use usher_host::{CounterRequest, Host, IdentityClaim};
use usher_store::IdempotencyKey;

use super::VisitorError;
use crate::app::App;
use crate::echo::Echo;
use crate::extract::{self, BODY_BYTES, Incoming};
use crate::keys::{SecretOrPublic, Site};
use crate::openapi::answers::Done;
use crate::openapi::errors::{BodyErrors, Conflict, KeyErrors};
use crate::openapi::requests::CounterUpdate;
use crate::respond::{self, Failure};

/// By what an update that is sent again is recognized.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Bytes that it may have.
const KEY_BYTES: usize = 255;

/// Why nothing is counted. The caller's move.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CounterRefused {
    #[error("idempotency-key: expected 1 to {KEY_BYTES} visible ASCII characters; the caller has to draw another")]
    Key,
    #[error("update: a public key only counts up, found {update}; the caller has to ask from a back end")]
    Down { update: i64 },
    #[error(
        "counterId: a public key only counts what the catalog meters, found `{}`; the caller has to ask from a back end",
        Echo(counter_id)
    )]
    NotOfCatalog { counter_id: String },
}

#[utoipa::path(
    post,
    path = "/api/v1/counter-updates",
    tag = "decisions",
    summary = "Count a use",
    security(("decision" = [])),
    params(("idempotency-key" = Option<String>, Header, description = "An update that comes again with the same key within a day counts once.", min_length = 1, max_length = 255, pattern = r"^[\x21-\x7e]+$")),
    request_body = CounterUpdate,
    responses((status = 200, description = "Counted, durably.", body = Done), Conflict, KeyErrors, BodyErrors)
)]
pub(super) async fn update(
    State(app): State<Arc<App>>,
    site: Site,
    headers: HeaderMap,
    body: Incoming,
) -> Result<Response, Failure> {
    let key = idempotency_key(&headers)?;
    let body = extract::bytes(body, BODY_BYTES).await?;
    let request = CounterRequest::from_json(&body)?;
    if site.caller == SecretOrPublic::Public {
        check_public(&site.running.host, &request)?;
    }
    let update = site.running.host.counter_update(&request).await?;
    app.store.update_counter(&update, key.as_ref()).await?;
    Ok(respond::done())
}

/// A visitor holds the public key and may know other visitors' identifiers, so this key cannot make anybody's use
/// undone, nor fill the database with counters that nobody reads.
fn check_public(host: &Host, request: &CounterRequest) -> Result<(), Failure> {
    if matches!(request.identity, IdentityClaim::Provided(_)) {
        return Err(VisitorError::UserIdentifier.into());
    }
    if request.update < 0 {
        return Err(CounterRefused::Down { update: request.update }.into());
    }
    let release = host.live();
    let mut properties = release.catalog().features().iter().flat_map(|feature| feature.properties());
    if !properties.any(|property| property.counter_id() == request.counter_id) {
        return Err(CounterRefused::NotOfCatalog { counter_id: request.counter_id.clone() }.into());
    }
    Ok(())
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, CounterRefused> {
    let Some(value) = headers.get(&IDEMPOTENCY_KEY) else { return Ok(None) };
    let is_visible = value.as_bytes().iter().all(u8::is_ascii_graphic);
    match value.to_str() {
        Ok(text) if is_visible && (1..=KEY_BYTES).contains(&text.len()) => Ok(Some(IdempotencyKey::of(text))),
        Ok(_) | Err(_) => Err(CounterRefused::Key),
    }
}
