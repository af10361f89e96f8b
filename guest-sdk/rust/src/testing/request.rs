//! Requests made to measure.

use serde::Serialize;

use super::to_json;
use crate::bindings::types;
use crate::{
    AuthType, BotCategory, BotTag, Context, Customer, DeviceClass, Http, Identity, Instant, Request, Resource,
    UserType, Utm,
};

/// Begins a request of an anonymous visitor about whom nothing is known, at midnight of 2026-01-01 in UTC.
pub fn request() -> RequestBuilder {
    let identity = Identity {
        auth_type: AuthType::Anonymous,
        user_type: UserType::Anonymous,
        identifier: "visitor-1".to_owned(),
        claims: "{}".to_owned(),
        test_group_100: 0,
    };
    let (context, http, customer) = (unknown_context(), unknown_http(), no_customer());
    let request = types::Request { identity, context, http, resource: None, customer, instant: 0 };
    RequestBuilder { request }.at("2026-01-01T00:00:00Z")
}

/// Builds a request, one known fact at a time. For tests: a fact that makes no sense panics.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct RequestBuilder {
    request: types::Request,
}

/// # Who asks
impl RequestBuilder {
    /// Lets an anonymous visitor of this identifier ask.
    pub fn anonymous(self, identifier: &str) -> Self {
        self.asked_by(AuthType::Anonymous, UserType::Anonymous, identifier)
    }

    /// Lets a signed-in user ask, whom a trusted back end named.
    pub fn user(self, identifier: &str) -> Self {
        self.asked_by(AuthType::Provided, UserType::Authenticated, identifier)
    }

    /// Lets a signed-in user ask who came with a JWT of these claims. Its `sub` is their identifier, or `reader-1`.
    #[track_caller]
    pub fn jwt(self, claims: impl Serialize) -> Self {
        let claims = to_json(&claims);
        let subject = serde_json::from_str::<Subject>(&claims).map(|subject| subject.sub);
        let mut builder =
            self.asked_by(AuthType::Jwt, UserType::Authenticated, subject.as_deref().unwrap_or("reader-1"));
        builder.request.identity.claims = claims;
        builder
    }

    /// Puts the user into a test group, 0 to 99. Group 0 otherwise: the host would derive one from the identifier.
    #[track_caller]
    pub fn test_group(mut self, group: u8) -> Self {
        assert!(group < 100, "there are 100 test groups, 0 to 99, and {group} is none of them");
        self.request.identity.test_group_100 = group;
        self
    }

    fn asked_by(mut self, auth_type: AuthType, user_type: UserType, identifier: &str) -> Self {
        let identity = &mut self.request.identity;
        (identity.auth_type, identity.user_type) = (auth_type, user_type);
        identifier.clone_into(&mut identity.identifier);
        self
    }
}

#[derive(serde::Deserialize)]
struct Subject {
    sub: String,
}

/// # Where they ask from, and when
impl RequestBuilder {
    /// Places them in a country outside the European Union.
    pub fn country(self, code: &str) -> Self {
        self.context(|context| context.country_code = Some(code.to_owned()))
    }

    /// Places them in a country of the European Union.
    pub fn eu_country(self, code: &str) -> Self {
        self.country(code).context(|context| context.is_eu_country = true)
    }

    /// Places them in a region: its name, and its ISO 3166-2 code without the country.
    pub fn region(self, name: &str, code: &str) -> Self {
        self.context(|context| {
            context.region = Some(name.to_owned());
            context.region_code = Some(code.to_owned());
        })
    }

    /// Places them in a time zone that is so many seconds ahead of UTC at the decision's instant.
    pub fn timezone(self, name: &str, utc_offset_seconds: i32) -> Self {
        self.context(|context| {
            context.timezone = Some(name.to_owned());
            context.utc_offset_seconds = Some(utc_offset_seconds);
        })
    }

    /// Sets the decision's instant, as in [`Instant::parse`].
    #[track_caller]
    #[expect(clippy::panic, reason = "a test fails by panicking")]
    pub fn at(mut self, instant: &str) -> Self {
        match instant.parse::<Instant>() {
            Ok(instant) => self.request.instant = instant.as_millis(),
            Err(error) => panic!("{error}"),
        }
        self
    }

    /// Sets the product that the user agent names.
    pub fn user_agent_product(self, product: &str) -> Self {
        self.context(|context| context.product = Some(product.to_owned()))
    }

    /// Sets the kind of device.
    pub fn device(self, class: DeviceClass) -> Self {
        self.context(|context| context.device_class = class)
    }

    /// Makes the request come from a bot whose operator was verified.
    pub fn verified_bot(self, category: BotCategory, product: &str) -> Self {
        self.bot(category, product, Proof::Verified)
    }

    /// Makes the request look like a bot without being proven to be it.
    pub fn claimed_bot(self, category: BotCategory, product: &str) -> Self {
        self.bot(category, product, Proof::None)
    }

    /// Changes anything else about the context.
    pub fn context(mut self, change: impl FnOnce(&mut Context)) -> Self {
        change(&mut self.request.context);
        self
    }

    fn bot(self, category: BotCategory, product: &str, proof: Proof) -> Self {
        let is_verified = proof == Proof::Verified;
        self.context(|context| {
            context.is_verified_bot_request = Some(is_verified || context.is_verified_bot_request == Some(true));
            context.bot_tags.push(BotTag {
                category: Some(category),
                code: "test".to_owned(),
                is_verified,
                operator: None,
                product: Some(product.to_owned()),
            });
        })
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Proof {
    Verified,
    None,
}

/// # What the visitor's browser sent
impl RequestBuilder {
    /// Sets the URL, and with it the campaign that its `utm_…` parameters name.
    pub fn url(mut self, url: &str) -> Self {
        self.request.http.url = Some(url.to_owned());
        self.request.http.utm = utm(&self.request.http);
        self
    }

    /// Sets the page that led here.
    pub fn referer(mut self, url: &str) -> Self {
        self.request.http.referer = Some(url.to_owned());
        self
    }

    /// Adds a cookie.
    pub fn cookie(mut self, name: &str, value: &str) -> Self {
        self.request.http.cookies.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the IP address.
    pub fn client_ip(mut self, address: &str) -> Self {
        self.request.http.client_ip = Some(address.to_owned());
        self
    }
}

/// # What they ask about, and what they bought
impl RequestBuilder {
    /// Names what they ask about.
    pub fn resource(mut self, id: &str) -> Self {
        id.clone_into(&mut self.asked_about().id);
        self
    }

    /// Adds a meta element to what they ask about.
    pub fn meta(mut self, name: &str, content: &str) -> Self {
        self.asked_about().meta.push((name.to_owned(), content.to_owned()));
        self
    }

    /// Sets everything else the caller sends about it.
    #[track_caller]
    pub fn resource_extra(mut self, extra: impl Serialize) -> Self {
        self.asked_about().extra = to_json(&extra);
        self
    }

    /// Lets the billing side know the user by this identifier.
    pub fn customer(mut self, identifier: &str) -> Self {
        self.request.customer.is_customer = true;
        self.request.customer.customer_identifiers.push(identifier.to_owned());
        self
    }

    /// Lets the user hold a product, which makes a customer of them.
    pub fn product(mut self, id: &str) -> Self {
        self.request.customer.is_customer = true;
        self.request.customer.has_products = true;
        self.request.customer.product_ids.push(id.to_owned());
        self
    }

    /// Ends with the request.
    pub fn build(self) -> Request {
        Request::new(self.request)
    }

    fn asked_about(&mut self) -> &mut Resource {
        let unnamed = || Resource { id: String::new(), meta: Vec::new(), extra: "{}".to_owned() };
        self.request.resource.get_or_insert_with(unnamed)
    }
}

fn utm(http: &Http) -> Utm {
    Utm {
        source: http.query("utm_source"),
        medium: http.query("utm_medium"),
        campaign: http.query("utm_campaign"),
        term: http.query("utm_term"),
        content: http.query("utm_content"),
    }
}

const fn unknown_context() -> Context {
    Context {
        bot_tags: Vec::new(),
        city: None,
        continent: None,
        country_code: None,
        metro_code: None,
        original_user_agent: None,
        postal_code: None,
        region: None,
        region_code: None,
        timezone: None,
        user_agent: None,
        is_eu_country: false,
        is_verified_bot_request: None,
        latitude: None,
        longitude: None,
        device_class: DeviceClass::Unknown,
        product: None,
        utc_offset_seconds: None,
    }
}

const fn unknown_http() -> Http {
    let utm = Utm { source: None, medium: None, campaign: None, term: None, content: None };
    Http { url: None, referer: None, utm, cookies: Vec::new(), client_ip: None }
}

const fn no_customer() -> Customer {
    Customer { is_customer: false, has_products: false, customer_identifiers: Vec::new(), product_ids: Vec::new() }
}

#[cfg(test)]
mod tests;
