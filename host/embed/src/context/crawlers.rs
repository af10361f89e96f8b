//! Crawlers: which bots a user agent says that it is, by the patterns of `data/crawlers.json`. Anybody can say so.

use std::sync::LazyLock;

use regex::RegexSet;
use serde::Deserialize;
use usher_sandbox::request::{BotCategory, BotTag};

use super::user_agent;

/// What a tag by user agent alone is known by.
const CODE: &str = "user-agent";

/// Who runs what, for the bots that sites ask about most: how their products begin, and the name of the operator.
const OPERATORS: [(&str, &str); 22] = [
    ("adsbot-google", "Google"),
    ("amazonbot", "Amazon"),
    ("applebot", "Apple"),
    ("baiduspider", "Baidu"),
    ("bingbot", "Microsoft"),
    ("bytespider", "ByteDance"),
    ("ccbot", "Common Crawl"),
    ("chatgpt-user", "OpenAI"),
    ("claude", "Anthropic"),
    ("duckduckbot", "DuckDuckGo"),
    ("facebook", "Meta"),
    ("googlebot", "Google"),
    ("google-", "Google"),
    ("gptbot", "OpenAI"),
    ("linkedinbot", "LinkedIn"),
    ("meta-external", "Meta"),
    ("mistralai", "Mistral AI"),
    ("oai-searchbot", "OpenAI"),
    ("perplexity", "Perplexity"),
    ("slackbot", "Slack"),
    ("twitterbot", "X"),
    ("yandex", "Yandex"),
];

#[derive(Deserialize)]
struct Entry {
    pattern: String,
    tags: Vec<String>,
}

struct Patterns {
    set: RegexSet,
    /// What the bots of each pattern of the set are for, and what they are called.
    bots: Vec<(Option<BotCategory>, Option<String>)>,
}

static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| {
    let entries: Vec<Entry> = serde_json::from_str(include_str!("../../data/crawlers.json")).ok()?;
    let set = RegexSet::new(entries.iter().map(|entry| &entry.pattern)).ok()?;
    Some(Patterns { set, bots: entries.iter().map(|entry| (entry.category(), entry.product())).collect() })
});

/// The bot that a user agent says it is; none for what no pattern knows, people's browsers above all.
pub(super) fn tag(user_agent: &str) -> Option<BotTag> {
    let patterns = PATTERNS.as_ref()?;
    let found = patterns.set.matches(user_agent::beginning(user_agent));
    if !found.matched_any() {
        return None;
    }
    // Of several patterns, the first that says what the bot is for, and the first that says what it is called.
    let bots = || found.iter().filter_map(|index| patterns.bots.get(index));
    let category = bots().find_map(|(category, _)| *category);
    let product = bots().find_map(|(_, product)| product.clone()).or_else(|| user_agent::product(user_agent));
    let operator = product.as_deref().and_then(operator);
    Some(BotTag { category, code: CODE.to_owned(), is_verified: false, operator, product })
}

/// Compiles the patterns, unless that has been done.
pub(super) fn compile() {
    LazyLock::force(&PATTERNS);
}

/// Who runs a product.
fn operator(product: &str) -> Option<String> {
    let product = product.to_ascii_lowercase();
    let (_, operator) = OPERATORS.iter().find(|(beginning, _)| product.starts_with(beginning))?;
    Some((*operator).to_owned())
}

impl Entry {
    /// What the bot is called, where the pattern is just that.
    fn product(&self) -> Option<String> {
        let name = self.pattern.replace('\\', "");
        let name = name.trim_start_matches('^').trim_end_matches('/').trim();
        let is_plain = |char: char| char.is_ascii_alphanumeric() || " -_.!".contains(char);
        (!name.is_empty() && name.chars().all(is_plain)).then(|| name.to_owned())
    }

    fn category(&self) -> Option<BotCategory> {
        self.tags.iter().find_map(|tag| match tag.as_str() {
            // A fetcher for one person who asks, as its operators name theirs.
            "ai-crawler" if self.pattern.ends_with("User") => Some(BotCategory::AiAssistant),
            "ai-crawler" => Some(BotCategory::AiCrawler),
            "search-engine" => Some(BotCategory::SearchCrawler),
            "seo" => Some(BotCategory::Seo),
            "monitoring" => Some(BotCategory::AnalyticsMonitor),
            "advertising" => Some(BotCategory::Marketing),
            "social-preview" => Some(BotCategory::PagePreviewer),
            "feed-reader" => Some(BotCategory::Aggregator),
            "http-library" | "browser-automation" => Some(BotCategory::Framework),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(user_agent: &str, expected: Option<(BotCategory, &str, Option<&str>)>) {
        let found = tag(user_agent);
        let found = found.as_ref().map(|tag| {
            assert!(!tag.is_verified);
            (tag.category.unwrap(), tag.product.as_deref().unwrap_or_default(), tag.operator.as_deref())
        });
        assert_eq!(found, expected, "{user_agent}");
    }

    #[test]
    fn bots_are_told_from_people() {
        use BotCategory::{AiAssistant, AiCrawler, Framework, PagePreviewer, SearchCrawler};
        let bot = |name: &str| {
            format!("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; {name}; +https://bot.example)")
        };
        check(&bot("Googlebot/2.1"), Some((SearchCrawler, "Googlebot", Some("Google"))));
        check(&bot("bingbot/2.0"), Some((SearchCrawler, "bingbot", Some("Microsoft"))));
        check(&bot("GPTBot/1.2"), Some((AiCrawler, "GPTBot", Some("OpenAI"))));
        check(&bot("ChatGPT-User/1.0"), Some((AiAssistant, "ChatGPT-User", Some("OpenAI"))));
        check(&bot("ClaudeBot/1.0"), Some((AiCrawler, "ClaudeBot", Some("Anthropic"))));
        check(
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            Some((PagePreviewer, "facebookexternalhit", Some("Meta"))),
        );
        check("curl/8.5.0", Some((Framework, "curl", None)));
        check(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
            None,
        );
        check(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1",
            None,
        );
        check("", None);
        check(&"x".repeat(500_000), None);
    }

    #[test]
    fn operators_are_in_order() {
        assert!(OPERATORS.iter().all(|(beginning, _)| *beginning == beginning.to_ascii_lowercase()));
    }
}
