//! Who reads along without eyes: verified bots, people, and those who pretend.

use usher_guest::BotCategory::{AiAssistant, AiCrawler, PagePreviewer, SearchCrawler};
use usher_guest::{Request, env, log, workflow};

/// Names the AI bots whose operators pay for articles: names of products, with commas between them.
const AI_LICENSEES: &str = "AI_LICENSEES";

/// A name is no proof: whoever only claims to be a bot gets the first lines of an article, and so does an AI bot
/// whose operator pays for nothing.
#[workflow]
fn crawlers(request: &Request) -> Option<&'static str> {
    let context = request.context();
    if [SearchCrawler, PagePreviewer].into_iter().any(|category| context.is_verified(category)) {
        return Some("search-index");
    }
    let mut ai_bots = context.verified_bots().filter(|bot| matches!(bot.category, Some(AiAssistant | AiCrawler)));
    let licensees = env::get(AI_LICENSEES).unwrap_or_default();
    let pays = |product: &str| !product.is_empty() && licensees.split(',').any(|name| name.trim() == product);
    if ai_bots.any(|bot| bot.product.as_deref().is_some_and(pays)) {
        return Some("ai-licence");
    }
    for pretender in context.bot_tags.iter().filter(|bot| !bot.is_verified) {
        log::info(format_args!("not verified: {}", pretender.product.as_deref().unwrap_or("a bot without a name")));
    }
    context.is_bot().then_some("excerpt")
}

#[cfg(test)]
mod tests {
    use super::{AI_LICENSEES, AiCrawler, SearchCrawler, crawlers};
    use usher_guest::testing;

    #[test]
    fn search_engines_read_everything_and_pretenders_an_excerpt() {
        let host = testing::host().install();
        let genuine = testing::request().verified_bot(SearchCrawler, "Googlebot").build();
        let pretender = testing::request().claimed_bot(SearchCrawler, "Googlebot").build();
        assert_eq!(crawlers(&genuine), Some("search-index"));
        assert_eq!(crawlers(&pretender), Some("excerpt"));
        assert_eq!(host.logged()[0].message, "not verified: Googlebot");
    }

    #[test]
    fn an_ai_bot_reads_what_its_operator_pays_for() {
        let _host = testing::host().env(AI_LICENSEES, "OtherBot, GPTBot,").install();
        assert_eq!(crawlers(&testing::request().verified_bot(AiCrawler, "GPTBot").build()), Some("ai-licence"));
        assert_eq!(crawlers(&testing::request().verified_bot(AiCrawler, "FreeBot").build()), Some("excerpt"));
        assert_eq!(crawlers(&testing::request().claimed_bot(AiCrawler, "GPTBot").build()), Some("excerpt"));
        assert_eq!(crawlers(&testing::request().verified_bot(AiCrawler, "").build()), Some("excerpt"));
    }

    #[test]
    fn people_are_none_of_its_business() {
        assert_eq!(crawlers(&testing::request().build()), None);
    }
}
