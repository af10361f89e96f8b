//! A record for those who take it as values, not as text.

use serde::Serialize;
use serde_json::Value;

use crate::record::{AuthType, Context, Customer, Http, Record, Resource, UserType};

/// A record whose claims are no text any more.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Opened<'a> {
    identity: Identity<'a>,
    context: &'a Context,
    http: &'a Http,
    resource: &'a Option<Resource>,
    customer_data: &'a Customer,
    instant: u64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Identity<'a> {
    auth_type: AuthType,
    user_type: UserType,
    identifier: &'a str,
    jwt_claims: Value,
    test_group_100: u8,
}

impl Record {
    /// Parses the claims.
    ///
    /// # Panics
    ///
    /// They are not JSON.
    #[must_use]
    pub fn opened(&self) -> Opened<'_> {
        let identity = &self.identity;
        Opened {
            identity: Identity {
                auth_type: identity.auth_type,
                user_type: identity.user_type,
                identifier: &identity.identifier,
                jwt_claims: serde_json::from_str(identity.jwt_claims.get()).expect("claims are JSON"),
                test_group_100: identity.test_group_100,
            },
            context: &self.context,
            http: &self.http,
            resource: &self.resource,
            customer_data: &self.customer_data,
            instant: self.instant,
        }
    }
}

impl Opened<'_> {
    /// What the token says.
    #[must_use]
    pub const fn claims(&self) -> &Value {
        &self.identity.jwt_claims
    }
}
