//! The made-up requests of the probe runs. They never change with the clock: a report says the same tomorrow.

use serde_json::{Map, Value, json};

use crate::request::{AuthType, BotCategory, BotTag, Context, Customer, DeviceClass, Http, Identity, Request};
use crate::request::{Resource, UserType, Utm};

/// 2026-01-01T12:00:00Z.
const INSTANT_MS: u64 = 1_767_268_800_000;
/// Bytes of claims in the largest request: four times what fits into most servers' header of a request.
const CLAIMS_BYTES: usize = 64 << 10;
/// Bytes of one long text in it: the longest that browsers and servers commonly take for a URL.
const TEXT_BYTES: usize = 8 << 10;
/// How many of everything that there may be several of.
const MANY: usize = 50;

/// All of them, from the smallest to the largest.
pub(super) fn all() -> [(&'static str, Request); 3] {
    [("smallest", Request::default()), ("typical", typical()), ("largest", largest())]
}

/// A subscriber on a phone, who comes from a newsletter.
fn typical() -> Request {
    let claims = json!({"sub": "reader-1", "iss": "https://id.example", "tier": "premium", "roles": ["subscriber"]});
    Request {
        identity: identity("reader-1".to_owned(), claims.to_string()),
        context: Context {
            city: text("Berlin"),
            continent: text("EU"),
            country_code: text("DE"),
            region: text("Land Berlin"),
            region_code: text("BE"),
            postal_code: text("10115"),
            timezone: text("Europe/Berlin"),
            user_agent: text(
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
            ),
            is_eu_country: true,
            latitude: Some(52.52),
            longitude: Some(13.41),
            device_class: DeviceClass::Mobile,
            product: text("Mobile Safari"),
            utc_offset_seconds: Some(3_600),
            ..Context::default()
        },
        http: Http {
            url: text("https://news.example/politics/story?utm_source=newsletter&utm_medium=email"),
            referer: text("https://news.example/"),
            utm: Utm { source: text("newsletter"), medium: text("email"), ..Utm::default() },
            cookies: vec![("session".to_owned(), "0123456789abcdef".to_owned())],
            client_ip: text("192.0.2.1"),
        },
        resource: Some(Resource {
            id: "story".to_owned(),
            meta: vec![("og:type".to_owned(), "article".to_owned())],
            extra: "{}".to_owned(),
        }),
        customer: Customer {
            is_customer: true,
            has_products: true,
            customer_identifiers: vec!["customer-1".to_owned()],
            product_ids: vec!["digital".to_owned()],
        },
        instant: INSTANT_MS,
    }
}

/// As much of everything as a caller may plausibly send.
fn largest() -> Request {
    let long = || "x".repeat(TEXT_BYTES);
    let tag = BotTag {
        category: Some(BotCategory::SearchCrawler),
        code: "user-agent".to_owned(),
        is_verified: true,
        operator: text("Google"),
        product: text("Googlebot"),
    };
    let pairs = || (0..MANY).map(|number| (format!("name-{number}"), "x".repeat(80))).collect();
    let names = |name: &str| (0..MANY).map(|number| format!("{name}-{number}")).collect();
    let typical = typical();
    Request {
        identity: identity("r".repeat(256), claims()),
        context: Context {
            bot_tags: vec![tag; 4],
            metro_code: text("807"),
            original_user_agent: Some(long()),
            user_agent: Some(long()),
            is_verified_bot_request: Some(true),
            ..typical.context
        },
        http: Http {
            url: Some(format!("https://news.example/{}", long())),
            referer: Some(format!("https://news.example/{}", long())),
            utm: Utm {
                source: text("newsletter"),
                medium: text("email"),
                campaign: text("spring"),
                term: text("news"),
                content: text("button"),
            },
            cookies: pairs(),
            client_ip: text("2001:db8::1"),
        },
        resource: Some(Resource { id: "r".repeat(256), meta: pairs(), extra: json!({"text": long()}).to_string() }),
        customer: Customer {
            is_customer: true,
            has_products: true,
            customer_identifiers: names("customer"),
            product_ids: names("product"),
        },
        instant: INSTANT_MS,
    }
}

fn identity(identifier: String, claims: String) -> Identity {
    Identity { auth_type: AuthType::Jwt, user_type: UserType::Authenticated, identifier, claims, test_group_100: 42 }
}

/// Claims as rich as they get: what workflows look for, and much that they do not.
fn claims() -> String {
    let mut claims = Map::from_iter([
        ("sub".to_owned(), json!("reader-1")),
        ("tier".to_owned(), json!("premium")),
        ("roles".to_owned(), json!(["subscriber", "editor"])),
    ]);
    let entry = json!({"granted": true, "until": "2099-12-31T00:00:00Z", "by": ["x".repeat(64)]});
    let entries = CLAIMS_BYTES / entry.to_string().len();
    claims.extend((0..entries).map(|number| (format!("entitlement-{number}"), entry.clone())));
    Value::Object(claims).to_string()
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::all;

    #[test]
    fn they_grow() {
        let sizes = all().map(|(_, request)| format!("{request:?}").len());
        assert!(sizes.is_sorted(), "{sizes:?}");
        let [.., (_, largest)] = all();
        assert!(largest.identity.claims.len() > 60 << 10, "{}", largest.identity.claims.len());
    }
}
