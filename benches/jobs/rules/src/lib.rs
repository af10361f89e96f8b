//! Eight rules, each of which looks at another part of the request and adds a plan.

use usher_guest::{BotCategory, Context, Http, Request, workflow};

const EUROPEAN_UNION: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// Every rule is asked, and each has a plan of its own.
#[workflow]
pub fn rules(request: &Request) -> Vec<&'static str> {
    let (identity, context) = (request.identity(), request.context());
    let roles: Vec<&str> = request.claim("roles").unwrap_or_default();
    let rules = [
        ("staff", roles.contains(&"editor")),
        ("eu-privacy", is_in_the_union(context)),
        ("search-index", context.is_verified(BotCategory::SearchCrawler)),
        ("evening", request.instant().utc().hour >= 18),
        ("newsletter", comes_from_the_newsletter(request.http())),
        ("pocket", context.user_agent.as_deref().is_some_and(|agent| agent.contains("Mobile"))),
        ("new-paywall", identity.test_group_100 < 50),
        ("archive", request.customer().product_ids.iter().any(|id| id == "prod_archive")),
    ];
    rules.into_iter().filter_map(|(plan, holds)| holds.then_some(plan)).collect()
}

/// The list, though the host knows the answer: to search one is what such rules do.
fn is_in_the_union(context: &Context) -> bool {
    context.country_code.as_deref().is_some_and(|country| EUROPEAN_UNION.contains(&country))
}

/// From the text of the URL, though the host has taken it apart: other sandboxes are given no more.
fn comes_from_the_newsletter(http: &Http) -> bool {
    let query = http.url.as_deref().and_then(|url| url.split_once('?'));
    query.is_some_and(|(_, query)| query.split('&').any(|pair| pair == "utm_source=newsletter"))
}

#[cfg(test)]
mod tests {
    use super::BotCategory;
    use usher_guest::testing::{self, json};

    #[test]
    fn whoever_meets_no_rule_gets_nothing() {
        assert_eq!(super::rules(&testing::request().test_group(50).build()), [""; 0]);
    }

    #[test]
    fn whoever_meets_every_rule_gets_all_eight() {
        let request = testing::request()
            .jwt(json!({ "roles": ["reader", "editor"] }))
            .eu_country("SK")
            .verified_bot(BotCategory::SearchCrawler, "Googlebot")
            .at("2026-07-01T18:00:00Z")
            .url("https://news.example/?page=2&utm_source=newsletter")
            .context(|context| context.user_agent = Some("Mozilla/5.0 (iPhone) Mobile/15E148".to_owned()))
            .test_group(49)
            .product("prod_archive");
        let plans =
            ["staff", "eu-privacy", "search-index", "evening", "newsletter", "pocket", "new-paywall", "archive"];
        assert_eq!(super::rules(&request.build()), plans);
    }
}
