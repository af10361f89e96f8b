//! The `cf` object that Cloudflare's edge attaches to a request, as real workers send it: whole, with strings where one
//! would expect numbers. What does not have the documented form counts as unknown.

use std::borrow::Cow;

use super::{BotCategory, BotFacts, BotTag, Place};
use crate::json::{Seen, SeenMembers};

pub(super) fn read(cf: &SeenMembers<'_>) -> (Place, BotFacts) {
    let shown = |key| shown_of(cf.get(key)?);
    let text = |key| shown(key).map(Cow::into_owned);
    let place = Place {
        city: text("city"),
        continent: text("continent"),
        country_code: text("country"),
        is_eu_country: shown("isEUCountry").map(|flag| flag == "1" || flag == "true"),
        latitude: shown("latitude").and_then(|degrees| degrees_within(&degrees, 90.0)),
        longitude: shown("longitude").and_then(|degrees| degrees_within(&degrees, 180.0)),
        metro_code: text("metroCode"),
        postal_code: text("postalCode"),
        region: text("region"),
        region_code: text("regionCode"),
        timezone: text("timezone"),
    };
    (place, bots(cf))
}

/// A value as text; none when it has none, or an empty one.
pub(super) fn shown_of<'s>(value: &'s Seen<'_>) -> Option<Cow<'s, str>> {
    match value {
        Seen::Text(text) if !text.is_empty() => Some(text.as_ref().into()),
        Seen::Number(number) => Some(number.to_string().into()),
        Seen::Flag(flag) => Some(flag.to_string().into()),
        Seen::Text(_) | Seen::Object(_) | Seen::Other => None,
    }
}

pub(super) fn degrees_within(text: &str, bound: f64) -> Option<f64> {
    text.parse().ok().filter(|degrees: &f64| degrees.abs() <= bound)
}

fn bots(cf: &SeenMembers<'_>) -> BotFacts {
    let verified_category = cf.get("verifiedBotCategory").and_then(Seen::as_str);
    let management = cf.get("botManagement").and_then(Seen::as_object);
    let management = management.and_then(|block| block.get("verifiedBot")).and_then(Seen::as_bool);
    let named = verified_category.filter(|name| !name.is_empty());
    // Cloudflare sends an empty category for whoever is not a verified bot.
    let is_verified = management.or_else(|| verified_category.map(|name| !name.is_empty()));
    let tag = named.filter(|_| is_verified == Some(true)).map(|name| BotTag {
        category: category(name),
        code: "cloudflare-verified".to_owned(),
        is_verified: true,
        operator: None,
        product: None,
    });
    BotFacts { tags: tag.into_iter().collect(), is_verified }
}

/// Cloudflare's names for what a verified bot is for, from its documentation of `cf.verified_bot_category`.
fn category(name: &str) -> Option<BotCategory> {
    match name {
        "Search Engine Crawler" => Some(BotCategory::SearchCrawler),
        "Search Engine Optimization" => Some(BotCategory::Seo),
        "Monitoring & Analytics" => Some(BotCategory::AnalyticsMonitor),
        "Advertising & Marketing" => Some(BotCategory::Marketing),
        "Page Preview" => Some(BotCategory::PagePreviewer),
        "Webhooks" => Some(BotCategory::Webhook),
        "Aggregator" | "Feed Fetcher" => Some(BotCategory::Aggregator),
        "AI Crawler" => Some(BotCategory::AiCrawler),
        "AI Assistant" | "AI Search" => Some(BotCategory::AiAssistant),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[track_caller]
    fn check(cf: &Value, place: &Place, bot: (Option<bool>, Option<BotCategory>)) {
        let text = cf.to_string();
        let cf: Seen<'_> = serde_json::from_str(&text).unwrap();
        let (found, bots) = read(cf.as_object().unwrap());
        assert_eq!(&found, place);
        assert_eq!((bots.is_verified, bots.tags.first().and_then(|tag| tag.category)), bot);
    }

    #[test]
    fn strings_become_numbers_and_booleans() {
        let cf = json!({"latitude": "52.52", "longitude": 13.4, "isEUCountry": "1", "country": "DE", "metroCode": 501});
        let place = Place {
            latitude: Some(52.52),
            longitude: Some(13.4),
            is_eu_country: Some(true),
            country_code: Some("DE".to_owned()),
            metro_code: Some("501".to_owned()),
            ..Place::default()
        };
        check(&cf, &place, (None, None));
    }

    #[test]
    fn what_has_another_form_is_unknown() {
        let cf = json!({"latitude": "abc", "longitude": "200", "city": "", "country": null, "region": [1], "asn": 1});
        check(&cf, &Place::default(), (None, None));
    }

    #[test]
    fn a_bot_is_verified_refuted_or_undetermined() {
        let none = Place::default();
        let search = Some(BotCategory::SearchCrawler);
        check(&json!({"verifiedBotCategory": "Search Engine Crawler"}), &none, (Some(true), search));
        check(&json!({"verifiedBotCategory": "AI Search"}), &none, (Some(true), Some(BotCategory::AiAssistant)));
        check(&json!({"verifiedBotCategory": ""}), &none, (Some(false), None));
        check(&json!({"verifiedBotCategory": "Something New"}), &none, (Some(true), None));
        check(&json!({"botManagement": {"verifiedBot": false, "score": 1}}), &none, (Some(false), None));
        check(
            &json!({"botManagement": {"verifiedBot": false}, "verifiedBotCategory": "AI Crawler"}),
            &none,
            (Some(false), None),
        );
        check(&json!({"verifiedBotCategory": null, "botManagement": null}), &none, (None, None));
    }
}
