//! Context: from what a caller knows about the visitor to what workflows are told.

mod device;
mod european_union;
mod time_zone;
mod utm;

use usher_decision::Bot;
use usher_sandbox::request::{BotCategory, Context, Customer, Http, Identity, Request};

use crate::access::{AccessRequest, BotFacts, HttpFacts};

impl AccessRequest {
    /// Puts together what workflows are told, once it is established who asks and what billing knows of them.
    ///
    /// What the caller left out and the rest implies is worked out here: the campaign from the URL, the device from the
    /// user agent, the offset from the time zone, the union from the country. The request's own identity claim is not
    /// looked at.
    #[must_use]
    pub fn to_workflow_request(&self, identity: Identity, customer: Customer, instant_ms: u64) -> Request {
        Request {
            identity,
            context: context(self, instant_ms),
            http: http(&self.http),
            resource: self.resource.clone(),
            customer,
            instant: instant_ms,
        }
    }
}

/// What workflows are told about where the visitor is and with what.
fn context(access: &AccessRequest, now_ms: u64) -> Context {
    let (place, http) = (access.place.clone(), &access.http);
    let user_agent = http.user_agent_override.as_ref().or(http.user_agent.as_ref());
    let is_eu_country =
        place.is_eu_country.or_else(|| place.country_code.as_deref().map(european_union::has_member)).unwrap_or(false);
    Context {
        bot_tags: access.bots.tags.clone(),
        city: place.city,
        continent: place.continent,
        country_code: place.country_code,
        metro_code: place.metro_code,
        original_user_agent: http.user_agent.clone(),
        postal_code: place.postal_code,
        region: place.region,
        region_code: place.region_code,
        utc_offset_seconds: place.timezone.as_deref().and_then(|zone| time_zone::offset_seconds(zone, now_ms)),
        timezone: place.timezone,
        user_agent: user_agent.cloned(),
        is_eu_country,
        is_verified_bot_request: access.bots.is_verified,
        latitude: place.latitude,
        longitude: place.longitude,
        device_class: device::class(user_agent.map(String::as_str)),
    }
}

/// What workflows are told about the visitor's HTTP request.
fn http(facts: &HttpFacts) -> Http {
    Http {
        url: facts.url.clone(),
        referer: facts.referer.clone(),
        utm: facts.url.as_deref().map(utm::of_url).unwrap_or_default(),
        cookies: facts.cookies.clone(),
        client_ip: facts.client_ip.clone(),
    }
}

/// The bot that static plans may be assigned to. Anyone can claim to be one, so only a verified tag counts.
pub(crate) fn verified_bot(bots: &BotFacts) -> Option<Bot> {
    bots.tags.iter().filter(|tag| tag.is_verified).find_map(|tag| match tag.category? {
        BotCategory::SearchCrawler => Some(Bot::SearchCrawler),
        BotCategory::AiCrawler | BotCategory::AiAssistant => Some(Bot::Ai),
        _ => None,
    })
}
