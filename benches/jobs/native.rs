//! The jobs compiled into this program: the same sources, without a sandbox.

/// One job: its source.
#[expect(unreachable_pub, reason = "elsewhere it is a crate of its own")]
#[cfg_attr(test, expect(unused_imports, reason = "elsewhere its tests run"))]
#[path = "rules/src/lib.rs"]
mod rules;
/// The other job: its source.
#[expect(unreachable_pub, reason = "elsewhere it is a crate of its own")]
#[cfg_attr(test, expect(unused_imports, reason = "elsewhere its tests run"))]
#[path = "tier/src/lib.rs"]
mod tier;

use usher_guest::{BotCategory, IntoPlans as _, Request, testing};

use super::record::{AuthType, Record};

/// What `tier` finds.
pub(crate) fn tier(request: &Request) -> Vec<String> {
    tier::tier(request).into_plans().unwrap_or_default()
}

/// What `rules` finds.
pub(crate) fn rules(request: &Request) -> Vec<String> {
    rules::rules(request).into_plans().unwrap_or_default()
}

/// A request with everything in it that the jobs look at. Its claims are parsed when one is asked for the first time.
pub(crate) fn asked(record: &Record) -> Request {
    let identity = &record.identity;
    let mut asked = match identity.auth_type {
        AuthType::Anonymous => testing::request().anonymous(&identity.identifier),
        AuthType::Provided => testing::request().user(&identity.identifier),
        AuthType::Jwt => testing::request().jwt(&identity.jwt_claims),
    };
    for bot in &record.context.bot_tags {
        let product = bot.product.as_deref().unwrap_or_default();
        asked = match bot.is_verified {
            true => asked.verified_bot(BotCategory::SearchCrawler, product),
            false => asked.claimed_bot(BotCategory::SearchCrawler, product),
        };
    }
    for product in &record.customer_data.product_ids {
        asked = asked.product(product);
    }
    let place = asked.context(|context| {
        context.country_code.clone_from(&record.context.country_code);
        context.user_agent.clone_from(&record.context.user_agent);
    });
    let instant = usher_guest::Instant::from_millis(record.instant).to_string();
    place.test_group(identity.test_group_100).url(record.http.url.as_deref().unwrap_or_default()).at(&instant).build()
}
