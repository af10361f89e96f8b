//! User data: what the operator knows about users. A decision reads it and never writes it.

use std::fmt;

use usher_decision::Period;
use usher_sandbox::{IdentityLink, LookupFuture, Scope, User};

/// What the billing side knows about a user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomerRecord {
    /// The user's identifiers there.
    pub customer_identifiers: Vec<String>,
    /// The products they hold; plans are linked to these in the catalog.
    pub product_ids: Vec<String>,
}

/// Asks what one counter has come to in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CounterQuery<'a> {
    /// Which counter: `default:feat_article.enabled`.
    pub counter_id: &'a str,
    /// Which period.
    pub per: Period,
    /// When it began, in milliseconds since 1970-01-01T00:00:00Z.
    pub since_ms: u64,
    /// Whether each resource counts once.
    pub unique_resources: bool,
    /// The resource that access is wanted to, if it was named.
    pub resource_id: Option<&'a str>,
}

/// What one counter has come to in one period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CounterReading {
    /// The units counted.
    pub units: u64,
    /// Whether the resource that was asked about has been counted in the period; only for unique resources.
    pub resource_used: bool,
}

/// Where a host reads user data from. Opening a view is all that it does, once for every decision that needs one.
///
/// ```
/// use usher_host::{CustomerRecord, LookupFuture, User, UserData, UserDataView};
///
/// /// Everybody has one product, and nothing else is known of anybody.
/// #[derive(Debug)]
/// struct Everybody(&'static str);
///
/// impl UserData for Everybody {
///     fn view<'a>(&'a self, _: &'a User) -> LookupFuture<'a, Box<dyn UserDataView>> {
///         let view: Box<dyn UserDataView> = Box::new(Self(self.0));
///         Box::pin(async { Ok(view) })
///     }
/// }
///
/// impl UserDataView for Everybody {
///     fn customer<'a>(&'a self, _: &'a User) -> LookupFuture<'a, Option<CustomerRecord>> {
///         let record = CustomerRecord { product_ids: vec![self.0.to_owned()], ..CustomerRecord::default() };
///         Box::pin(async { Ok(Some(record)) })
///     }
/// }
/// ```
pub trait UserData: fmt::Debug + Send + Sync {
    /// Opens a view of the data as it is at one moment, between now and the first read. The decision is about this user,
    /// though its workflows may ask about others.
    ///
    /// Waiting for a connection belongs here and not into the reads, each of which has a deadline of its own: a decision
    /// waits for a view half of the time that it has.
    fn view<'a>(&'a self, user: &'a User) -> LookupFuture<'a, Box<dyn UserDataView>>;
}

/// User data as it was at one moment, for one decision to read.
///
/// There is no method here that changes anything, and none may ever be added. A method that is left out finds nothing.
/// Every read has a deadline of its own, so an implementation may simply wait for its database.
pub trait UserDataView: fmt::Debug + Send + Sync {
    /// Reads what billing knows of a user; none when it knows nothing.
    fn customer<'a>(&'a self, _user: &'a User) -> LookupFuture<'a, Option<CustomerRecord>> {
        Box::pin(async { Ok(None) })
    }

    /// Reads one custom value of a user, as JSON text.
    fn custom_data<'a>(&'a self, _user: &'a User, _key: &'a str, _: Scope) -> LookupFuture<'a, Option<String>> {
        Box::pin(async { Ok(None) })
    }

    /// Lists the links whose target is this user.
    fn linked_sources<'a>(&'a self, _user: &'a User) -> LookupFuture<'a, Vec<IdentityLink>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// Lists the links whose source is this user.
    fn linked_targets<'a>(&'a self, _user: &'a User) -> LookupFuture<'a, Vec<IdentityLink>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    /// Reads counters of a user: one reading for each query, in the same order.
    fn counters<'a>(
        &'a self,
        _user: &'a User,
        queries: &'a [CounterQuery<'a>],
    ) -> LookupFuture<'a, Vec<CounterReading>> {
        Box::pin(async { Ok(vec![CounterReading::default(); queries.len()]) })
    }
}

/// No user data at all: every read finds nothing, at once.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoUserData;

impl UserData for NoUserData {
    fn view<'a>(&'a self, _: &'a User) -> LookupFuture<'a, Box<dyn UserDataView>> {
        let view: Box<dyn UserDataView> = Box::new(Self);
        Box::pin(async { Ok(view) })
    }
}

impl UserDataView for NoUserData {}
