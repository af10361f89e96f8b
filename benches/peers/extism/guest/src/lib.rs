//! Both jobs as an extism plug-in: JSON text in, JSON text out. It reads what its rules look at, and nothing else.

#![cfg_attr(target_family = "wasm", no_std)]
#![cfg(target_family = "wasm")]

extern crate alloc;

mod abi;

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

const EUROPEAN_UNION: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

#[derive(Deserialize)]
struct ByTier {
    identity: Account,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    user_type: String,
    jwt_claims: Tier,
}

#[derive(Deserialize)]
struct Tier {
    #[serde(default)]
    premium: bool,
}

/// What a host calls for `benches/jobs/tier`. Zero is success.
#[expect(unsafe_code, reason = "a host finds an export by its name")]
#[unsafe(no_mangle)]
pub extern "C" fn tier() -> i32 {
    decide(by_tier)
}

/// What a host calls for `benches/jobs/rules`. Zero is success.
#[expect(unsafe_code, reason = "a host finds an export by its name")]
#[unsafe(no_mangle)]
pub extern "C" fn rules() -> i32 {
    decide(by_rules)
}

fn decide<Input: for<'a> Deserialize<'a>, Plans: Serialize>(plans: impl FnOnce(Input) -> Plans) -> i32 {
    let Ok(input) = serde_json::from_slice(&abi::input()) else { return 1 };
    let Ok(output) = serde_json::to_vec(&plans(input)) else { return 1 };
    abi::answer(&output);
    0
}

fn by_tier(ByTier { identity }: ByTier) -> [&'static str; 1] {
    if identity.jwt_claims.premium {
        ["premium"]
    } else if identity.user_type == "authenticated" {
        ["registered"]
    } else {
        ["anonymous"]
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ByRules {
    identity: Identity,
    context: Context,
    http: Http,
    customer_data: Customer,
    instant: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    jwt_claims: Roles,
    test_group_100: u8,
}

#[derive(Deserialize)]
struct Roles {
    #[serde(default)]
    roles: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    bot_tags: Vec<BotTag>,
    country_code: Option<String>,
    user_agent: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BotTag {
    category: String,
    is_verified: bool,
}

#[derive(Deserialize)]
struct Http {
    url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Customer {
    product_ids: Vec<String>,
}

fn by_rules(request: ByRules) -> Vec<&'static str> {
    let ByRules { identity, context, http, customer_data, instant } = request;
    let country = context.country_code.as_deref().unwrap_or_default();
    let query = http.url.as_deref().and_then(|url| url.split_once('?')).map_or("", |(_, query)| query);
    let rules = [
        ("staff", identity.jwt_claims.roles.iter().any(|role| role == "editor")),
        ("eu-privacy", EUROPEAN_UNION.contains(&country)),
        ("search-index", context.bot_tags.iter().any(|bot| bot.is_verified && bot.category == "search-crawler")),
        ("evening", instant / 3_600_000 % 24 >= 18),
        ("newsletter", query.split('&').any(|pair| pair == "utm_source=newsletter")),
        ("pocket", context.user_agent.is_some_and(|agent| agent.contains("Mobile"))),
        ("new-paywall", identity.test_group_100 < 50),
        ("archive", customer_data.product_ids.iter().any(|id| id == "prod_archive")),
    ];
    rules.into_iter().filter_map(|(plan, holds)| holds.then_some(plan)).collect()
}
