//! The visitor's HTTP request.

use crate::Http;

/// # Parts of the request
impl Http {
    /// Reads a parameter of the URL's query, decoded; the first one when there are several of that name.
    ///
    /// ```
    /// let request = usher_guest::testing::request().url("https://news.example/?ref=caf%C3%A9+noir").build();
    /// assert_eq!(request.http().query("ref").as_deref(), Some("café noir"));
    /// ```
    pub fn query(&self, name: &str) -> Option<String> {
        query_pairs(self.url.as_deref()?).find_map(|(key, value)| (decode(key) == name).then(|| decode(value)))
    }

    /// Reads a cookie, as it was sent; the first one when there are several of that name.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find_map(|(key, value)| (key == name).then_some(value.as_str()))
    }

    /// Names the host of the page that led here, such as `www.google.com`, in lower case and without a port.
    pub fn referer_host(&self) -> Option<String> {
        let (scheme, rest) = self.referer.as_deref()?.split_once("://")?;
        if !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)) {
            return None;
        }
        let authority = rest.split(['/', '?', '#']).next()?;
        let host_and_port = authority.rsplit('@').next()?;
        let host = match host_and_port.strip_suffix(']') {
            Some(_) => host_and_port,
            None => host_and_port.rsplit_once(':').map_or(host_and_port, |(host, _)| host),
        };
        (!host.is_empty()).then(|| host.to_ascii_lowercase())
    }
}

/// The names and values in a URL's query, not decoded.
fn query_pairs(url: &str) -> impl Iterator<Item = (&str, &str)> {
    let without_fragment = url.split_once('#').map_or(url, |(before, _)| before);
    let query = without_fragment.split_once('?').map_or("", |(_, query)| query);
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// Decodes a form-encoded text: `+` is a space, `%C3%A9` is `é`. A stray percent sign stands for itself.
fn decode(text: &str) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, escaped(after)) {
            (b'%', Some((byte, after))) => {
                decoded.push(byte);
                rest = after;
            }
            (b'+', _) => decoded.push(b' '),
            (byte, _) => decoded.push(*byte),
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// The byte that the two hexadecimal digits after a percent sign name, and what follows them.
fn escaped(text: &[u8]) -> Option<(u8, &[u8])> {
    let [high, low, rest @ ..] = text else { return None };
    Some((hex(*high)? << 4 | hex(*low)?, rest))
}

const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::decode;
    use crate::testing;

    #[test]
    fn form_encoded_text_is_decoded() {
        #[track_caller]
        fn check(encoded: &str, expected: &str) {
            assert_eq!(decode(encoded), expected);
        }
        check("", "");
        check("plain", "plain");
        check("a+b%20c", "a b c");
        check("caf%C3%A9", "café");
        check("caf%c3%a9", "café");
        check("100%", "100%");
        check("%4", "%4");
        check("%zz%41", "%zzA");
        check("%2B%25", "+%");
        check("%FF", "\u{fffd}");
        check("é", "é");
    }

    #[test]
    fn query_parameters_are_found_by_their_name() {
        #[track_caller]
        fn check(url: &str, expected: Option<&str>) {
            let request = testing::request().url(url).build();
            assert_eq!(request.http().query("a b").as_deref(), expected, "{url}");
        }
        check("https://news.example/", None);
        check("https://news.example/?", None);
        check("https://news.example/?a+b=1", Some("1"));
        check("https://news.example/?x=0&a%20b=1&a+b=2", Some("1"));
        check("https://news.example/?a+b", Some(""));
        check("https://news.example/?a+b=1=2", Some("1=2"));
        check("https://news.example/?x=1#?a+b=1", None);
        check("https://news.example/#?a+b=1", None);
        check("https://news.example/?a+b=1?2&&", Some("1?2"));
    }

    #[test]
    fn cookies_are_found_by_their_name() {
        let request = testing::request().cookie("seen", "3").cookie("seen", "4").build();
        assert_eq!(request.http().cookie("seen"), Some("3"));
        assert_eq!(request.http().cookie("Seen"), None);
    }

    #[test]
    fn the_referring_host_stands_alone() {
        #[track_caller]
        fn check(referer: &str, expected: Option<&str>) {
            let request = testing::request().referer(referer).build();
            assert_eq!(request.http().referer_host().as_deref(), expected, "{referer}");
        }
        check("https://WWW.Google.com/search?q=1", Some("www.google.com"));
        check("https://news.example:8443", Some("news.example"));
        check("https://me@news.example/", Some("news.example"));
        check("https://google.com@evil.example/", Some("evil.example"));
        check("https://evil.example?https://google.com/", Some("evil.example"));
        check("http://[2001:db8::1]:80/", Some("[2001:db8::1]"));
        check("http://[2001:db8::1]/", Some("[2001:db8::1]"));
        check("android-app://com.example/", Some("com.example"));
        check("about:blank", None);
        check("https:///path", None);
        check("/login?next=https://google.com/", None);
    }

    #[test]
    fn a_request_without_a_url_has_no_parameters() {
        let request = testing::request().build();
        assert_eq!((request.http().query("a"), request.http().referer_host()), (None, None));
    }
}
