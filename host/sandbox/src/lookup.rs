//! Look-ups: what a workflow may ask the host while it runs, and the answers one decision has already paid for.
//!
//! A workflow runs on its caller's stack, where nothing can wait. So the first time it asks a question, its run stops
//! there; the host finds the answer, and runs it again in a fresh instance with the answer at hand. A workflow is pure,
//! so it comes to the same place and goes on. Fuel is that of the last run alone, whatever was answered before.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::bindings::identity::ReadError;
pub use crate::bindings::identity::{IdentityLink, JwtVerification, User, VerifiedJwt};

/// The future of one look-up.
pub type LookupFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, LookupError>> + Send + 'a>>;

/// Answers the look-ups of workflows. There is no method here that changes anything, and none may ever be added: this
/// trait is all of the outside world that a workflow can reach.
pub trait ReadOnly: fmt::Debug + Send + Sync {
    /// Reads one custom value of a user, as JSON text; none when there is none.
    fn custom_data<'a>(&'a self, user: &'a User, key: &'a str, scope: Scope) -> LookupFuture<'a, Option<String>>;

    /// Verifies a JWT with the operator's keys.
    fn resolve_jwt<'a>(&'a self, token: &'a str) -> LookupFuture<'a, JwtVerification>;

    /// Lists the links whose target is this user.
    fn linked_sources<'a>(&'a self, user: &'a User) -> LookupFuture<'a, Vec<IdentityLink>>;

    /// Lists the links whose source is this user.
    fn linked_targets<'a>(&'a self, user: &'a User) -> LookupFuture<'a, Vec<IdentityLink>>;
}

/// A host that knows nothing: every look-up finds nothing, at once.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoLookups;

impl ReadOnly for NoLookups {
    fn custom_data<'a>(&'a self, _: &'a User, _: &'a str, _: Scope) -> LookupFuture<'a, Option<String>> {
        Box::pin(async { Ok(None) })
    }

    fn resolve_jwt<'a>(&'a self, _: &'a str) -> LookupFuture<'a, JwtVerification> {
        Box::pin(async { Ok(JwtVerification::Rejected("no key is configured".to_owned())) })
    }

    fn linked_sources<'a>(&'a self, _: &'a User) -> LookupFuture<'a, Vec<IdentityLink>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn linked_targets<'a>(&'a self, _: &'a User) -> LookupFuture<'a, Vec<IdentityLink>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

/// Where custom data is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// This brand's own.
    Brand,
    /// Shared by all brands of the organization.
    CrossBrand,
}

/// Why the host had no answer. The operator's move; the workflow is told that the answer is unavailable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct LookupError {
    reason: String,
}

impl LookupError {
    /// An error that says why, in words that a workflow's author may read.
    #[must_use]
    pub fn new(reason: impl fmt::Display) -> Self {
        Self { reason: reason.to_string() }
    }
}

/// One look-up of a run, for diagnostics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupReport {
    /// What was asked, without any identifier or token: `custom-data trial`, `linked-sources`, …
    pub question: String,
    /// What came of it.
    pub found: Found,
    /// How long the host took; zero when this decision had already asked.
    pub elapsed: Duration,
}

/// What came of a look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// There was something.
    Something,
    /// There was nothing.
    Nothing,
    /// The host could not say.
    Unavailable,
}

/// What a workflow can ask.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Question {
    CustomData { user: User, key: String, scope: Scope },
    Jwt { token: String },
    LinkedSources { user: User },
    LinkedTargets { user: User },
}

impl Question {
    /// Bytes that a workflow sent to ask this.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::CustomData { user, key, .. } => user.identifier.len().saturating_add(key.len()),
            Self::Jwt { token } => token.len(),
            Self::LinkedSources { user } | Self::LinkedTargets { user } => user.identifier.len(),
        }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CustomData { key, .. } => write!(f, "custom-data {key}"),
            Self::Jwt { .. } => f.write_str("resolve-jwt"),
            Self::LinkedSources { .. } => f.write_str("linked-sources"),
            Self::LinkedTargets { .. } => f.write_str("linked-targets"),
        }
    }
}

/// An answer in the contract's own types.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    CustomData(Result<Option<String>, ReadError>),
    Jwt(Result<JwtVerification, ReadError>),
    Links(Result<Vec<IdentityLink>, ReadError>),
}

impl Answer {
    /// The answer to a question for custom data.
    pub(crate) fn custom_data(self) -> Option<Result<Option<String>, ReadError>> {
        if let Self::CustomData(answer) = self { Some(answer) } else { None }
    }

    /// The answer to a question for a JWT.
    pub(crate) fn jwt(self) -> Option<Result<JwtVerification, ReadError>> {
        if let Self::Jwt(answer) = self { Some(answer) } else { None }
    }

    /// The answer to a question for links.
    pub(crate) fn links(self) -> Option<Result<Vec<IdentityLink>, ReadError>> {
        if let Self::Links(answer) = self { Some(answer) } else { None }
    }

    /// Bytes that a workflow is about to receive.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::CustomData(Ok(value)) => value.as_ref().map_or(0, String::len),
            Self::Jwt(Ok(JwtVerification::Verified(jwt))) => jwt.claims.len(),
            Self::Links(Ok(links)) => {
                links.iter().map(|link| link.source.identifier.len() + link.target.identifier.len()).sum()
            }
            Self::Jwt(_) | Self::CustomData(Err(_)) | Self::Links(Err(_)) => 0,
        }
    }

    fn found(&self) -> Found {
        let something = match self {
            Self::CustomData(Ok(value)) => value.is_some(),
            Self::Jwt(Ok(verification)) => matches!(verification, JwtVerification::Verified(_)),
            Self::Links(Ok(links)) => !links.is_empty(),
            Self::CustomData(Err(_)) | Self::Jwt(Err(_)) | Self::Links(Err(_)) => return Found::Unavailable,
        };
        if something { Found::Something } else { Found::Nothing }
    }
}

/// The answers one decision has already paid for, shared by its workflows, so that all of them see the same.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    known: Vec<(Question, Answer, Duration)>,
}

impl Answers {
    /// The answer to a question, if this decision has it.
    pub(crate) fn get(&self, question: &Question) -> Option<&Answer> {
        self.known.iter().find(|(asked, ..)| asked == question).map(|(_, answer, _)| answer)
    }

    /// Asks the host and keeps the answer; one that takes too long is an answer too.
    pub(crate) async fn find(&mut self, question: Question, host: &dyn ReadOnly, deadline: Duration) {
        let started = Instant::now();
        let answer = match &question {
            Question::CustomData { user, key, scope } => {
                Answer::CustomData(in_time(host.custom_data(user, key, *scope), deadline).await)
            }
            Question::Jwt { token } => Answer::Jwt(in_time(host.resolve_jwt(token), deadline).await),
            Question::LinkedSources { user } => Answer::Links(in_time(host.linked_sources(user), deadline).await),
            Question::LinkedTargets { user } => Answer::Links(in_time(host.linked_targets(user), deadline).await),
        };
        self.known.push((question, answer, started.elapsed()));
    }

    /// Drops what the host could not answer, so that the next workflow asks again: one that ran out of time has no say
    /// in what others learn.
    pub(crate) fn forget_failures(&mut self) {
        self.known.retain(|(_, answer, _)| answer.found() != Found::Unavailable);
    }

    /// What a run's questions came to. `paid_before` is how many answers there were when the run began.
    pub(crate) fn report(&self, asked: &[Question], paid_before: usize) -> Vec<LookupReport> {
        let mut reported: Vec<&Question> = Vec::new();
        let report = |question| {
            let (index, (question, answer, took)) =
                self.known.iter().enumerate().find(|(_, (known, ..))| known == question)?;
            let first = index >= paid_before && !reported.contains(&question);
            reported.push(question);
            let elapsed = if first { *took } else { Duration::ZERO };
            Some(LookupReport { question: question.to_string(), found: answer.found(), elapsed })
        };
        asked.iter().filter_map(report).collect()
    }

    /// How many answers there are.
    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }
}

async fn in_time<T>(answer: LookupFuture<'_, T>, deadline: Duration) -> Result<T, ReadError> {
    match timeout(deadline, answer).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => Err(ReadError::Unavailable(error.to_string())),
        Err(_elapsed) => Err(ReadError::Unavailable(format!("no answer within {deadline:?}"))),
    }
}
