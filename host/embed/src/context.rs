//! Context: from what a caller knows about the visitor to what workflows are told.

mod crawlers;
mod device;
mod european_union;
mod seen_agents;
mod time_zone;
mod user_agent;
mod utm;

use usher_decision::Bot;
use usher_sandbox::request::{BotCategory, BotTag, Context, Customer, DeviceClass, Http, Identity, Request};

use crate::access::{AccessRequest, BotFacts, HttpFacts, Place};

impl AccessRequest {
    /// Puts together what workflows are told, once it is established who asks and what billing knows of them.
    ///
    /// What the caller left out and the rest implies is worked out here: the campaign from the URL, the device from the
    /// user agent, the offset from the time zone, the union from the country. The request's own identity claim is not
    /// looked at.
    #[must_use]
    pub fn to_workflow_request(&self, identity: Identity, customer: Customer, instant_ms: u64) -> Request {
        self.clone().into_request(identity, customer, instant_ms)
    }

    /// The same, of a request that is not needed any more.
    pub(crate) fn into_request(self, identity: Identity, customer: Customer, instant_ms: u64) -> Request {
        let HttpFacts { url, referer, user_agent, user_agent_override, client_ip, cookies } = self.http;
        let utm = url.as_deref().map(utm::of_url).unwrap_or_default();
        Request {
            identity,
            context: context((user_agent, user_agent_override), self.place, self.bots, instant_ms),
            http: Http { url, referer, utm, cookies, client_ip },
            resource: self.resource,
            customer,
            instant: instant_ms,
        }
    }
}

/// What workflows are told about where the visitor is and with what.
fn context(
    (original_user_agent, overriding): (Option<String>, Option<String>),
    place: Place,
    bots: BotFacts,
    now_ms: u64,
) -> Context {
    let user_agent = overriding.or_else(|| original_user_agent.clone());
    let looked_at = user_agent
        .as_deref()
        .map(|user_agent| seen_agents::look_at(user_agent, |agent| (agent.device_class, agent.product.clone())));
    let (device_class, product) = looked_at.unwrap_or((DeviceClass::Unknown, None));
    let is_eu_country =
        place.is_eu_country.or_else(|| place.country_code.as_deref().map(european_union::has_member)).unwrap_or(false);
    Context {
        bot_tags: bots.tags,
        city: place.city,
        continent: place.continent,
        country_code: place.country_code,
        metro_code: place.metro_code,
        original_user_agent,
        postal_code: place.postal_code,
        region: place.region,
        region_code: place.region_code,
        utc_offset_seconds: place.timezone.as_deref().and_then(|zone| time_zone::offset_seconds(zone, now_ms)),
        timezone: place.timezone,
        user_agent,
        is_eu_country,
        is_verified_bot_request: bots.is_verified,
        latitude: place.latitude,
        longitude: place.longitude,
        device_class,
        product,
    }
}

/// The bot that a user agent says it is. Anyone can say so.
pub(crate) fn claimed_bot(user_agent: &str) -> Option<BotTag> {
    seen_agents::look_at(user_agent, |agent| agent.bot.clone())
}

/// Compiles the patterns of user agents, unless that has been done: tens of milliseconds that no request should pay.
pub(crate) fn compile_patterns() {
    user_agent::compile();
    crawlers::compile();
}

/// The bot that static plans may be assigned to. Anyone can claim to be one, so only a verified tag counts.
pub(crate) fn verified_bot(bots: &BotFacts) -> Option<Bot> {
    bots.tags.iter().filter(|tag| tag.is_verified).find_map(|tag| match tag.category? {
        BotCategory::SearchCrawler => Some(Bot::SearchCrawler),
        BotCategory::AiCrawler | BotCategory::AiAssistant => Some(Bot::Ai),
        _ => None,
    })
}
