//! User agents: the product that one names, by the patterns of `data/user-agents.json`.

use std::sync::LazyLock;

use ua_parser::user_agent::{Builder, Extractor, Parser};

/// Bytes of a user agent that are looked at: browsers send some 150, and what comes after this names nothing new.
pub(super) const LOOKED_AT: usize = 1_024;

static PRODUCTS: LazyLock<Option<Extractor<'static>>> = LazyLock::new(|| {
    let patterns: Vec<Parser<'static>> = serde_json::from_str(include_str!("../../data/user-agents.json")).ok()?;
    Builder::new().push_all(patterns).ok()?.build().ok()
});

/// The product: `Chrome`, `Firefox Mobile`, `curl`.
pub(super) fn product(user_agent: &str) -> Option<String> {
    Some(PRODUCTS.as_ref()?.extract(beginning(user_agent))?.family.into_owned())
}

/// The part of a user agent that is looked at.
pub(super) fn beginning(user_agent: &str) -> &str {
    user_agent.get(..user_agent.floor_char_boundary(LOOKED_AT)).unwrap_or_default()
}

/// Compiles the patterns, unless that has been done.
pub(super) fn compile() {
    LazyLock::force(&PRODUCTS);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(user_agent: &str, expected: Option<&str>) {
        assert_eq!(product(user_agent).as_deref(), expected, "{user_agent:.200}");
    }

    #[test]
    fn the_product_is_named() {
        let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
        check(
            &format!("{windows} AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"),
            Some("Chrome"),
        );
        check(&format!("{windows} Gecko/20100101 Firefox/140.0"), Some("Firefox"));
        check("curl/8.5.0", Some("curl"));
        check("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)", Some("GPTBot"));
        check("", None);
        check("nothing anybody knows", None);
        check("\u{0}\u{1F600}", None);
    }

    #[test]
    fn what_comes_late_is_not_looked_at() {
        let after = |bytes: usize| format!("{} curl/8.5.0", " ".repeat(bytes));
        check(&after(LOOKED_AT - 11), Some("curl"));
        check(&after(LOOKED_AT), None);
        check(&"é".repeat(500_000), None);
    }
}
