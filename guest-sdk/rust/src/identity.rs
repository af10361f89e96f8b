//! Looks up what is kept about users. Everything here reads; nothing here, or anywhere, changes anything.
//!
//! Each look-up leaves the sandbox and costs time, so a rule asks only when the answer matters. They wait by
//! themselves: there is nothing to `await`. A decision has a limited number of them.
//!
//! ```
//! use usher_guest::{Request, identity, testing};
//!
//! fn on_trial(request: &Request) -> Result<bool, identity::ReadError> {
//!     let trial = identity::read_custom_data::<bool>(&request.identity().user(), "trial")?;
//!     Ok(trial == Some(true))
//! }
//!
//! let _host = testing::host().custom_data("reader-1", "trial", true).install();
//! assert_eq!(on_trial(&testing::request().user("reader-1").build()).ok(), Some(true));
//! assert_eq!(on_trial(&testing::request().user("reader-2").build()).ok(), Some(false));
//! ```

use serde::de::DeserializeOwned;

use crate::bindings::identity::{CustomDataOptions, ReadError as HostError};
use crate::claims::{ClaimsError, read};
use crate::{Identity, UserType, host, json};

pub use crate::bindings::identity::{IdentityLink, JwtVerification, User, VerifiedJwt};

/// Reads one value kept for a user by this brand: `None` when there is none.
///
/// # Errors
///
/// When the host cannot answer, or keeps a value of another type than the one asked for.
pub fn read_custom_data<T: DeserializeOwned>(user: &User, key: &str) -> Result<Option<T>, ReadError> {
    read_custom_data_with(user, key, CustomDataScope::ThisBrand)
}

/// Reads one value kept for a user in the scope it was written for: `None` when there is none.
///
/// # Errors
///
/// When the host cannot answer, or keeps a value of another type than the one asked for.
pub fn read_custom_data_with<T: DeserializeOwned>(
    user: &User,
    key: &str,
    scope: CustomDataScope,
) -> Result<Option<T>, ReadError> {
    let options = CustomDataOptions { cross_brand: scope == CustomDataScope::CrossBrand };
    let Some(text) = host::read_custom_data(user, key, options)? else { return Ok(None) };
    json::read(&text).map(Some).map_err(|reason| ReadError::Unexpected { key: key.to_owned(), reason })
}

/// Verifies a token with the operator's keys, at the decision's instant. A token that is not genuine is an answer,
/// not an error.
///
/// # Errors
///
/// When the host cannot answer.
pub fn resolve_jwt(token: &str) -> Result<JwtVerification, ReadError> {
    Ok(host::resolve_jwt(token)?)
}

/// Lists the links that lead to this user, such as from the anonymous reader they used to be.
///
/// # Errors
///
/// When the host cannot answer.
pub fn linked_sources(user: &User) -> Result<Vec<IdentityLink>, ReadError> {
    Ok(host::get_linked_sources(user)?)
}

/// Lists the links that lead away from this user, such as to the account they signed up for.
///
/// # Errors
///
/// When the host cannot answer.
pub fn linked_targets(user: &User) -> Result<Vec<IdentityLink>, ReadError> {
    Ok(host::get_linked_targets(user)?)
}

/// Says where custom data is kept. A value is found only in the scope it was written for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CustomDataScope {
    /// Kept by the brand this decision is made for.
    #[default]
    ThisBrand,
    /// Shared by all brands of the organization.
    CrossBrand,
}

/// Tells why a look-up gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The workflow asked something that cannot be asked, such as for an empty key.
    #[error("the question cannot be asked: {0}")]
    Invalid(String),
    /// The host could not answer in time, or at all.
    #[error("the look-up is unavailable: {0}")]
    Unavailable(String),
    /// This decision has used up its look-ups.
    #[error("no look-ups are left: {0}")]
    Exhausted(String),
    /// A value is there, but not of the type that was asked for.
    #[error("the value kept as `{key}` is not what was expected: {reason}")]
    Unexpected {
        /// The key it is kept as.
        key: String,
        /// What does not fit.
        reason: String,
    },
}

impl From<HostError> for ReadError {
    fn from(error: HostError) -> Self {
        match error {
            HostError::Invalid(reason) => Self::Invalid(reason),
            HostError::Unavailable(reason) => Self::Unavailable(reason),
            HostError::Exhausted(reason) => Self::Exhausted(reason),
        }
    }
}

/// # Look-ups
impl Identity {
    /// Names the user of this request, to look something up about them.
    pub fn user(&self) -> User {
        User { identifier: self.identifier.clone(), user_type: self.user_type }
    }

    /// Tells whether the user has an account and is signed in.
    pub fn is_authenticated(&self) -> bool {
        self.user_type == UserType::Authenticated
    }
}

/// # Naming a user
impl User {
    /// Names a user who has an account.
    pub fn authenticated(identifier: impl Into<String>) -> Self {
        Self { identifier: identifier.into(), user_type: UserType::Authenticated }
    }

    /// Names a user who has none.
    pub fn anonymous(identifier: impl Into<String>) -> Self {
        Self { identifier: identifier.into(), user_type: UserType::Anonymous }
    }
}

/// # Claims
impl VerifiedJwt {
    /// Reads its claims as a type of your own.
    ///
    /// # Errors
    ///
    /// When they do not fit the type.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, ClaimsError> {
        read(&self.claims)
    }
}

#[cfg(test)]
mod tests;
