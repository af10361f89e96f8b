//! Surroundings: what a host finds out for itself about where a visitor is and whether it is a bot, where the caller did
//! not say.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use usher_sandbox::request::BotTag;

use crate::access::{AccessRequest, BotFacts, HttpFacts, Place};
use crate::context;
use crate::crawler_ranges::CrawlerRanges;
use crate::geography::Geography;

/// What a tag that an address proves is known by.
const CODE: &str = "ip-range";

/// What the operator has given the host to find out more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings {
    pub(crate) geography: Option<Arc<Geography>>,
    pub(crate) crawlers: CrawlerRanges,
}

impl Surroundings {
    /// Adds it to what the caller says.
    pub(crate) fn complete(&self, access: &mut AccessRequest) {
        self.complete_place(&mut access.place, &access.http);
        self.complete_bots(&mut access.bots, &access.http);
    }

    /// Where the visitor is: what the caller says, or else what their address tells.
    fn complete_place(&self, place: &mut Place, http: &HttpFacts) {
        let Some(geography) = self.geography.as_ref().filter(|_| place.country_code.is_none()) else { return };
        if let Some(address) = http.client_ip.as_deref().and_then(address) {
            *place = geography.place(address);
        }
    }

    /// Whether the visitor is a bot: what the caller says, and what the user agent says for itself. That counts as
    /// verified only when the address proves it, and nobody asks the address when the caller has a verdict.
    fn complete_bots(&self, bots: &mut BotFacts, http: &HttpFacts) {
        let HttpFacts { user_agent: Some(user_agent), client_ip, .. } = http else { return };
        let claimed = context::claimed_bot(user_agent);
        if bots.is_verified.is_none() {
            let address = client_ip.as_deref().and_then(address);
            bots.is_verified = address.and_then(|address| self.crawlers.verify(user_agent, address));
            if let (Some(true), Some(claimed)) = (bots.is_verified, &claimed) {
                bots.tags.push(BotTag { code: CODE.to_owned(), is_verified: true, ..claimed.clone() });
            }
        }
        bots.tags.extend(claimed);
    }
}

/// The address in a text, with or without a port; one of version 4 in the clothes of version 6 is the former.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::from);
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let address = text.parse::<IpAddr>().ok().or_else(with_port).or_else(bracketed);
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_in_every_usual_form() {
        for (text, expected) in [
            ("203.0.113.7", Some("203.0.113.7")),
            (" 203.0.113.7 ", Some("203.0.113.7")),
            ("203.0.113.7:443", Some("203.0.113.7")),
            ("::ffff:203.0.113.7", Some("203.0.113.7")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("[2001:db8::1]", Some("2001:db8::1")),
            ("[2001:db8::1]:443", Some("2001:db8::1")),
            ("fe80::1%eth0", None),
            ("not an address", None),
            ("203.0.113.300", None),
            ("", None),
        ] {
            assert_eq!(address(text), expected.map(|address| address.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn a_bot_by_its_word_alone_is_not_verified() {
        let mut access = AccessRequest::anonymous("a");
        access.http.user_agent = Some("Mozilla/5.0 (compatible; Googlebot/2.1)".to_owned());
        access.http.client_ip = Some("192.0.2.1".to_owned());
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("googlebot.json");
        std::fs::write(&file, r#"{"prefixes": [{"ipv4Prefix": "192.0.2.0/24"}]}"#).unwrap();
        let loaded = CrawlerRanges::default().with_file("Googlebot", &file).unwrap();

        let check = |crawlers: &CrawlerRanges, access: &AccessRequest, verdict: Option<bool>, tags: &[bool]| {
            let mut bots = access.bots.clone();
            Surroundings { crawlers: crawlers.clone(), geography: None }.complete_bots(&mut bots, &access.http);
            assert_eq!(bots.is_verified, verdict);
            assert_eq!(bots.tags.iter().map(|tag| tag.is_verified).collect::<Vec<_>>(), tags);
        };
        check(&CrawlerRanges::default(), &access, None, &[false]);
        check(&loaded, &access, Some(true), &[true, false]);
        access.bots.is_verified = Some(false);
        check(&loaded, &access, Some(false), &[false]);
        access.bots.is_verified = None;
        access.http.client_ip = Some("198.51.100.1".to_owned());
        check(&loaded, &access, Some(false), &[false]);
        access.http.user_agent = Some("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0".to_owned());
        check(&loaded, &access, None, &[]);
    }
}
