//! Who is asking, as far as the static assignment of plans cares.

use crate::Audience;

/// Describes who is asking, as far as the static assignment of plans cares.
///
/// Everything in here has been verified by whoever builds it: nothing is a mere claim of the visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visitor<'a> {
    /// Whether the visitor is known by an account or only by a random identifier.
    pub user_type: UserType,
    /// What kind of bot the visitor is proven to be, if any. A bot that is only recognized by what it says about itself
    /// counts as a person, because anyone can claim a user agent.
    pub verified_bot: Option<Bot>,
    /// The billing products that the visitor has, in the order in which billing named them.
    pub product_ids: &'a [String],
}

/// Says whether a visitor is known by an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UserType {
    /// The visitor is known only by a random identifier.
    Anonymous,
    /// The visitor is known by an account.
    Authenticated,
}

/// Names the kinds of verified bots that plans can be assigned to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bot {
    /// The bot collects pages for a search engine.
    SearchCrawler,
    /// The bot collects pages for a language model, or acts for a person through one.
    Ai,
}

impl Visitor<'_> {
    /// Returns the audiences that the visitor belongs to: see [`Audience`] for the rule.
    pub(crate) fn audiences(&self) -> impl Iterator<Item = Audience> + use<> {
        let as_bot = self.verified_bot.map(|bot| match bot {
            Bot::SearchCrawler => Audience::SearchCrawler,
            Bot::Ai => Audience::AiBot,
        });
        let as_person = match (self.user_type, as_bot) {
            (UserType::Authenticated, _) => Some(Audience::Authenticated),
            (UserType::Anonymous, None) => Some(Audience::Anonymous),
            (UserType::Anonymous, Some(_)) => None,
        };
        as_person.into_iter().chain(as_bot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(user_type: UserType, verified_bot: Option<Bot>, expected: &[Audience]) {
        let visitor = Visitor { user_type, verified_bot, product_ids: &[] };
        assert_eq!(visitor.audiences().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_verified_bot_replaces_the_anonymous_audience_only() {
        check(UserType::Anonymous, None, &[Audience::Anonymous]);
        check(UserType::Anonymous, Some(Bot::SearchCrawler), &[Audience::SearchCrawler]);
        check(UserType::Anonymous, Some(Bot::Ai), &[Audience::AiBot]);
        check(UserType::Authenticated, None, &[Audience::Authenticated]);
        check(UserType::Authenticated, Some(Bot::SearchCrawler), &[Audience::Authenticated, Audience::SearchCrawler]);
        check(UserType::Authenticated, Some(Bot::Ai), &[Audience::Authenticated, Audience::AiBot]);
    }
}
