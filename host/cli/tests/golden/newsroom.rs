// Written by `usher typegen` from the catalog; run it again instead of editing.

//! The plans of the catalog.

#![allow(clippy::doc_markdown, reason = "the texts are the catalog's")]
#![allow(dead_code, reason = "no workflow grants every plan")]
#![allow(unreachable_pub, reason = "a module may well be private")]

/// The plans of the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Plan {
    /// Visitor: Everybody without an account
    Visitor,
    /// Registered: Everybody with an account
    Registered,
    /// Headlines: What verified bots may read of every article
    Headlines,
    /// Basic
    Basic,
    /// Premium: Everything a reader can buy, in one
    Premium,
    /// Staff
    Staff,
    /// Archive pass
    ArchivePass,
    /// Video pass
    VideoPass,
    /// Privacy in the European Union
    EuPrivacy,
    /// Live-sport blackout
    Blackout,
    /// Search index
    SearchIndex,
    /// AI licence
    AiLicence,
    /// Excerpt
    Excerpt,
    /// Happy hour
    HappyHour,
    /// Advent
    Advent,
    /// Newsletter reader
    NewsletterReader,
    /// Partner offer
    PartnerOffer,
    /// First click
    FirstClick,
    /// Pocket
    Pocket,
    /// Big screen
    BigScreen,
    /// Soft paywall
    SoftPaywall,
    /// Hard paywall
    HardPaywall,
    /// Premium trial
    PremiumTrial,
}

impl Plan {
    /// The slug that the catalog knows the plan by.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Registered => "registered",
            Self::Headlines => "headlines",
            Self::Basic => "basic",
            Self::Premium => "premium",
            Self::Staff => "staff",
            Self::ArchivePass => "archive-pass",
            Self::VideoPass => "video-pass",
            Self::EuPrivacy => "eu-privacy",
            Self::Blackout => "blackout",
            Self::SearchIndex => "search-index",
            Self::AiLicence => "ai-licence",
            Self::Excerpt => "excerpt",
            Self::HappyHour => "happy-hour",
            Self::Advent => "advent",
            Self::NewsletterReader => "newsletter-reader",
            Self::PartnerOffer => "partner-offer",
            Self::FirstClick => "first-click",
            Self::Pocket => "pocket",
            Self::BigScreen => "big-screen",
            Self::SoftPaywall => "soft-paywall",
            Self::HardPaywall => "hard-paywall",
            Self::PremiumTrial => "premium-trial",
        }
    }
}

impl AsRef<str> for Plan {
    fn as_ref(&self) -> &str {
        self.slug()
    }
}

impl From<Plan> for String {
    fn from(plan: Plan) -> Self {
        plan.slug().to_owned()
    }
}

impl std::fmt::Display for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.slug())
    }
}

impl usher_guest::PlanSlugs for Plan {
    const SLUGS: &'static [&'static str] = &[
        // In the order of the catalog.
        Self::Visitor.slug(),
        Self::Registered.slug(),
        Self::Headlines.slug(),
        Self::Basic.slug(),
        Self::Premium.slug(),
        Self::Staff.slug(),
        Self::ArchivePass.slug(),
        Self::VideoPass.slug(),
        Self::EuPrivacy.slug(),
        Self::Blackout.slug(),
        Self::SearchIndex.slug(),
        Self::AiLicence.slug(),
        Self::Excerpt.slug(),
        Self::HappyHour.slug(),
        Self::Advent.slug(),
        Self::NewsletterReader.slug(),
        Self::PartnerOffer.slug(),
        Self::FirstClick.slug(),
        Self::Pocket.slug(),
        Self::BigScreen.slug(),
        Self::SoftPaywall.slug(),
        Self::HardPaywall.slug(),
        Self::PremiumTrial.slug(),
    ];
}
