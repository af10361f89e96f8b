//! Request files: one decision written down as JSON, with everything a workflow may see of it and everything it may look
//! up. Whatever is left out is worked out as a host does it, or is unknown.

mod context;
mod identity;
mod users;

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};
use usher_host::{AccessRequest, HttpFacts, Resource};
use usher_sandbox::Variables;
use usher_sandbox::request::{Customer, Request};

use super::known_users::KnownUsers;
use context::ContextPart;
use identity::IdentityPart;
use users::{CustomValuePart, LinkPart};

/// The decision's instant where the file names none: a fixed one, so that a run can be repeated.
const INSTANT: &str = "2026-01-01T00:00:00Z";

/// Everything that one run needs beside the workflow.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) request: Request,
    pub(super) variables: Variables,
    pub(super) known: KnownUsers,
}

/// What is wrong with a request file. The author's move.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestFileError {
    /// It is not JSON, or has something that is not known or not of the right type. The text ends in line and column.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A value is of the right type, and still none that could be.
    #[error("`{key}`: expected {expected}, found {found}")]
    Value {
        /// Its dotted path.
        key: &'static str,
        /// What would be right.
        expected: &'static str,
        /// What is there.
        found: String,
    },
}

impl RequestFileError {
    fn value(key: &'static str, expected: &'static str, found: impl fmt::Display) -> Self {
        Self::Value { key, expected, found: format!("`{found}`") }
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct File {
    identity: IdentityPart,
    context: ContextPart,
    http: HttpPart,
    resource: Option<ResourcePart>,
    customer_data: Option<CustomerPart>,
    instant: Option<String>,
    env: Variables,
    custom_data: Vec<CustomValuePart>,
    identity_links: Vec<LinkPart>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct HttpPart {
    url: Option<String>,
    referer: Option<String>,
    cookies: BTreeMap<String, String>,
    #[serde(rename = "clientIP")]
    client_ip: Option<String>,
}

/// Whatever the file says beside `id` and `meta` goes along as it is.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ResourcePart {
    id: String,
    meta: BTreeMap<String, String>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct CustomerPart {
    is_customer: Option<bool>,
    has_products: Option<bool>,
    customer_identifiers: Vec<String>,
    product_ids: Vec<String>,
}

impl Question {
    /// Reads the text of a request file.
    pub(super) fn read(json: &[u8]) -> Result<Self, RequestFileError> {
        let file: File = serde_json::from_slice(json)?;
        let identity = file.identity.identity()?;
        let instant_ms = instant_ms(file.instant.as_deref().unwrap_or(INSTANT))?;
        let device_class = file.context.device_class();

        let mut access = AccessRequest::anonymous(identity.identifier.clone());
        access.resource = file.resource.map(ResourcePart::resource);
        access.http = file.http.facts();
        file.context.put_into(&mut access);
        let customer = file.customer_data.map(CustomerPart::customer).unwrap_or_default();
        let mut request = access.to_workflow_request(identity, customer, instant_ms);
        if let Some(device_class) = device_class {
            request.context.device_class = device_class;
        }

        let known = KnownUsers {
            custom_data: file.custom_data.into_iter().map(CustomValuePart::value).collect(),
            links: file.identity_links.into_iter().map(LinkPart::link).collect(),
        };
        Ok(Self { request, variables: file.env, known })
    }
}

fn instant_ms(instant: &str) -> Result<u64, RequestFileError> {
    let timestamp: Option<Timestamp> = instant.parse().ok();
    timestamp.and_then(|timestamp| u64::try_from(timestamp.as_millisecond()).ok()).ok_or_else(|| {
        RequestFileError::value(
            "instant",
            "an instant since 1970 such as `2026-07-01T20:00:00Z`",
            instant.escape_debug(),
        )
    })
}

impl HttpPart {
    fn facts(self) -> HttpFacts {
        HttpFacts {
            url: self.url,
            referer: self.referer,
            client_ip: self.client_ip,
            cookies: self.cookies.into_iter().collect(),
            ..HttpFacts::default()
        }
    }
}

impl ResourcePart {
    fn resource(self) -> Resource {
        Resource { id: self.id, meta: self.meta.into_iter().collect(), extra: Value::Object(self.extra).to_string() }
    }
}

impl CustomerPart {
    fn customer(self) -> Customer {
        Customer {
            is_customer: self.is_customer.unwrap_or(true),
            has_products: self.has_products.unwrap_or(!self.product_ids.is_empty()),
            customer_identifiers: self.customer_identifiers,
            product_ids: self.product_ids,
        }
    }
}

#[cfg(test)]
mod tests;
