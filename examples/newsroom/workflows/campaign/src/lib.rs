//! Where a reader comes from: the newsletter, a partner's campaign, or a search.

use usher_guest::{Request, workflow};

/// A URL can be typed by anybody, so nothing here opens more than a taste of the paper.
#[workflow]
fn campaign(request: &Request) -> Option<&'static str> {
    let utm = &request.http().utm;
    match (utm.source.as_deref(), utm.medium.as_deref(), utm.campaign.as_deref()) {
        (Some("newsletter"), Some("email"), _) => Some("newsletter-reader"),
        (Some("radio-example"), _, Some("summer-2026")) => Some("partner-offer"),
        _ => request.http().referer_host().is_some_and(|host| is_search(&host)).then_some("first-click"),
    }
}

/// The host itself or one below it: `google.com.evil.example` is neither.
fn is_search(host: &str) -> bool {
    ["google.com", "bing.com", "duckduckgo.com", "ecosia.org"]
        .into_iter()
        .any(|engine| host.strip_suffix(engine).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::campaign;
    use usher_guest::testing;

    #[test]
    fn campaigns_are_named_by_the_url() {
        let follow = |query: &str| campaign(&testing::request().url(&format!("https://news.example/?{query}")).build());
        assert_eq!(follow("utm_source=newsletter&utm_medium=email&utm_campaign=july"), Some("newsletter-reader"));
        assert_eq!(follow("utm_source=radio-example&utm_campaign=summer%2D2026"), Some("partner-offer"));
        assert_eq!(follow("utm_source=radio-example&utm_campaign=summer-2025"), None);
        assert_eq!(follow("utm_source=newsletter"), None);
    }

    #[test]
    fn the_first_click_from_a_search_is_free() {
        let come_from = |referer: &str| campaign(&testing::request().referer(referer).build());
        assert_eq!(come_from("https://www.google.com/"), Some("first-click"));
        assert_eq!(come_from("https://duckduckgo.com/?q=news"), Some("first-click"));
        assert_eq!(come_from("https://google.com.evil.example/"), None);
        assert_eq!(come_from("https://notgoogle.com/"), None);
    }

    #[test]
    fn a_campaign_counts_before_a_search() {
        let url = "https://news.example/?utm_source=newsletter&utm_medium=email";
        let request = testing::request().url(url).referer("https://www.google.com/").build();
        assert_eq!(campaign(&request), Some("newsletter-reader"));
    }
}
