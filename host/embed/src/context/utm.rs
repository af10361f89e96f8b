//! UTM parameters: the campaign that a URL's query names.

use usher_sandbox::request::Utm;

pub(super) fn of_url(url: &str) -> Utm {
    let mut utm = Utm::default();
    let without_fragment = url.split_once('#').map_or(url, |(before, _)| before);
    let Some((_, query)) = without_fragment.split_once('?') else { return utm };
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let slot = match name.as_ref() {
            "utm_source" => &mut utm.source,
            "utm_medium" => &mut utm.medium,
            "utm_campaign" => &mut utm.campaign,
            "utm_term" => &mut utm.term,
            "utm_content" => &mut utm.content,
            _ => continue,
        };
        // The first of several counts, as it does in the analytics tools that read these.
        if slot.is_none() && !value.is_empty() {
            *slot = Some(value.into_owned());
        }
    }
    utm
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, source: Option<&str>, campaign: Option<&str>) {
        let utm = of_url(url);
        assert_eq!((utm.source.as_deref(), utm.campaign.as_deref()), (source, campaign), "{url}");
    }

    #[test]
    fn the_query_is_decoded() {
        check("https://a.example/?utm_source=letter&utm_campaign=spring%20sale", Some("letter"), Some("spring sale"));
        check("/path?utm_source=a+b&x=utm_campaign", Some("a b"), None);
        check("https://a.example/#?utm_source=fragment", None, None);
        check("https://a.example/?utm_source=&utm_source=second&utm_source=third", Some("second"), None);
        check("no url at all", None, None);
    }
}
