//! The decision API's request body, as documented, mapped to an [`AccessRequest`]. Unknown keys are tolerated, because
//! clients are older and newer than any host.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{AccessRequest, HttpFacts, IdentityClaim, JwtFallback, Resource, cloudflare, fastly};
use crate::json::{JsonError, JsonObject, Mended, Numbers, Seen, SeenMembers, read_mended};

/// Why a request body cannot be understood. The caller's move.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// It is not JSON, or not of the documented shape.
    #[error("Invalid JSON body: {reason}")]
    InvalidJson {
        /// What was expected, and where.
        reason: String,
    },
    /// It names nobody.
    #[error(
        "identity: expected exactly one of `anonymousIdentifier`, `userJwt`, `userIdentifier`, `createAnonymousIdentifier`; found none"
    )]
    NoIdentity,
    /// It names somebody twice.
    #[error(
        "identity: expected exactly one of `anonymousIdentifier`, `userJwt`, `userIdentifier`, `createAnonymousIdentifier`; found {found}"
    )]
    SeveralIdentities {
        /// What it has.
        found: String,
    },
    /// It wants to count a visitor who has no identifier yet, and would never be found again.
    #[error("identity: expected a user to count for, found `createAnonymousIdentifier`; the caller has to name one")]
    NobodyToCount,
    /// An id is empty, too long, or has control characters.
    #[error("{field}: expected 1 to {most} bytes without control characters, found {found}")]
    Id {
        /// Which one.
        field: &'static str,
        /// Bytes that it may have.
        most: usize,
        /// What is wrong with it.
        found: String,
    },
    /// It counts something else than units.
    #[error("update: expected a whole number from -{most} to {most}, found {found}")]
    Update {
        /// Units that it may add or take away.
        most: u64,
        /// What it has.
        found: String,
    },
}

impl From<JsonError> for RequestError {
    fn from(error: JsonError) -> Self {
        Self::InvalidJson { reason: error.to_string() }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body<'t> {
    identity: JsonObject<RawIdentity>,
    surface_slug: Option<Value>,
    resource: Option<JsonObject<RawResource>>,
    // What edges send is read as far as it can be understood: their next version must not cost a decision.
    #[serde(borrow)]
    http: Option<Seen<'t>>,
    #[serde(borrow)]
    cloudflare: Option<Seen<'t>>,
    #[serde(borrow)]
    fastly: Option<Seen<'t>>,
}

/// The same of a caller who is believed in these only: whatever stands in the others, not even its type matters.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PublicBody {
    identity: JsonObject<RawIdentity>,
    surface_slug: Option<Value>,
    resource: Option<JsonObject<RawResource>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RawIdentity {
    anonymous_identifier: Option<String>,
    user_jwt: Option<String>,
    user_identifier: Option<String>,
    create_anonymous_identifier: Option<bool>,
    create_anonymous_identifier_fallback: Option<bool>,
}

#[derive(Deserialize)]
struct RawResource {
    id: String,
    meta: Option<BTreeMap<String, Value>>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

/// Reads a body. What a visitor's browser wrote into it costs no decision as long as it can be mended.
fn read<'t, T: Deserialize<'t>>(body: &'t [u8], room: &'t Mended<'t>) -> Result<T, JsonError> {
    let JsonObject(body) = read_mended(body, Numbers::Dropped, room)?;
    Ok(body)
}

impl From<PublicBody> for Body<'_> {
    fn from(body: PublicBody) -> Self {
        let PublicBody { identity, surface_slug, resource } = body;
        Self { identity, surface_slug, resource, http: None, cloudflare: None, fastly: None }
    }
}

impl AccessRequest {
    /// Reads the body of an access check or a surface decision.
    ///
    /// # Errors
    ///
    /// It is not JSON, not of the documented shape, or does not name exactly one identity.
    ///
    /// ```
    /// use usher_host::{AccessRequest, IdentityClaim};
    ///
    /// let request = AccessRequest::from_json(br#"{"identity": {"anonymousIdentifier": "reader-1"}}"#)?;
    /// assert_eq!(request.identity, IdentityClaim::Anonymous("reader-1".to_owned()));
    /// # Ok::<(), usher_host::RequestError>(())
    /// ```
    pub fn from_json(body: &[u8]) -> Result<Self, RequestError> {
        let room = Mended::default();
        let body: Body<'_> = read(body, &room)?;
        Self::of(body)
    }

    /// Reads the body of a surface decision: the slug of the surface, and the rest.
    ///
    /// # Errors
    ///
    /// As [`from_json`](Self::from_json), or the slug is missing.
    pub fn from_surface_json(body: &[u8]) -> Result<(String, Self), RequestError> {
        let room = Mended::default();
        let body: Body<'_> = read(body, &room)?;
        Self::of_surface(body)
    }

    /// Reads the body of an access check of anybody, who is not believed in what it says of where it comes from: the
    /// blocks about that are not looked at.
    ///
    /// # Errors
    ///
    /// As [`from_json`](Self::from_json).
    pub fn from_public_json(body: &[u8]) -> Result<Self, RequestError> {
        let room = Mended::default();
        let body: PublicBody = read(body, &room)?;
        Self::of(body.into())
    }

    /// Reads the body of a surface decision of anybody, as [`from_public_json`](Self::from_public_json) does.
    ///
    /// # Errors
    ///
    /// As [`from_surface_json`](Self::from_surface_json).
    pub fn from_public_surface_json(body: &[u8]) -> Result<(String, Self), RequestError> {
        let room = Mended::default();
        let body: PublicBody = read(body, &room)?;
        Self::of_surface(body.into())
    }

    fn of_surface(mut body: Body<'_>) -> Result<(String, Self), RequestError> {
        let invalid = |reason: &str| RequestError::InvalidJson { reason: reason.to_owned() };
        let slug = match body.surface_slug.take() {
            Some(Value::String(slug)) => slug,
            Some(_) => return Err(invalid("`surfaceSlug`: expected a string")),
            None => return Err(invalid("missing field `surfaceSlug`")),
        };
        Ok((slug, Self::of(body)?))
    }

    fn of(body: Body<'_>) -> Result<Self, RequestError> {
        let cf = body.cloudflare.as_ref().and_then(Seen::as_object).and_then(|block| block.get("cf"));
        let (place, bots) = cf.and_then(Seen::as_object).map(cloudflare::read).unwrap_or_default();
        let fastly = body.fastly.as_ref().and_then(Seen::as_object);
        let (elsewhere, address) = fastly.map(fastly::read).unwrap_or_default();
        let mut http = body.http.as_ref().and_then(Seen::as_object).map(facts).unwrap_or_default();
        http.client_ip = http.client_ip.or(address);
        Ok(Self {
            identity: body.identity.0.claim()?,
            resource: body.resource.map(|JsonObject(resource)| resource.resource()),
            http,
            place: place.or(elsewhere),
            bots,
        })
    }
}

impl RawIdentity {
    /// The one claim that there is.
    pub(crate) fn claim(self) -> Result<IdentityClaim, RequestError> {
        let otherwise = match self.create_anonymous_identifier_fallback {
            Some(true) => JwtFallback::NewAnonymous,
            Some(false) | None => JwtFallback::Refuse,
        };
        let create = self.create_anonymous_identifier.filter(|create| *create);
        let claims = [
            self.anonymous_identifier.map(|id| ("anonymousIdentifier", IdentityClaim::Anonymous(id))),
            self.user_jwt.map(|token| ("userJwt", IdentityClaim::Jwt { token, otherwise })),
            self.user_identifier.map(|id| ("userIdentifier", IdentityClaim::Provided(id))),
            create.map(|_| ("createAnonymousIdentifier", IdentityClaim::NewAnonymous)),
        ];
        let mut claims = claims.into_iter().flatten();
        let (name, claim) = claims.next().ok_or(RequestError::NoIdentity)?;
        let others = claims.fold(String::new(), |others, (name, _)| format!("{others} and `{name}`"));
        if !others.is_empty() {
            return Err(RequestError::SeveralIdentities { found: format!("`{name}`{others}") });
        }
        Ok(claim)
    }
}

impl RawResource {
    fn resource(self) -> Resource {
        let text = |value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let meta = self.meta.unwrap_or_default().into_iter().map(|(name, value)| (name, text(value))).collect();
        Resource { id: self.id, meta, extra: Value::Object(self.extra).to_string() }
    }
}

/// The `http` block.
fn facts(http: &SeenMembers<'_>) -> HttpFacts {
    let text = |key| http.get(key).and_then(Seen::as_str).map(ToOwned::to_owned);
    HttpFacts {
        url: text("url"),
        referer: text("referer"),
        user_agent: text("userAgent"),
        user_agent_override: None,
        client_ip: text("clientIP"),
        cookies: http.get("cookies").and_then(Seen::as_object).map(cookies).unwrap_or_default(),
    }
}

/// Cookies as name and value: the last of each name, in the order that objects have everywhere else.
fn cookies(cookies: &SeenMembers<'_>) -> Vec<(String, String)> {
    let cookies: Map<_, _> = cookies.all().map(|(name, value)| (name.to_owned(), value.as_str().into())).collect();
    let cookie = |(name, value)| if let Value::String(value) = value { Some((name, value)) } else { None };
    cookies.into_iter().filter_map(cookie).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(identity: &str, expected: Result<IdentityClaim, &str>) {
        let body = format!(r#"{{"identity": {identity}, "fastly": {{"future": [1]}}, "another": null}}"#);
        let claim = AccessRequest::from_json(body.as_bytes()).map(|request| request.identity);
        match (claim, expected) {
            (Ok(claim), Ok(expected)) => assert_eq!(claim, expected),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (claim, expected) => panic!("{claim:?} is not {expected:?}"),
        }
    }

    #[test]
    fn exactly_one_identity_is_expected() {
        let jwt = |otherwise| IdentityClaim::Jwt { token: "t".to_owned(), otherwise };
        check(r#"{"anonymousIdentifier": "a"}"#, Ok(IdentityClaim::Anonymous("a".to_owned())));
        check(r#"{"anonymousIdentifier": "a", "userJwt": null}"#, Ok(IdentityClaim::Anonymous("a".to_owned())));
        check(r#"{"createAnonymousIdentifier": true}"#, Ok(IdentityClaim::NewAnonymous));
        check(r#"{"userIdentifier": "u"}"#, Ok(IdentityClaim::Provided("u".to_owned())));
        check(r#"{"userJwt": "t"}"#, Ok(jwt(JwtFallback::Refuse)));
        check(r#"{"userJwt": "t", "createAnonymousIdentifierFallback": true}"#, Ok(jwt(JwtFallback::NewAnonymous)));
        check("{}", Err("found none"));
        check(r#"{"createAnonymousIdentifier": false}"#, Err("found none"));
        check(r#"{"anonymousIdentifier": "a", "userJwt": "t"}"#, Err("found `anonymousIdentifier` and `userJwt`"));
        check(
            r#"{"anonymousIdentifier": 7}"#,
            Err("Invalid JSON body: `identity.anonymousIdentifier`: expected a string, found number `7`"),
        );
        check("[]", Err("Invalid JSON body: `identity`: expected an object, found an array"));
        check(r#"["a"]"#, Err("Invalid JSON body: `identity`: expected an object, found an array"));
    }

    #[test]
    fn what_a_browser_wrote_is_mended() {
        let body = br#"{"identity": {"anonymousIdentifier": "\ud83d"}, "\udc00": 1, "http": {"userAgent": "a\ud83d"},
            "cloudflare": {"cf": {"latitude": 1e400, "longitude": 9.5}}, "resource": {"id": "\ud83d\ude00", "n": 1e400}}"#;
        let request = AccessRequest::from_json(body).unwrap();
        assert_eq!(request.identity, IdentityClaim::Anonymous("\u{fffd}".to_owned()));
        assert_eq!(request.http.user_agent.as_deref(), Some("a\u{fffd}"));
        assert_eq!((request.place.latitude, request.place.longitude), (None, Some(9.5)));
        let resource = request.resource.unwrap();
        assert_eq!((resource.id.as_str(), resource.extra.as_str()), ("\u{1f600}", r#"{"n":null}"#));
    }

    #[test]
    fn of_anybody_the_blocks_are_not_even_looked_at() {
        let deep = "[".repeat(1_000) + &"]".repeat(1_000);
        let body = format!(
            r#"{{"identity": {{"anonymousIdentifier": "a"}}, "surfaceSlug": "s", "resource": {{"id": "r"}},
            "http": {{"url": {deep}}}, "http": 1e400, "cloudflare": {{"cf": {{"country": "DE"}}}}, "fastly": "\udc00"}}"#
        );
        assert!(AccessRequest::from_surface_json(body.as_bytes()).is_err());
        let (slug, request) = AccessRequest::from_public_surface_json(body.as_bytes()).unwrap();
        assert_eq!((slug.as_str(), &request), ("s", &AccessRequest::from_public_json(body.as_bytes()).unwrap()));
        let resource = request.resource.clone();
        assert_eq!(resource.as_ref().map(|resource| resource.id.as_str()), Some("r"));
        assert_eq!(request, AccessRequest { resource, ..AccessRequest::anonymous("a") });
    }

    #[test]
    fn a_token_is_never_printed() {
        let request = AccessRequest::jwt("head.body.signature");
        assert!(!format!("{request:?}").contains("body"));
    }

    #[test]
    fn hostile_json_is_an_error_and_nothing_else() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        for body in ["", "{", "null", "\u{0}", r#"{"identity": {}}"#] {
            assert!(AccessRequest::from_json(body.as_bytes()).is_err(), "{body:?}");
        }
        let body = |key, depth| format!(r#"{{"identity": {{"userIdentifier": "u"}}, {key} {}}}"#, nested(depth));
        // What nobody reads may be as deep as it likes; what is kept may not.
        assert!(AccessRequest::from_json(body(r#""x":"#, 100_000).as_bytes()).is_ok());
        let kept = |depth| {
            AccessRequest::from_json(format!("{}}}", body(r#""resource": {"id": "a", "x":"#, depth)).as_bytes())
        };
        assert!(kept(100).is_ok());
        assert!(kept(100_000).is_err());
    }

    #[test]
    fn a_resource_keeps_what_it_does_not_know() {
        let body = br#"{"identity": {"userIdentifier": "u"},
            "resource": {"id": "a-1", "meta": {"og:type": "article", "n": 3}, "section": "politics"}}"#;
        let resource = AccessRequest::from_json(body).unwrap().resource.unwrap();
        let meta = vec![("n".to_owned(), "3".to_owned()), ("og:type".to_owned(), "article".to_owned())];
        let extra = r#"{"section":"politics"}"#.to_owned();
        assert_eq!(resource, Resource { id: "a-1".to_owned(), meta, extra });
    }

    #[test]
    fn a_block_of_another_form_costs_nothing() {
        for blocks in [
            r#""http": 7, "cloudflare": [], "fastly": "x", "resource": null"#,
            r#""http": {"url": 7, "userAgent": null, "cookies": ["a"]}, "cloudflare": {"cf": "x"}, "fastly": {"client": 1}"#,
            r#""http": {"cookies": {"a": 1, "b": null}, "proxyOrigin": {"status": 200}}, "cloudflare": null"#,
        ] {
            let body = format!(r#"{{"identity": {{"userIdentifier": "u"}}, {blocks}}}"#);
            assert_eq!(AccessRequest::from_json(body.as_bytes()).unwrap(), AccessRequest::user("u"), "{blocks}");
        }
    }

    #[test]
    fn of_two_edges_the_first_that_knows_is_believed() {
        let body = br#"{"identity": {"userIdentifier": "u"}, "http": {"cookies": {"a": "b"}},
            "cloudflare": {"cf": {"country": "DE"}},
            "fastly": {"client": {"address": "192.0.2.1", "geo": {"country_code": "fr", "city": "paris"}}}}"#;
        let request = AccessRequest::from_json(body).unwrap();
        assert_eq!((request.place.country_code.as_deref(), request.place.city.as_deref()), (Some("DE"), Some("paris")));
        assert_eq!(request.http.client_ip.as_deref(), Some("192.0.2.1"));
        assert_eq!(request.http.cookies, [("a".to_owned(), "b".to_owned())]);
    }
}
