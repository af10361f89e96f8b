//! Where the user asks from, and with what.

use crate::{BotCategory, BotTag, Context};

/// # Bots
///
/// Anybody can send the name of a well-known bot. Only a verified tag is worth a plan.
impl Context {
    /// Tells whether the request looks like a bot at all, verified or not.
    pub const fn is_bot(&self) -> bool {
        !self.bot_tags.is_empty()
    }

    /// Tells whether the request comes from a bot of this category, and its operator was verified.
    ///
    /// ```
    /// use usher_guest::{BotCategory, testing};
    ///
    /// let googlebot = testing::request().verified_bot(BotCategory::SearchCrawler, "Googlebot").build();
    /// assert!(googlebot.context().is_verified(BotCategory::SearchCrawler));
    ///
    /// let pretender = testing::request().claimed_bot(BotCategory::SearchCrawler, "Googlebot").build();
    /// assert!(!pretender.context().is_verified(BotCategory::SearchCrawler));
    /// assert!(pretender.context().is_bot());
    /// ```
    pub fn is_verified(&self, category: BotCategory) -> bool {
        self.verified_bots().any(|bot| bot.category == Some(category))
    }

    /// Lists the bots this request was verified to be.
    pub fn verified_bots(&self) -> impl Iterator<Item = &BotTag> {
        self.bot_tags.iter().filter(|bot| bot.is_verified)
    }
}

#[cfg(test)]
mod tests {
    use crate::{BotCategory, testing};

    #[test]
    fn only_a_verified_tag_of_the_category_counts() {
        let request = testing::request()
            .verified_bot(BotCategory::AiCrawler, "GPTBot")
            .claimed_bot(BotCategory::SearchCrawler, "Googlebot")
            .build();
        let context = request.context();
        assert!(context.is_verified(BotCategory::AiCrawler));
        assert!(!context.is_verified(BotCategory::SearchCrawler));
        assert!(!context.is_verified(BotCategory::Seo));
        let names: Vec<_> = context.verified_bots().filter_map(|bot| bot.product.as_deref()).collect();
        assert_eq!(names, ["GPTBot"]);
    }

    #[test]
    fn people_are_no_bots() {
        assert!(!testing::request().build().context().is_bot());
    }
}
