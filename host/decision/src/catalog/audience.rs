//! The groups of visitors that a plan can be assigned to as a whole.

use std::fmt;

use super::word::Word;

/// Names a group of visitors that a plan can be assigned to as a whole.
///
/// Who belongs to which:
/// - An authenticated user is [`Authenticated`](Self::Authenticated), always.
/// - An anonymous visitor is [`Anonymous`](Self::Anonymous), unless it is a *verified* search crawler or AI bot: then
///   it is [`SearchCrawler`](Self::SearchCrawler) or [`AiBot`](Self::AiBot) instead.
/// - An authenticated user who is also a verified bot belongs to both audiences.
/// - Unverified bots count as people, because anyone can claim a user agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// People without an account.
    Anonymous,
    /// Users with an account.
    Authenticated,
    /// Verified bots of search engines.
    SearchCrawler,
    /// Verified bots that feed language models, or act for people through them.
    AiBot,
}

impl Word for Audience {
    const ALL: &'static [Self] = &[Self::Anonymous, Self::Authenticated, Self::SearchCrawler, Self::AiBot];

    fn word(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Authenticated => "authenticated",
            Self::SearchCrawler => "search-crawler",
            Self::AiBot => "ai-bot",
        }
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
