//! Answers: the one file that knows HTTP statuses. Every error of this crate ends here, and leaves with the same body.

use std::any::Any;
use std::borrow::Cow;
use std::error::Error;

use axum::Json;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use usher_host::{AdmissionError, Answer, Decision, IdentityError, RequestError};
use usher_store::{CounterError, DatabaseError, InvalidKeyName, InvalidSlug, KeyError, UserDataError};
use utoipa::ToSchema;

use crate::admin::OptionError;
use crate::decide::{CounterRefused, NotDecided, UnknownSurface, VisitorError};
use crate::echo;
use crate::extract::ExtractError;
use crate::keys::{KeyChangeError, KeyRefused};
use crate::publish::PublishError;
use crate::routes::RouteError;
use crate::to_the_end::Abandoned;

/// What the caller is told when the move is not theirs.
const OUR_FAULT: &str =
    "the server failed; its operator finds the reason in the log, under the `x-request-id` of this answer";

/// Bytes that most answers have room in, so that they are not moved while they are written.
const ANSWER_BYTES: usize = 4 << 10;

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
    KeyName(#[from] InvalidKeyName),
    KeyChange(#[from] KeyChangeError),
    UserData(#[from] UserDataError),
    Database(#[from] DatabaseError),
    Abandoned(#[from] Abandoned),
    Serialize(#[from] serde_json::Error),
    Metrics(#[from] std::fmt::Error),
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

    fn status(&self) -> StatusCode {
        match self {
            Self::Route(RouteError::Unknown { .. } | RouteError::NotServed { .. }) => StatusCode::NOT_FOUND,
            Self::Route(RouteError::Method { .. }) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Key(KeyRefused::Invalid) => StatusCode::UNAUTHORIZED,
            Self::Key(KeyRefused::WrongKind { .. } | KeyRefused::OutOfScope { .. }) => StatusCode::FORBIDDEN,
            Self::Key(KeyRefused::TooOften { .. }) => StatusCode::TOO_MANY_REQUESTS,
            Self::Extract(error) => of_extract(error),
            Self::Request(_) => StatusCode::BAD_REQUEST,
            Self::Visitor(VisitorError::UserIdentifier) => StatusCode::FORBIDDEN,
            Self::Identity(error) => of_identity(error),
            Self::NotDecided(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Surface(UnknownSurface { .. }) => StatusCode::NOT_FOUND,
            Self::CounterRefused(CounterRefused::Key) => StatusCode::BAD_REQUEST,
            Self::CounterRefused(CounterRefused::Down { .. } | CounterRefused::NotOfCatalog { .. }) => {
                StatusCode::FORBIDDEN
            }
            Self::Counter(error) => of_counter(error),
            Self::Slug(_) | Self::Option(_) | Self::KeyName(_) => StatusCode::BAD_REQUEST,
            Self::Admission(error) => of_admission(error),
            Self::Publish(error) => of_publish(error),
            Self::KeyChange(error) => of_key_change(error),
            Self::UserData(error) => of_user_data(error),
            Self::Database(_) | Self::Abandoned(_) | Self::Serialize(_) | Self::Metrics(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }
}

fn of_extract(error: &ExtractError) -> StatusCode {
    match error {
        ExtractError::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        ExtractError::Slow => StatusCode::REQUEST_TIMEOUT,
        ExtractError::Path { .. }
        | ExtractError::Query { .. }
        | ExtractError::Interrupted { .. }
        | ExtractError::Json(_)
        | ExtractError::Text { .. } => StatusCode::BAD_REQUEST,
    }
}

fn of_identity(error: &IdentityError) -> StatusCode {
    match error {
        IdentityError::Jwt(_) => StatusCode::UNAUTHORIZED,
        // Another crate's errors may grow; all of these are about what the caller sent.
        IdentityError::Identifier { .. } | _ => StatusCode::BAD_REQUEST,
    }
}

fn of_admission(error: &AdmissionError) -> StatusCode {
    match error {
        AdmissionError::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
        // Another crate's errors may grow; the others say nothing about the module.
        AdmissionError::Load(_) | AdmissionError::Worker(_) | AdmissionError::Broken { .. } | _ => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
    }
}

fn of_publish(error: &PublishError) -> StatusCode {
    match error {
        PublishError::Catalog(_) | PublishError::Key(_) => StatusCode::UNPROCESSABLE_ENTITY,
        PublishError::UnknownWorkflow { .. } => StatusCode::NOT_FOUND,
        PublishError::NotLoaded { .. } | PublishError::UnknownSlugs { .. } => StatusCode::CONFLICT,
        PublishError::Database(_) | PublishError::Abandoned(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn of_counter(error: &CounterError) -> StatusCode {
    match error {
        CounterError::User(error) => of_user_data(error),
        CounterError::KeyReused => StatusCode::CONFLICT,
        // Another crate's errors may grow; one that is not known here is the server's to look into.
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn of_key_change(error: &KeyChangeError) -> StatusCode {
    match error {
        KeyChangeError::Beyond { .. } => StatusCode::FORBIDDEN,
        KeyChangeError::Last { .. } | KeyChangeError::Store(KeyError::NotGood { .. }) => StatusCode::CONFLICT,
        KeyChangeError::Store(KeyError::Unknown { .. }) => StatusCode::NOT_FOUND,
        KeyChangeError::Store(_) | KeyChangeError::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn of_user_data(error: &UserDataError) -> StatusCode {
    match error {
        UserDataError::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
        // Another crate's errors may grow; all others are about what the caller sent.
        _ => StatusCode::BAD_REQUEST,
    }
}

/// The body of every error.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorBody<'a> {
    #[schema(schema_with = always_error)]
    status: &'static str,
    status_code: u16,
    message: &'a str,
    #[serde(flatten)]
    details: Details<'a>,
}

/// What a program may want to know beyond the message.
#[derive(Default, Serialize, ToSchema)]
struct Details<'a> {
    /// The kind of a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// Everything that is wrong with a catalog.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<ProblemPart<'a>>,
    /// Everything that workflows can return and the catalog does not have.
    #[serde(rename = "unknownSlugs", skip_serializing_if = "Vec::is_empty")]
    unknown_slugs: Vec<UnknownSlugPart<'a>>,
}

/// Something that is wrong with a catalog.
#[derive(Serialize, ToSchema)]
struct ProblemPart<'a> {
    line: usize,
    key: Cow<'a, str>,
    message: String,
}

/// A slug that a workflow can return and the catalog does not have.
#[derive(Serialize, ToSchema)]
struct UnknownSlugPart<'a> {
    slug: &'a str,
    workflow: &'a str,
}

fn always_error() -> utoipa::openapi::schema::Object {
    use utoipa::openapi::schema::{ObjectBuilder, Type};
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["error"])).build()
}

impl<'a> Details<'a> {
    fn of(failure: &'a Failure) -> Self {
        let (mut reason, mut problems, mut unknown_slugs) = (None, Vec::new(), Vec::new());
        if let Failure::Admission(AdmissionError::Refused(refusal)) = failure {
            reason = Some(refusal.kind());
        }
        if let Failure::Publish(PublishError::Catalog(error)) = failure {
            problems.extend(error.problems().iter().map(|problem| ProblemPart {
                line: problem.line(),
                key: problem.key().into(),
                message: problem.to_string(),
            }));
        }
        if let Failure::Publish(PublishError::Key(error)) = failure {
            problems.push(ProblemPart { line: error.line(), key: error.key().into(), message: error.to_string() });
        }
        if let Failure::Publish(PublishError::UnknownSlugs { unknown }) = failure {
            unknown_slugs.extend(
                unknown.iter().map(|part| UnknownSlugPart { slug: &part.slug, workflow: part.workflow.as_str() }),
            );
        }
        Self { reason, problems, unknown_slugs }
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
pub(crate) fn decision(decision: &Decision, answer: &Answer<'_>) -> Result<Response, Failure> {
    let mut body = Vec::with_capacity(ANSWER_BYTES);
    serde_json::to_writer(&mut body, answer)?;
    let mut response = (StatusCode::OK, Body::from(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    name(headers, &decision.id().to_string());
    if !decision.degraded().is_empty() {
        headers.insert(DEGRADED, HeaderValue::from_static("true"));
    }
    Ok(response)
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
