//! What a workflow is told about one decision: the records of the contract, generated from `wit/types.wit`.

pub use crate::bindings::types::{
    AuthType, BotCategory, BotTag, Context, Customer, DeviceClass, Http, Identity, Request, Resource, UserType, Utm,
};

/// The smallest request there is: an anonymous nobody, from nowhere, at the epoch.
impl Default for Request {
    fn default() -> Self {
        Self {
            identity: Identity::default(),
            context: Context::default(),
            http: Http::default(),
            resource: None,
            customer: Customer::default(),
            instant: 0,
        }
    }
}

/// An anonymous user without a name.
impl Default for Identity {
    fn default() -> Self {
        Self {
            auth_type: AuthType::Anonymous,
            user_type: UserType::Anonymous,
            identifier: String::new(),
            claims: "{}".to_owned(),
            test_group_100: 0,
        }
    }
}

/// A context in which nothing could be determined.
impl Default for Context {
    fn default() -> Self {
        Self {
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
}

/// A request of which nothing is known.
impl Default for Http {
    fn default() -> Self {
        Self { url: None, referer: None, utm: Utm::default(), cookies: Vec::new(), client_ip: None }
    }
}

/// A URL without campaign parameters.
impl Default for Utm {
    fn default() -> Self {
        Self { source: None, medium: None, campaign: None, term: None, content: None }
    }
}

/// A user unknown to the billing side.
impl Default for Customer {
    fn default() -> Self {
        Self { is_customer: false, has_products: false, customer_identifiers: Vec::new(), product_ids: Vec::new() }
    }
}
