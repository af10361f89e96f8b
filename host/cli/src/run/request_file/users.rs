//! `customData` and `identityLinks`: what is known of users.

use serde::Deserialize;
use serde_json::Value;
use usher_sandbox::request::UserType;
use usher_sandbox::{IdentityLink, Scope, User};

use crate::run::known_users::CustomValue;

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum UserTypeName {
    Authenticated,
    Anonymous,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CustomValuePart {
    identifier: String,
    user_type: UserTypeName,
    key: String,
    value: Value,
    #[serde(default)]
    cross_brand: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct LinkPart {
    source: UserPart,
    target: UserPart,
    mode: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct UserPart {
    identifier: String,
    user_type: UserTypeName,
}

impl CustomValuePart {
    pub(super) fn value(self) -> CustomValue {
        CustomValue {
            user: User { identifier: self.identifier, user_type: self.user_type.into() },
            key: self.key,
            scope: if self.cross_brand { Scope::CrossBrand } else { Scope::Brand },
            value: self.value.to_string(),
        }
    }
}

impl LinkPart {
    pub(super) fn link(self) -> IdentityLink {
        IdentityLink { source: self.source.user(), target: self.target.user(), mode: self.mode }
    }
}

impl UserPart {
    fn user(self) -> User {
        User { identifier: self.identifier, user_type: self.user_type.into() }
    }
}

impl From<UserTypeName> for UserType {
    fn from(name: UserTypeName) -> Self {
        match name {
            UserTypeName::Authenticated => Self::Authenticated,
            UserTypeName::Anonymous => Self::Anonymous,
        }
    }
}
