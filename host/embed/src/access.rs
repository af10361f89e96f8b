//! What a caller asks: who wants access, to what, from where.

mod cloudflare;
mod fastly;
mod json;

pub(crate) use json::RawIdentity;
pub use json::RequestError;
pub use usher_sandbox::request::{BotCategory, BotTag, Resource};

/// One question to a [`Host`](crate::Host): which plans does this user hold, and what may they do?
///
/// Everything but the identity may be left out; what is absent counts as unknown.
///
/// ```
/// use usher_host::{AccessRequest, Place};
///
/// let mut request = AccessRequest::anonymous("reader-1");
/// request.http.url = Some("https://news.example/politics?utm_source=letter".to_owned());
/// request.place = Place { country_code: Some("DE".to_owned()), ..Place::default() };
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct AccessRequest {
    /// Who asks.
    pub identity: IdentityClaim,
    /// What they ask about.
    pub resource: Option<Resource>,
    /// The visitor's HTTP request.
    pub http: HttpFacts,
    /// Where the visitor is.
    pub place: Place,
    /// Whether the visitor is a bot.
    pub bots: BotFacts,
}

/// Who the caller says is asking. A claim is checked before anything is decided on it.
#[derive(Clone, PartialEq, Eq)]
pub enum IdentityClaim {
    /// A visitor who was given this identifier before. It comes out of the visitor's own cookie: when it is empty, has more
    /// than 512 bytes or a control character, the visitor is decided on as one who has none yet.
    Anonymous(String),
    /// A visitor who has no identifier yet; the host makes one.
    NewAnonymous,
    /// A user who holds this token.
    Jwt {
        /// The token as it came.
        token: String,
        /// What to do when it does not prove anything.
        otherwise: JwtFallback,
    },
    /// A user whom the caller vouches for. Only a trusted caller may.
    Provided(String),
}

/// What becomes of a request whose JWT does not verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JwtFallback {
    /// It is refused.
    Refuse,
    /// It is decided as that of a new anonymous visitor.
    NewAnonymous,
}

/// The visitor's HTTP request, as far as the caller knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HttpFacts {
    /// The full URL, query included.
    pub url: Option<String>,
    /// The page that led here.
    pub referer: Option<String>,
    /// The `User-Agent` that was really sent.
    pub user_agent: Option<String>,
    /// The `User-Agent` that is to count in its place.
    pub user_agent_override: Option<String>,
    /// The visitor's IP address.
    pub client_ip: Option<String>,
    /// Cookies as name and value.
    pub cookies: Vec<(String, String)>,
}

/// Where the visitor is, as far as anyone could tell.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Place {
    /// City name.
    pub city: Option<String>,
    /// Two-letter continent code.
    pub continent: Option<String>,
    /// ISO 3166-1 alpha-2 country code.
    pub country_code: Option<String>,
    /// Whether the country is in the European Union; when absent, the country code tells.
    pub is_eu_country: Option<bool>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// Metro code of the United States.
    pub metro_code: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Name of the region.
    pub region: Option<String>,
    /// ISO 3166-2 code of the region, without the country.
    pub region_code: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
}

/// Whether the visitor is a bot, as far as anyone could tell.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BotFacts {
    /// Every bot this request looks like.
    pub tags: Vec<BotTag>,
    /// Whether a bot's operator was verified; none when nobody could tell.
    pub is_verified: Option<bool>,
}

impl Place {
    /// The same place, with what another source knows where this one knows nothing.
    fn or(self, other: Self) -> Self {
        Self {
            city: self.city.or(other.city),
            continent: self.continent.or(other.continent),
            country_code: self.country_code.or(other.country_code),
            is_eu_country: self.is_eu_country.or(other.is_eu_country),
            latitude: self.latitude.or(other.latitude),
            longitude: self.longitude.or(other.longitude),
            metro_code: self.metro_code.or(other.metro_code),
            postal_code: self.postal_code.or(other.postal_code),
            region: self.region.or(other.region),
            region_code: self.region_code.or(other.region_code),
            timezone: self.timezone.or(other.timezone),
        }
    }
}

impl AccessRequest {
    /// A request of this user and of nothing else known.
    #[must_use]
    pub fn new(identity: IdentityClaim) -> Self {
        Self {
            identity,
            resource: None,
            http: HttpFacts::default(),
            place: Place::default(),
            bots: BotFacts::default(),
        }
    }

    /// A request of a visitor who was given this identifier before.
    #[must_use]
    pub fn anonymous(identifier: impl Into<String>) -> Self {
        Self::new(IdentityClaim::Anonymous(identifier.into()))
    }

    /// A request of a visitor who needs an identifier.
    #[must_use]
    pub fn new_anonymous() -> Self {
        Self::new(IdentityClaim::NewAnonymous)
    }

    /// A request of a user who holds this JWT; refused when the token proves nothing.
    #[must_use]
    pub fn jwt(token: impl Into<String>) -> Self {
        Self::new(IdentityClaim::Jwt { token: token.into(), otherwise: JwtFallback::Refuse })
    }

    /// A request of a user whom the caller vouches for.
    #[must_use]
    pub fn user(identifier: impl Into<String>) -> Self {
        Self::new(IdentityClaim::Provided(identifier.into()))
    }
}

/// A token is a secret, so it is never printed.
impl std::fmt::Debug for IdentityClaim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Anonymous(identifier) => f.debug_tuple("Anonymous").field(identifier).finish(),
            Self::NewAnonymous => f.write_str("NewAnonymous"),
            Self::Jwt { otherwise, .. } => f.debug_struct("Jwt").field("otherwise", otherwise).finish_non_exhaustive(),
            Self::Provided(identifier) => f.debug_tuple("Provided").field(identifier).finish(),
        }
    }
}
