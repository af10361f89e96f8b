//! Errors, as the document has them: who asks what is answered with which.

use utoipa::IntoResponses;

use crate::respond::ErrorBody;

/// What every door with a key may answer.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only its description is of use")]
pub(crate) enum KeyErrors {
    /// The key is missing, unknown or revoked; or a JWT proves nothing.
    #[response(status = 401)]
    Unauthorized(ErrorBody<'static>),
    /// The key is of another kind, or lacks the scope that is needed.
    #[response(status = 403)]
    Forbidden(ErrorBody<'static>),
    /// The key was used too often; `Retry-After` says how many seconds to wait.
    #[response(status = 429)]
    TooOften(ErrorBody<'static>),
    /// The server failed.
    #[response(status = 500)]
    Failed(ErrorBody<'static>),
}

/// What is wrong with something that was sent.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "only its description is of use")]
pub(crate) enum BodyErrors {
    /// The path, the query, a header or the body is not of the documented form.
    #[response(status = 400)]
    Malformed(ErrorBody<'static>),
    /// The body stopped arriving.
    #[response(status = 408)]
    Slow(ErrorBody<'static>),
    /// The body is too large.
    #[response(status = 413)]
    TooLarge(ErrorBody<'static>),
}

/// A path or a query that is not of the documented form.
#[derive(IntoResponses)]
#[response(status = 400, description = "The path or the query is not of the documented form.")]
pub(crate) struct Malformed(#[expect(dead_code, reason = "only its description is of use")] ErrorBody<'static>);

/// A decision that is not made.
#[derive(IntoResponses)]
#[response(
    status = 503,
    description = "A workflow failed, and the catalog says that nothing is decided then. `x-usher-degraded: true`; a secret key is told which workflow."
)]
pub(crate) struct NothingDecided(#[expect(dead_code, reason = "only its description is of use")] ErrorBody<'static>);

/// Something that is not there.
#[derive(IntoResponses)]
#[response(status = 404, description = "There is none of this name.")]
pub(crate) struct Missing(#[expect(dead_code, reason = "only its description is of use")] ErrorBody<'static>);

/// Something that does not go together with what is there.
#[derive(IntoResponses)]
#[response(status = 409, description = "It does not go together with what is there.")]
pub(crate) struct Conflict(#[expect(dead_code, reason = "only its description is of use")] ErrorBody<'static>);

/// Something that was understood and is refused.
#[derive(IntoResponses)]
#[response(status = 422, description = "It was understood and is refused; `reason` or `problems` says more.")]
pub(crate) struct Refused(#[expect(dead_code, reason = "only its description is of use")] ErrorBody<'static>);
