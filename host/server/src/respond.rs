//! Answers: the one room that knows HTTP statuses. Every error of this crate ends here, and leaves with the same body.

mod body;
mod status;

use std::any::Any;
use std::error::Error;

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use usher_host::{AdmissionError, Answer, Decision, IdentityError, RequestError};
use usher_store::{
    CounterError, DatabaseError, InvalidEnvironmentName, InvalidKeyName, InvalidSlug, ReleaseError, UserDataError,
};

use crate::admin::{OptionError, WhichError};
use crate::decide::{CounterRefused, NotDecided, UnknownSurface, VisitorError};
use crate::echo;
use crate::extract::ExtractError;
use crate::keys::{KeyChangeError, KeyRefused};
use crate::publish::{DeployError, PublishError};
use crate::rollout::TermsError;
use crate::routes::RouteError;
use crate::to_the_end::Abandoned;
use body::Details;
pub(crate) use body::ErrorBody;

/// What the caller is told when the move is not theirs.
const OUR_FAULT: &str =
    "the server failed; its operator finds the reason in the log, under the `x-request-id` of this answer";

/// Headers that most answers have room for, with those that are added on the way out.
const ANSWER_HEADERS: usize = 12;

pub(crate) const DECISION: HeaderName = HeaderName::from_static("x-usher-decision");
pub(crate) const DEGRADED: HeaderName = HeaderName::from_static("x-usher-degraded");

/// Why a request is not answered with success: the error of the operation that failed.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) enum Failure {
    Route(#[from] RouteError),
    Key(#[from] KeyRefused),
    Extract(#[from] ExtractError),
    Request(#[from] RequestError),
    Visitor(#[from] VisitorError),
    Identity(#[from] IdentityError),
    NotDecided(#[from] NotDecided),
    Surface(#[from] UnknownSurface),
    CounterRefused(#[from] CounterRefused),
    Counter(#[from] CounterError),
    Slug(#[from] InvalidSlug),
    Option(#[from] OptionError),
    Admission(#[from] AdmissionError),
    Publish(#[from] PublishError),
    EnvironmentName(#[from] InvalidEnvironmentName),
    Release(#[from] ReleaseError),
    Which(#[from] WhichError),
    Deploy(#[from] DeployError),
    KeyName(#[from] InvalidKeyName),
    KeyChange(#[from] KeyChangeError),
    UserData(#[from] UserDataError),
    Database(#[from] DatabaseError),
    Abandoned(#[from] Abandoned),
    Serialize(#[from] serde_json::Error),
    Metrics(#[from] std::fmt::Error),
}

impl From<TermsError> for Failure {
    fn from(error: TermsError) -> Self {
        DeployError::from(error).into()
    }
}

impl From<usher_store::DeployError> for Failure {
    fn from(error: usher_store::DeployError) -> Self {
        DeployError::from(error).into()
    }
}

impl Failure {
    /// Writes an attempt into the log that was not let through, so that somebody who tries is seen.
    fn note(&self) {
        match self {
            Self::Key(KeyRefused::OutOfScope { needed }) => {
                tracing::warn!(%needed, "a key was refused that lacks the scope for this");
            }
            Self::KeyChange(KeyChangeError::Beyond { beyond }) => {
                tracing::warn!(%beyond, "a key was refused that would give more than it has");
            }
            Self::Admission(AdmissionError::Refused(refusal)) => {
                tracing::warn!(reason = refusal.kind(), "a module was refused");
            }
            _ => {}
        }
    }
}

/// The caller gets the words of the error; one that is not the caller's move goes to the log, with its causes.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = self.status();
        self.note();
        let message = if let Self::NotDecided(error) = &self {
            error.to_string()
        } else if status.is_server_error() {
            tracing::error!(error = chain(&self), "a request failed");
            OUR_FAULT.to_owned()
        } else {
            echo::message(self.to_string())
        };
        let mut response = error(status, &message, Details::of(&self));
        match self {
            Self::Key(KeyRefused::Invalid) => {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::Key(KeyRefused::TooOften { seconds, .. }) => {
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            Self::NotDecided(error) => {
                name(response.headers_mut(), &error.undecided().id().to_string());
                response.headers_mut().insert(DEGRADED, HeaderValue::from_static("true"));
            }
            _ => {}
        }
        response
    }
}

fn error(status: StatusCode, message: &str, details: Details<'_>) -> Response {
    let body = ErrorBody { status: "error", status_code: status.as_u16(), message, details };
    (status, Json(body)).into_response()
}

/// An error and its causes, on one line.
fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line
}

/// What is left to say when a handler panicked.
pub(crate) fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    error(StatusCode::INTERNAL_SERVER_ERROR, OUR_FAULT, Details::default())
}

/// A decision, degraded or not.
pub(crate) fn decision(decision: &Decision, answer: &Answer<'_>) -> Response {
    let mut headers = HeaderMap::with_capacity(ANSWER_HEADERS);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    name(&mut headers, decision.id().hyphenated().encode_lower(&mut [0; 36]));
    if !decision.degraded().is_empty() {
        headers.insert(DEGRADED, HeaderValue::from_static("true"));
    }
    let mut response = Response::new(Body::from(answer.to_json()));
    *response.headers_mut() = headers;
    response
}

/// Says which decision an answer is about.
fn name(headers: &mut HeaderMap, decision: &str) {
    if let Ok(id) = HeaderValue::from_str(decision) {
        headers.insert(DECISION, id);
    }
}

/// What scripts of any site may send, with the key they bring and without cookies.
pub(crate) fn preflight() -> Response {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization,content-type,idempotency-key,x-mos-browser-version"),
        // How long a browser may remember it: a day.
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    (StatusCode::OK, headers).into_response()
}

/// Lets scripts of any site read an answer, errors too.
pub(crate) fn readable_by_scripts(mut response: Response) -> Response {
    const READABLE: &str = "retry-after,x-usher-decision,x-usher-degraded";
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(READABLE));
    response
}

/// Something that was there, or was changed.
pub(crate) fn ok(body: impl Serialize) -> Response {
    (StatusCode::OK, Json(body)).into_response()
}

/// Something that was not there before.
pub(crate) fn created(body: impl Serialize) -> Response {
    (StatusCode::CREATED, Json(body)).into_response()
}

/// A change of which there is nothing more to say.
pub(crate) fn done() -> Response {
    #[derive(Serialize)]
    struct Done {
        status: &'static str,
    }
    ok(Done { status: "success" })
}

/// A catalog file.
pub(crate) fn catalog(text: String) -> Response {
    (StatusCode::OK, [(header::CONTENT_TYPE, "application/toml")], text).into_response()
}

/// The module of a workflow.
pub(crate) fn module(wasm: Vec<u8>) -> Response {
    (StatusCode::OK, [(header::CONTENT_TYPE, "application/wasm")], wasm).into_response()
}

/// Metrics, in the format that Prometheus reads.
pub(crate) fn metrics(text: String) -> Response {
    const FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    (StatusCode::OK, [(header::CONTENT_TYPE, FORMAT)], text).into_response()
}
