//! `identity`: who asks.

use serde::Deserialize;
use serde_json::{Map, Value};
use usher_decision::test_group_100;
use usher_sandbox::request::{AuthType, Identity, UserType};

use super::RequestFileError;
use super::users::UserTypeName;

/// Who asks where the file names nobody.
const NOBODY: &str = "visitor-1";

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct IdentityPart {
    auth_type: Option<AuthTypeName>,
    user_type: Option<UserTypeName>,
    identifier: Option<String>,
    jwt_claims: Map<String, Value>,
    test_group_100: Option<u8>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum AuthTypeName {
    Provided,
    Jwt,
    Anonymous,
}

impl IdentityPart {
    pub(super) fn identity(self) -> Result<Identity, RequestFileError> {
        let (auth_type, user_type) = self.types()?;
        let identifier = match self.identifier {
            Some(identifier) if identifier.is_empty() => {
                return Err(RequestFileError::value("identity.identifier", "at least one character", identifier));
            }
            Some(identifier) => identifier,
            None => NOBODY.to_owned(),
        };
        let test_group_100 = match self.test_group_100 {
            Some(group @ 100..) => {
                return Err(RequestFileError::value("identity.testGroup100", "a number from 0 to 99", group));
            }
            Some(group) => group,
            None => test_group_100(&identifier),
        };
        let claims = Value::Object(self.jwt_claims).to_string();
        Ok(Identity { auth_type, user_type, identifier, claims, test_group_100 })
    }

    /// Either type can be told from the other, and they have to agree: a host never says that nobody proved who they are
    /// and that they are signed in.
    fn types(&self) -> Result<(AuthType, UserType), RequestFileError> {
        let auth_type = match (self.auth_type, self.user_type) {
            (None, None | Some(UserTypeName::Anonymous)) => AuthType::Anonymous,
            (None, Some(UserTypeName::Authenticated)) => AuthType::Provided,
            (Some(auth_type), _) => auth_type.into(),
        };
        let user_type = match auth_type {
            AuthType::Anonymous => UserType::Anonymous,
            AuthType::Provided | AuthType::Jwt => UserType::Authenticated,
        };
        match self.user_type.map(UserType::from) {
            Some(other) if other != user_type => Err(RequestFileError::Value {
                key: "identity.userType",
                expected: "the one that goes with `identity.authType` (`anonymous` with `anonymous`, else `authenticated`)",
                found: "the other one".to_owned(),
            }),
            Some(_) | None => Ok((auth_type, user_type)),
        }
    }
}

impl From<AuthTypeName> for AuthType {
    fn from(name: AuthTypeName) -> Self {
        match name {
            AuthTypeName::Provided => Self::Provided,
            AuthTypeName::Jwt => Self::Jwt,
            AuthTypeName::Anonymous => Self::Anonymous,
        }
    }
}
