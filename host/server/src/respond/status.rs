//! Statuses: what each error comes to in HTTP.

use axum::http::StatusCode;
use usher_host::{AdmissionError, IdentityError};
use usher_store::{CounterError, EnvironmentError, KeyError, ReleaseError, UserDataError};

use super::Failure;
use crate::admin::WhichError;
use crate::decide::{CounterRefused, UnknownSurface, VisitorError};
use crate::extract::ExtractError;
use crate::keys::{KeyChangeError, KeyRefused};
use crate::publish::{DeployError, PublishError};
use crate::rollout::TermsError;
use crate::routes::RouteError;

impl Failure {
    pub(super) fn status(&self) -> StatusCode {
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
            Self::Slug(_)
            | Self::Option(_)
            | Self::KeyName(_)
            | Self::EnvironmentName(_)
            | Self::Which(WhichError::Malformed { .. } | WhichError::Note | WhichError::Digest(_)) => {
                StatusCode::BAD_REQUEST
            }
            Self::Which(WhichError::UnknownModule { .. }) => StatusCode::NOT_FOUND,
            Self::Release(error) => of_release(error),
            Self::Deploy(error) => of_deploy(error),
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

fn of_release(error: &ReleaseError) -> StatusCode {
    match error {
        ReleaseError::Unchanged { .. } | ReleaseError::Changed { .. } => StatusCode::CONFLICT,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn of_deploy(error: &DeployError) -> StatusCode {
    use usher_store::DeployError as Stored;
    match error {
        DeployError::Store(Stored::UnknownEnvironment { .. } | Stored::UnknownRelease { .. }) => StatusCode::NOT_FOUND,
        DeployError::Store(Stored::Overtaken { .. } | Stored::NothingBefore { .. }) | DeployError::Breaks { .. } => {
            StatusCode::CONFLICT
        }
        DeployError::Environment(EnvironmentError::Taken { .. }) | DeployError::Terms(TermsError::BesideDraft) => {
            StatusCode::CONFLICT
        }
        DeployError::Terms(TermsError::None { .. }) => StatusCode::NOT_FOUND,
        DeployError::Terms(TermsError::Split(_) | TermsError::Lists) => StatusCode::BAD_REQUEST,
        // Another crate's errors may grow; one that is not known here is the server's to look into.
        DeployError::Store(_)
        | DeployError::Environment(_)
        | DeployError::CatchUp(_)
        | DeployError::Database(_)
        | DeployError::Abandoned(_) => StatusCode::INTERNAL_SERVER_ERROR,
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
