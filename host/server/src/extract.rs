//! Parts of a request: paths, queries and bodies, with errors that the house writes itself.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Frame;
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use usher_host::{JsonError, JsonObject, read_json};

use crate::app::App;
use crate::respond::Failure;

/// Bytes that any body may have, but for a module.
pub(crate) const BODY_BYTES: usize = 1 << 20;

/// Why a part of a request cannot be read. The caller's move.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExtractError {
    #[error("path: {reason}; the caller has to correct it")]
    Path { reason: String },
    #[error("query: {reason}; the caller has to correct it")]
    Query { reason: String },
    #[error("the body has more than the {limit} bytes allowed; the caller has to send less")]
    TooLarge { limit: usize },
    #[error("the body stopped arriving; the caller has to send it again, faster")]
    Slow,
    #[error("the body did not arrive whole: {reason}; the caller has to send it again")]
    Interrupted { reason: String },
    #[error("Invalid JSON body: {0}")]
    Json(JsonError),
    #[error("body: expected UTF-8 text, found another byte at position {position}; the caller has to correct it")]
    Text { position: usize },
}

/// The variables of a route's path.
pub(crate) struct FromPath<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for FromPath<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let path: Result<Path<T>, PathRejection> = Path::from_request_parts(parts, state).await;
        let Path(value) = path.map_err(|error| ExtractError::Path { reason: error.body_text() })?;
        Ok(Self(value))
    }
}

/// The parameters of a query.
pub(crate) struct FromQuery<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for FromQuery<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let query: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, state).await;
        let Query(value) = query.map_err(|error| ExtractError::Query { reason: error.body_text() })?;
        Ok(Self(value))
    }
}

/// A body that is still on its way.
pub(crate) struct Incoming {
    body: Body,
    /// How long to wait for its next part.
    patience: Duration,
}

impl FromRequest<Arc<App>> for Incoming {
    type Rejection = Infallible;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self { body: request.into_body(), patience: app.body_patience })
    }
}

/// Reads a body whole. Gives up before the first byte of one that is announced as too large, and at the first byte over
/// the limit of one that is not.
pub(crate) async fn bytes(body: Incoming, limit: usize) -> Result<Bytes, ExtractError> {
    let Incoming { body, patience } = body;
    if usize::try_from(body.size_hint().lower()).is_ok_and(|announced| announced > limit) {
        return Err(ExtractError::TooLarge { limit });
    }
    let mut body = Limited::new(body, limit);
    let (mut first, mut others) = (None, Vec::new());
    loop {
        // Most bodies are there already, and then no timer is made.
        let frame = match poll_fn(|context| Poll::Ready(Pin::new(&mut body).poll_frame(context))).await {
            Poll::Ready(frame) => frame,
            Poll::Pending => timeout(patience, body.frame()).await.map_err(|_elapsed| ExtractError::Slow)?,
        };
        match frame.map(|frame| frame.map(Frame::into_data)) {
            None => break,
            Some(Ok(Ok(part))) if first.is_none() => first = Some(part),
            Some(Ok(Ok(part))) => others.push(part),
            // What comes after a body says nothing about it.
            Some(Ok(Err(_trailers))) => {}
            Some(Err(error)) if error.is::<LengthLimitError>() => return Err(ExtractError::TooLarge { limit }),
            Some(Err(error)) => return Err(ExtractError::Interrupted { reason: error.to_string() }),
        }
    }
    // Most bodies are in one part, which is not copied.
    Ok(match first.unwrap_or_default() {
        whole if others.is_empty() => whole,
        first => std::iter::once(first).chain(others).collect::<Vec<_>>().concat().into(),
    })
}

/// Reads a body as text.
pub(crate) async fn text(body: Incoming) -> Result<String, ExtractError> {
    let bytes = bytes(body, BODY_BYTES).await?;
    String::from_utf8(bytes.into()).map_err(|error| ExtractError::Text { position: error.utf8_error().valid_up_to() })
}

/// Reads a body as a JSON object, whatever its content type says.
pub(crate) async fn json<T: DeserializeOwned>(body: Incoming) -> Result<T, ExtractError> {
    let bytes = bytes(body, BODY_BYTES).await?;
    let JsonObject(value) = read_json(&bytes).map_err(ExtractError::Json)?;
    Ok(value)
}

/// The same, of which there may be nothing.
pub(crate) async fn json_or_default<T: DeserializeOwned + Default>(body: Incoming) -> Result<T, ExtractError> {
    let bytes = bytes(body, BODY_BYTES).await?;
    if bytes.is_empty() {
        return Ok(T::default());
    }
    let JsonObject(value) = read_json(&bytes).map_err(ExtractError::Json)?;
    Ok(value)
}
