//! `context`: where the user asks from, and with what.

use serde::Deserialize;
use usher_host::{AccessRequest, BotCategory, BotFacts, BotTag, Place};
use usher_sandbox::request::DeviceClass;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct ContextPart {
    bot_tags: Vec<BotTagPart>,
    is_verified_bot_request: Option<bool>,
    city: Option<String>,
    continent: Option<String>,
    country_code: Option<String>,
    #[serde(rename = "isEUCountry")]
    is_eu_country: Option<bool>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    metro_code: Option<String>,
    postal_code: Option<String>,
    region: Option<String>,
    region_code: Option<String>,
    timezone: Option<String>,
    user_agent: Option<String>,
    original_user_agent: Option<String>,
    device_class: Option<DeviceClassName>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BotTagPart {
    category: Option<BotCategoryName>,
    code: String,
    is_verified: bool,
    operator: Option<String>,
    product: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum BotCategoryName {
    AiAssistant,
    AiCrawler,
    SearchCrawler,
    AnalyticsMonitor,
    PagePreviewer,
    Marketing,
    Seo,
    Framework,
    Webhook,
    Aggregator,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum DeviceClassName {
    Desktop,
    Mobile,
    Tablet,
    Tv,
    Unknown,
}

impl ContextPart {
    /// The device, where the file names it; else the user agent tells.
    pub(super) fn device_class(&self) -> Option<DeviceClass> {
        self.device_class.map(|name| match name {
            DeviceClassName::Desktop => DeviceClass::Desktop,
            DeviceClassName::Mobile => DeviceClass::Mobile,
            DeviceClassName::Tablet => DeviceClass::Tablet,
            DeviceClassName::Tv => DeviceClass::Tv,
            DeviceClassName::Unknown => DeviceClass::Unknown,
        })
    }

    /// Adds everything else to a request.
    pub(super) fn put_into(self, access: &mut AccessRequest) {
        (access.http.user_agent, access.http.user_agent_override) = match self.original_user_agent {
            Some(original) => (Some(original), self.user_agent),
            None => (self.user_agent, None),
        };
        access.bots = BotFacts {
            tags: self.bot_tags.into_iter().map(BotTagPart::tag).collect(),
            is_verified: self.is_verified_bot_request,
        };
        access.place = Place {
            city: self.city,
            continent: self.continent,
            country_code: self.country_code,
            is_eu_country: self.is_eu_country,
            latitude: self.latitude,
            longitude: self.longitude,
            metro_code: self.metro_code,
            postal_code: self.postal_code,
            region: self.region,
            region_code: self.region_code,
            timezone: self.timezone,
        };
    }
}

impl BotTagPart {
    fn tag(self) -> BotTag {
        BotTag {
            category: self.category.map(BotCategory::from),
            code: self.code,
            is_verified: self.is_verified,
            operator: self.operator,
            product: self.product,
        }
    }
}

impl From<BotCategoryName> for BotCategory {
    fn from(name: BotCategoryName) -> Self {
        match name {
            BotCategoryName::AiAssistant => Self::AiAssistant,
            BotCategoryName::AiCrawler => Self::AiCrawler,
            BotCategoryName::SearchCrawler => Self::SearchCrawler,
            BotCategoryName::AnalyticsMonitor => Self::AnalyticsMonitor,
            BotCategoryName::PagePreviewer => Self::PagePreviewer,
            BotCategoryName::Marketing => Self::Marketing,
            BotCategoryName::Seo => Self::Seo,
            BotCategoryName::Framework => Self::Framework,
            BotCategoryName::Webhook => Self::Webhook,
            BotCategoryName::Aggregator => Self::Aggregator,
        }
    }
}
