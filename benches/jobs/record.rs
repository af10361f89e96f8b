//! The requests of `requests.json`, as a host holds one: everything in its place, and the claims as the text they came in.
//!
//! The fields are those of `wit/types.wit`, and are documented there.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

/// One request, and the plans that each job has to find.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub title: String,
    pub request: Record,
    pub tier: Vec<String>,
    pub rules: Vec<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Record {
    pub identity: Identity,
    pub context: Context,
    pub http: Http,
    pub resource: Option<Resource>,
    pub customer_data: Customer,
    pub instant: u64,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Identity {
    pub auth_type: AuthType,
    pub user_type: UserType,
    pub identifier: String,
    #[serde(deserialize_with = "as_a_token_has_them")]
    pub jwt_claims: Box<RawValue>,
    pub test_group_100: u8,
}

/// Without the line breaks and spaces that the file has for those who read it.
fn as_a_token_has_them<'de, D: Deserializer<'de>>(from: D) -> Result<Box<RawValue>, D::Error> {
    to_raw_value(&Value::deserialize(from)?).map_err(D::Error::custom)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum AuthType {
    Provided,
    Jwt,
    Anonymous,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum UserType {
    Authenticated,
    Anonymous,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Context {
    pub bot_tags: Vec<BotTag>,
    pub city: Option<String>,
    pub continent: Option<String>,
    pub country_code: Option<String>,
    #[serde(rename = "isEUCountry")]
    pub is_eu_country: bool,
    pub is_verified_bot_request: Option<bool>,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub metro_code: Option<String>,
    pub original_user_agent: Option<String>,
    pub postal_code: Option<String>,
    pub region: Option<String>,
    pub region_code: Option<String>,
    pub timezone: Option<String>,
    pub user_agent: Option<String>,
    pub device_class: DeviceClass,
    pub product: Option<String>,
    pub utc_offset_seconds: Option<i32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceClass {
    Desktop,
    Mobile,
    Unknown,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BotTag {
    pub category: BotCategory,
    pub code: String,
    pub is_verified: bool,
    pub operator: Option<String>,
    pub product: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BotCategory {
    SearchCrawler,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Http {
    pub url: Option<String>,
    pub referer: Option<String>,
    pub utm: Utm,
    pub cookies: BTreeMap<String, String>,
    #[serde(rename = "clientIP")]
    pub client_ip: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Utm {
    pub source: Option<String>,
    pub medium: Option<String>,
    pub campaign: Option<String>,
    pub term: Option<String>,
    pub content: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    pub id: String,
    pub meta: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Customer {
    pub is_customer: bool,
    pub has_products: bool,
    pub customer_identifiers: Vec<String>,
    pub product_ids: Vec<String>,
}

/// Reads the requests.
///
/// # Panics
///
/// The file, which comes with this one, is not of this shape.
#[must_use]
pub fn cases() -> Vec<Case> {
    #[expect(clippy::expect_used, reason = "a benchmark fails by panicking")]
    serde_json::from_str(include_str!("requests.json"))
        .expect("the requests are of the shape that this file gives them")
}
