//! The user data of a request file: what the read-only look-ups find in place of a database.

use usher_sandbox::{IdentityLink, JwtVerification, LookupFuture, ReadOnly, Scope, User};

/// What is known about users: the file's custom data and identity links, and nothing else.
#[derive(Debug, Default)]
pub(super) struct KnownUsers {
    pub(super) custom_data: Vec<CustomValue>,
    pub(super) links: Vec<IdentityLink>,
}

/// One custom value of one user.
#[derive(Debug)]
pub(super) struct CustomValue {
    pub(super) user: User,
    pub(super) key: String,
    pub(super) scope: Scope,
    /// JSON text.
    pub(super) value: String,
}

impl KnownUsers {
    fn links(&self, end: impl Fn(&IdentityLink) -> &User, user: &User) -> Vec<IdentityLink> {
        self.links.iter().filter(|link| end(link) == user).cloned().collect()
    }
}

impl ReadOnly for KnownUsers {
    fn custom_data<'a>(&'a self, user: &'a User, key: &'a str, scope: Scope) -> LookupFuture<'a, Option<String>> {
        let is_asked_for = |value: &&CustomValue| value.user == *user && value.key == key && value.scope == scope;
        let found = self.custom_data.iter().find(is_asked_for).map(|value| value.value.clone());
        Box::pin(async { Ok(found) })
    }

    fn resolve_jwt<'a>(&'a self, _: &'a str) -> LookupFuture<'a, JwtVerification> {
        let rejected = JwtVerification::Rejected("a request file has no key to verify a JWT with".to_owned());
        Box::pin(async { Ok(rejected) })
    }

    fn linked_sources<'a>(&'a self, user: &'a User) -> LookupFuture<'a, Vec<IdentityLink>> {
        let links = self.links(|link| &link.target, user);
        Box::pin(async { Ok(links) })
    }

    fn linked_targets<'a>(&'a self, user: &'a User) -> LookupFuture<'a, Vec<IdentityLink>> {
        let links = self.links(|link| &link.source, user);
        Box::pin(async { Ok(links) })
    }
}
