//! The requests of `requests.json` as Usher's sandbox is told them.

use usher_sandbox::request::{
    AuthType, BotCategory, BotTag, Context, Customer, DeviceClass, Http, Identity, Request, Resource, UserType, Utm,
};

use super::record::{self, Record};

/// Turns a request into the records of the contract. What the job does not look at is along all the same: it crosses too.
pub(crate) fn told(record: Record) -> Request {
    Request {
        identity: identity(record.identity),
        context: context(record.context),
        http: http(record.http),
        resource: record.resource.map(|record::Resource { id, meta }| Resource {
            id,
            meta: meta.into_iter().collect(),
            extra: "{}".to_owned(),
        }),
        customer: customer(record.customer_data),
        instant: record.instant,
    }
}

fn identity(record: record::Identity) -> Identity {
    Identity {
        auth_type: match record.auth_type {
            record::AuthType::Provided => AuthType::Provided,
            record::AuthType::Jwt => AuthType::Jwt,
            record::AuthType::Anonymous => AuthType::Anonymous,
        },
        user_type: match record.user_type {
            record::UserType::Authenticated => UserType::Authenticated,
            record::UserType::Anonymous => UserType::Anonymous,
        },
        identifier: record.identifier,
        claims: record.jwt_claims.get().to_owned(),
        test_group_100: record.test_group_100,
    }
}

fn context(record: record::Context) -> Context {
    Context {
        bot_tags: record.bot_tags.into_iter().map(bot_tag).collect(),
        city: record.city,
        continent: record.continent,
        country_code: record.country_code,
        metro_code: record.metro_code,
        original_user_agent: record.original_user_agent,
        postal_code: record.postal_code,
        region: record.region,
        region_code: record.region_code,
        timezone: record.timezone,
        user_agent: record.user_agent,
        is_eu_country: record.is_eu_country,
        is_verified_bot_request: record.is_verified_bot_request,
        latitude: record.latitude,
        longitude: record.longitude,
        device_class: match record.device_class {
            record::DeviceClass::Desktop => DeviceClass::Desktop,
            record::DeviceClass::Mobile => DeviceClass::Mobile,
            record::DeviceClass::Unknown => DeviceClass::Unknown,
        },
        product: record.product,
        utc_offset_seconds: record.utc_offset_seconds,
    }
}

fn bot_tag(record: record::BotTag) -> BotTag {
    let record::BotCategory::SearchCrawler = record.category;
    BotTag {
        category: Some(BotCategory::SearchCrawler),
        code: record.code,
        is_verified: record.is_verified,
        operator: record.operator,
        product: record.product,
    }
}

fn http(record: record::Http) -> Http {
    let record::Utm { source, medium, campaign, term, content } = record.utm;
    Http {
        url: record.url,
        referer: record.referer,
        utm: Utm { source, medium, campaign, term, content },
        cookies: record.cookies.into_iter().collect(),
        client_ip: record.client_ip,
    }
}

fn customer(record: record::Customer) -> Customer {
    let record::Customer { is_customer, has_products, customer_identifiers, product_ids } = record;
    Customer { is_customer, has_products, customer_identifiers, product_ids }
}
