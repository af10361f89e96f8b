//! Whom to believe: which part of what a caller says about a visitor counts.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use ipnetwork::IpNetwork;
use usher_host::{AccessRequest, BotFacts, HttpFacts, IdentityClaim, Place};

use crate::app::App;
use crate::keys::SecretOrPublic;

/// The user agent that is to count in place of the visitor's own.
const USER_AGENT_OVERRIDE: HeaderName = HeaderName::from_static("x-mos-user-agent");

/// The addresses that a request has come through, the nearest last.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Where edges write the visitor's country: Cloudflare, Amazon CloudFront, Vercel, by their own documentation.
const COUNTRY: [HeaderName; 3] = [
    HeaderName::from_static("cf-ipcountry"),
    HeaderName::from_static("cloudfront-viewer-country"),
    HeaderName::from_static("x-vercel-ip-country"),
];

/// Why a caller may not ask this. The caller's move.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VisitorError {
    #[error("identity: `userIdentifier` needs a secret key, found a public one; the caller has to ask from a back end")]
    UserIdentifier,
}

/// What this server sees of a caller for itself: the headers, and where they come from. Of a caller who is believed hardly any of
/// it is looked at.
#[derive(Debug, Default)]
pub(super) struct Seen {
    headers: HeaderMap,
    peer: Option<IpAddr>,
}

impl FromRequestParts<Arc<App>> for Seen {
    type Rejection = Infallible;

    /// Takes the headers away, so it comes after whatever else wants to see them.
    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        Ok(Self { headers: std::mem::take(&mut parts.headers), peer })
    }
}

impl Seen {
    fn text(&self, name: &HeaderName) -> Option<String> {
        self.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    /// The visitor's address, and the country that it is in, as far as these proxies tell.
    fn origin(&self, proxies: &[IpNetwork]) -> (Option<IpAddr>, Option<String>) {
        let peer = self.peer.map(|peer| peer.to_canonical());
        let is_proxy = |address: IpAddr| proxies.iter().any(|proxy| proxy.contains(address));
        if !peer.is_some_and(is_proxy) {
            return (peer, None);
        }
        let country = COUNTRY.iter().filter_map(|name| self.text(name)).find(|code| is_country(code));
        let address = forwarded_for(&self.headers, is_proxy).or(peer);
        (address, country.map(|code| code.to_ascii_uppercase()))
    }
}

/// The last address that is no proxy's: what is before it, anybody may have written.
fn forwarded_for(headers: &HeaderMap, is_proxy: impl Fn(IpAddr) -> bool) -> Option<IpAddr> {
    let lists: Vec<_> = headers.get_all(&FORWARDED_FOR).iter().filter_map(|list| list.to_str().ok()).collect();
    let mut addresses = lists.iter().rev().flat_map(|list| list.rsplit(','));
    let address = addresses.find_map(|text| match text.trim().parse::<IpAddr>() {
        Ok(address) if is_proxy(address.to_canonical()) => None,
        address => Some(address.ok()),
    });
    address.flatten().map(|address| address.to_canonical())
}

/// Whether it is the code of a country: proxies write others for Tor and for what they do not know.
fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) && !code.eq_ignore_ascii_case("XX")
}

/// A request, as far as this caller is to be believed.
pub(super) fn believed(
    request: AccessRequest,
    caller: SecretOrPublic,
    seen: &Seen,
    proxies: &[IpNetwork],
) -> Result<AccessRequest, VisitorError> {
    match caller {
        SecretOrPublic::Secret => Ok(with_override(request, seen.text(&USER_AGENT_OVERRIDE))),
        SecretOrPublic::Public => as_seen(request, seen, proxies),
    }
}

/// A trusted caller's request. It may put another user agent in the place of the visitor's own, which is kept.
fn with_override(mut request: AccessRequest, user_agent: Option<String>) -> AccessRequest {
    request.http.user_agent_override = user_agent;
    request
}

/// Anybody's request: what it says of where it comes from is replaced by what this server sees for itself.
fn as_seen(request: AccessRequest, seen: &Seen, proxies: &[IpNetwork]) -> Result<AccessRequest, VisitorError> {
    if matches!(request.identity, IdentityClaim::Provided(_)) {
        return Err(VisitorError::UserIdentifier);
    }
    let (client_ip, country_code) = seen.origin(proxies);
    let http = HttpFacts {
        referer: seen.text(&header::REFERER),
        user_agent: seen.text(&header::USER_AGENT),
        client_ip: client_ip.map(|address| address.to_string()),
        ..HttpFacts::default()
    };
    let place = Place { country_code, ..Place::default() };
    Ok(AccessRequest { http, place, bots: BotFacts::default(), ..request })
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

    fn request(body: &[u8], caller: SecretOrPublic) -> Result<AccessRequest, VisitorError> {
        let seen = Seen { headers: headers(), peer: Some("192.0.2.1".parse().unwrap()) };
        believed(AccessRequest::from_json(body).unwrap(), caller, &seen, &[])
    }

    #[test]
    fn a_secret_key_is_believed() {
        let request = request(BODY, SecretOrPublic::Secret).unwrap();
        assert_eq!(request.http.user_agent_override.as_deref(), Some("Override/3.0"));
        assert_eq!(request.http.user_agent.as_deref(), Some("Visitor/1.0"));
        assert_eq!(request.http.url.as_deref(), Some("https://news.example/"));
        assert_eq!((request.http.referer, request.http.client_ip), (None, None));
        assert_eq!((request.place.country_code.as_deref(), request.bots.is_verified), (Some("DE"), Some(true)));
    }

    #[test]
    fn a_public_key_is_believed_nothing_but_the_visitor_and_the_resource() {
        let request = request(BODY, SecretOrPublic::Public).unwrap();
        let http = HttpFacts {
            user_agent: Some("Browser/2.0".to_owned()),
            referer: Some("https://search.example/".to_owned()),
            client_ip: Some("192.0.2.1".to_owned()),
            ..HttpFacts::default()
        };
        assert_eq!((request.http, request.place, request.bots), (http, Place::default(), BotFacts::default()));
        assert_eq!(request.resource.map(|resource| resource.id).as_deref(), Some("a-1"));
    }

    #[test]
    fn only_a_secret_key_names_a_user() {
        let body = br#"{"identity": {"userIdentifier": "u-1"}}"#;
        assert!(request(body, SecretOrPublic::Secret).is_ok());
        assert!(matches!(request(body, SecretOrPublic::Public), Err(VisitorError::UserIdentifier)));
    }

    #[test]
    fn headers_of_a_trusted_proxy_count_and_of_nobody_else() {
        let proxies: Vec<IpNetwork> = ["10.0.0.0/8", "2001:db8::/32"].map(|proxy| proxy.parse().unwrap()).into();
        for (peer, forwarded, country, expected) in [
            ("192.0.2.1", "198.51.100.7", "DE", ("192.0.2.1", None)),
            ("10.0.0.1", "198.51.100.7", "de", ("198.51.100.7", Some("DE"))),
            ("::ffff:10.0.0.1", "198.51.100.7", "DE", ("198.51.100.7", Some("DE"))),
            // What the visitor wrote comes first, what proxies add comes last.
            ("10.0.0.1", "1.1.1.1, 198.51.100.7, 10.0.0.2", "XX", ("198.51.100.7", None)),
            ("10.0.0.1", "10.0.0.3, 10.0.0.2", "T1", ("10.0.0.1", None)),
            ("10.0.0.1", "unknown", "Germany", ("10.0.0.1", None)),
            ("2001:db8::9", "2a00::1", "FR", ("2a00::1", Some("FR"))),
        ] {
            let headers = HeaderMap::from_iter([
                (FORWARDED_FOR, forwarded.parse().unwrap()),
                (COUNTRY[0].clone(), country.parse().unwrap()),
            ]);
            let (client_ip, country) = Seen { headers, peer: Some(peer.parse().unwrap()) }.origin(&proxies);
            let client_ip = client_ip.map(|address| address.to_string());
            assert_eq!((client_ip.as_deref(), country.as_deref()), (Some(expected.0), expected.1), "{peer}");
        }
    }
}
