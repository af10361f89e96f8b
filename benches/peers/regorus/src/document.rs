//! A record as the document that rules read, without JSON text in between but for the claims, which are nothing else.

use std::collections::BTreeMap;

use measure::record::{
    AuthType, BotTag, Context, Customer, DeviceClass, Http, Identity, Record, Resource, UserType, Utm,
};
use regorus::Value;

/// Converts all of it: what rules look at is not known before.
pub(crate) fn of(record: &Record) -> Value {
    object([
        ("identity", identity(&record.identity)),
        ("context", context(&record.context)),
        ("http", http(&record.http)),
        ("resource", record.resource.as_ref().map_or(Value::Null, resource)),
        ("customerData", customer(&record.customer_data)),
        ("instant", record.instant.into()),
    ])
}

fn identity(identity: &Identity) -> Value {
    object([
        (
            "authType",
            match identity.auth_type {
                AuthType::Provided => "provided",
                AuthType::Jwt => "jwt",
                AuthType::Anonymous => "anonymous",
            }
            .into(),
        ),
        (
            "userType",
            match identity.user_type {
                UserType::Authenticated => "authenticated",
                UserType::Anonymous => "anonymous",
            }
            .into(),
        ),
        ("identifier", identity.identifier.as_str().into()),
        ("jwtClaims", Value::from_json_str(identity.jwt_claims.get()).expect("claims are JSON")),
        ("testGroup100", u32::from(identity.test_group_100).into()),
    ])
}

fn context(context: &Context) -> Value {
    object([
        ("botTags", context.bot_tags.iter().map(bot_tag).collect::<Vec<_>>().into()),
        ("city", text(context.city.as_deref())),
        ("continent", text(context.continent.as_deref())),
        ("countryCode", text(context.country_code.as_deref())),
        ("isEUCountry", context.is_eu_country.into()),
        ("isVerifiedBotRequest", context.is_verified_bot_request.map_or(Value::Null, Value::from)),
        ("latitude", context.latitude.map_or(Value::Null, Value::from)),
        ("longitude", context.longitude.map_or(Value::Null, Value::from)),
        ("metroCode", text(context.metro_code.as_deref())),
        ("originalUserAgent", text(context.original_user_agent.as_deref())),
        ("postalCode", text(context.postal_code.as_deref())),
        ("region", text(context.region.as_deref())),
        ("regionCode", text(context.region_code.as_deref())),
        ("timezone", text(context.timezone.as_deref())),
        ("userAgent", text(context.user_agent.as_deref())),
        (
            "deviceClass",
            match context.device_class {
                DeviceClass::Desktop => "desktop",
                DeviceClass::Mobile => "mobile",
                DeviceClass::Unknown => "unknown",
            }
            .into(),
        ),
        ("product", text(context.product.as_deref())),
        ("utcOffsetSeconds", context.utc_offset_seconds.map_or(Value::Null, Value::from)),
    ])
}

fn bot_tag(bot: &BotTag) -> Value {
    object([
        ("category", "search-crawler".into()),
        ("code", bot.code.as_str().into()),
        ("isVerified", bot.is_verified.into()),
        ("operator", text(bot.operator.as_deref())),
        ("product", text(bot.product.as_deref())),
    ])
}

fn http(http: &Http) -> Value {
    let Utm { source, medium, campaign, term, content } = &http.utm;
    object([
        ("url", text(http.url.as_deref())),
        ("referer", text(http.referer.as_deref())),
        (
            "utm",
            object([
                ("source", text(source.as_deref())),
                ("medium", text(medium.as_deref())),
                ("campaign", text(campaign.as_deref())),
                ("term", text(term.as_deref())),
                ("content", text(content.as_deref())),
            ]),
        ),
        ("cookies", texts_by_name(&http.cookies)),
        ("clientIP", text(http.client_ip.as_deref())),
    ])
}

fn resource(resource: &Resource) -> Value {
    object([("id", resource.id.as_str().into()), ("meta", texts_by_name(&resource.meta))])
}

fn customer(customer: &Customer) -> Value {
    object([
        ("isCustomer", customer.is_customer.into()),
        ("hasProducts", customer.has_products.into()),
        ("customerIdentifiers", texts(&customer.customer_identifiers)),
        ("productIds", texts(&customer.product_ids)),
    ])
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    members.into_iter().map(|(name, value)| (name.into(), value)).collect::<BTreeMap<Value, Value>>().into()
}

fn text(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}

fn texts(texts: &[String]) -> Value {
    texts.iter().map(|text| text.as_str().into()).collect::<Vec<Value>>().into()
}

fn texts_by_name(texts: &BTreeMap<String, String>) -> Value {
    let members = texts.iter().map(|(name, text)| (name.as_str().into(), text.as_str().into()));
    members.collect::<BTreeMap<Value, Value>>().into()
}
