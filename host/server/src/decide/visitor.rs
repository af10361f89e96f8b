//! Whom to believe: which part of what a caller says about a visitor counts.

use axum::http::{HeaderMap, HeaderName, header};
use usher_host::{AccessRequest, BotFacts, HttpFacts, IdentityClaim, Place};

use crate::keys::SecretOrPublic;
use crate::respond::Failure;

/// The user agent that is to count in place of the visitor's own.
const USER_AGENT_OVERRIDE: HeaderName = HeaderName::from_static("x-mos-user-agent");

/// Why a caller may not ask this. The caller's move.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VisitorError {
    #[error("identity: `userIdentifier` needs a secret key, found a public one; the caller has to ask from a back end")]
    UserIdentifier,
}

/// Reads a request, as far as this caller is to be believed.
pub(super) fn request(body: &[u8], caller: SecretOrPublic, headers: &HeaderMap) -> Result<AccessRequest, Failure> {
    let request = AccessRequest::from_json(body)?;
    match caller {
        SecretOrPublic::Secret => Ok(with_override(request, text(headers, &USER_AGENT_OVERRIDE))),
        SecretOrPublic::Public => Ok(as_seen(request, headers)?),
    }
}

/// A trusted caller's request. It may put another user agent in the place of the visitor's own, which is kept.
fn with_override(mut request: AccessRequest, user_agent: Option<String>) -> AccessRequest {
    request.http.user_agent_override = user_agent;
    request
}

/// Anybody's request: what it says of where it comes from is replaced by what this server sees for itself.
fn as_seen(request: AccessRequest, headers: &HeaderMap) -> Result<AccessRequest, VisitorError> {
    if matches!(request.identity, IdentityClaim::Provided(_)) {
        return Err(VisitorError::UserIdentifier);
    }
    let http = HttpFacts {
        referer: text(headers, &header::REFERER),
        user_agent: text(headers, &header::USER_AGENT),
        ..HttpFacts::default()
    };
    Ok(AccessRequest { http, place: Place::default(), bots: BotFacts::default(), ..request })
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{
        "identity": {"anonymousIdentifier": "reader-1"},
        "resource": {"id": "a-1"},
        "http": {"url": "https://news.example/", "userAgent": "Visitor/1.0", "cookies": {"a": "b"}},
        "cloudflare": {"cf": {"country": "DE", "verifiedBotCategory": "Search Engine Crawler"}}
    }"#;

    fn headers() -> HeaderMap {
        HeaderMap::from_iter([
            (header::USER_AGENT, "Browser/2.0".parse().unwrap()),
            (header::REFERER, "https://search.example/".parse().unwrap()),
            (USER_AGENT_OVERRIDE, "Override/3.0".parse().unwrap()),
        ])
    }

    #[test]
    fn a_secret_key_is_believed() {
        let request = request(BODY, SecretOrPublic::Secret, &headers()).unwrap();
        assert_eq!(request.http.user_agent_override.as_deref(), Some("Override/3.0"));
        assert_eq!(request.http.user_agent.as_deref(), Some("Visitor/1.0"));
        assert_eq!(request.http.url.as_deref(), Some("https://news.example/"));
        assert_eq!(request.http.referer, None);
        assert_eq!((request.place.country_code.as_deref(), request.bots.is_verified), (Some("DE"), Some(true)));
    }

    #[test]
    fn a_public_key_is_believed_nothing_but_the_visitor_and_the_resource() {
        let request = request(BODY, SecretOrPublic::Public, &headers()).unwrap();
        let http = HttpFacts {
            user_agent: Some("Browser/2.0".to_owned()),
            referer: Some("https://search.example/".to_owned()),
            ..HttpFacts::default()
        };
        assert_eq!((request.http, request.place, request.bots), (http, Place::default(), BotFacts::default()));
        assert_eq!(request.resource.map(|resource| resource.id).as_deref(), Some("a-1"));
    }

    #[test]
    fn only_a_secret_key_names_a_user() {
        let body = br#"{"identity": {"userIdentifier": "u-1"}}"#;
        assert!(request(body, SecretOrPublic::Secret, &headers()).is_ok());
        let refused = request(body, SecretOrPublic::Public, &headers());
        assert!(matches!(refused, Err(Failure::Visitor(VisitorError::UserIdentifier))), "{refused:?}");
    }
}
