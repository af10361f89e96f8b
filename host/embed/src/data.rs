//! User data: what the operator knows about users. A decision reads it and never writes it.

use std::fmt;

use usher_sandbox::{IdentityLink, LookupFuture, Scope, User};

/// What the billing side knows about a user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerRecord {
    /// The user's identifiers there.
    pub customer_identifiers: Vec<String>,
    /// The products they hold; plans are linked to these in the catalog.
    pub product_ids: Vec<String>,
}

/// Where a host reads user data from. There is no method here that changes anything, and none may ever be added.
///
/// Every read has a deadline of its own, so an implementation may simply wait for its database.
pub trait UserData: fmt::Debug + Send + Sync {
    /// Reads what billing knows of a user; none when it knows nothing.
    fn customer<'a>(&'a self, user: &'a User) -> LookupFuture<'a, Option<CustomerRecord>>;

    /// Reads one custom value of a user, as JSON text.
    fn custom_data<'a>(&'a self, user: &'a User, key: &'a str, scope: Scope) -> LookupFuture<'a, Option<String>>;

    /// Lists the links whose target is this user.
    fn linked_sources<'a>(&'a self, user: &'a User) -> LookupFuture<'a, Vec<IdentityLink>>;

    /// Lists the links whose source is this user.
    fn linked_targets<'a>(&'a self, user: &'a User) -> LookupFuture<'a, Vec<IdentityLink>>;
}

/// No user data at all: every read finds nothing, at once.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoUserData;

impl UserData for NoUserData {
    fn customer<'a>(&'a self, _: &'a User) -> LookupFuture<'a, Option<CustomerRecord>> {
        Box::pin(async { Ok(None) })
    }

    fn custom_data<'a>(&'a self, _: &'a User, _: &'a str, _: Scope) -> LookupFuture<'a, Option<String>> {
        Box::pin(async { Ok(None) })
    }

    fn linked_sources<'a>(&'a self, _: &'a User) -> LookupFuture<'a, Vec<IdentityLink>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn linked_targets<'a>(&'a self, _: &'a User) -> LookupFuture<'a, Vec<IdentityLink>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}
