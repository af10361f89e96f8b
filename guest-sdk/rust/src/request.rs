//! The question a workflow is asked.

use std::cell::OnceCell;

use crate::bindings::types;
use crate::json::Json;
use crate::{CivilTime, Context, Customer, Http, Identity, Instant, Resource};

/// Asks a workflow one question: which plans does this user hold right now?
///
/// Everything in it was known before the workflow started and costs nothing to read. What has to be looked up is a
/// function of [`identity`](crate::identity) or [`env`](crate::env).
///
/// ```
/// use usher_guest::{Request, testing};
///
/// fn is_german_premium(request: &Request) -> bool {
///     request.context().country_code.as_deref() == Some("DE") && request.claim("premium") == Some(true)
/// }
///
/// let request = testing::request().country("DE").jwt(testing::json!({ "premium": true })).build();
/// assert!(is_german_premium(&request));
/// ```
#[derive(Clone, Debug)]
pub struct Request {
    told: types::Request,
    /// The claims, once somebody has asked for one. See `claims.rs`.
    pub(crate) parsed_claims: OnceCell<Json>,
}

impl Request {
    pub(crate) const fn new(told: types::Request) -> Self {
        Self { told, parsed_claims: OnceCell::new() }
    }

    /// Tells who asks.
    pub const fn identity(&self) -> &Identity {
        &self.told.identity
    }

    /// Tells where they ask from, and with what.
    pub const fn context(&self) -> &Context {
        &self.told.context
    }

    /// Shows the visitor's HTTP request.
    pub const fn http(&self) -> &Http {
        &self.told.http
    }

    /// Shows what they ask about, such as an article; `None` when the caller named nothing.
    pub const fn resource(&self) -> Option<&Resource> {
        self.told.resource.as_ref()
    }

    /// Tells what the billing side knows about them.
    pub const fn customer(&self) -> &Customer {
        &self.told.customer
    }

    /// Names the decision's instant: the "now" of every rule.
    pub const fn instant(&self) -> Instant {
        Instant::from_millis(self.told.instant)
    }

    /// Shows the visitor's calendar and clock at the decision's instant, daylight saving included; `None` when
    /// their time zone is not known.
    pub fn local_time(&self) -> Option<CivilTime> {
        self.context().utc_offset_seconds.map(|seconds| self.instant().at_offset(seconds))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Weekday, testing};

    #[test]
    fn local_time_follows_the_visitors_offset() {
        let request = testing::request().at("2026-07-03T22:30:00Z").timezone("Europe/Berlin", 7200).build();
        let local = request.local_time().unwrap();
        assert_eq!((local.date(), local.hour, local.minute), ((2026, 7, 4), 0, 30));
        assert_eq!(local.weekday, Weekday::Saturday);
        assert_eq!(request.instant().utc().weekday, Weekday::Friday);
    }

    #[test]
    fn local_time_is_unknown_without_a_time_zone() {
        assert_eq!(testing::request().build().local_time(), None);
    }
}
