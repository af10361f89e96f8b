//! Device class: what kind of device a user agent string stands for.
//!
//! The rules are those that MDN recommends for user agent strings ("Mobi" for phones, Android without it for tablets)
//! plus the tokens by which tablets and televisions name themselves.

use usher_sandbox::request::DeviceClass;

const TV: [&str; 6] = ["smart-tv", "smarttv", "appletv", "googletv", "hbbtv", "crkey"];
const TABLET: [&str; 4] = ["ipad", "tablet", "kindle", "silk/"];
const DESKTOP: [&str; 4] = ["windows nt", "macintosh", "x11;", "cros "];

pub(super) fn class(user_agent: &str) -> DeviceClass {
    let agent = super::user_agent::beginning(user_agent).to_ascii_lowercase();
    let names = |tokens: &[&str]| tokens.iter().any(|token| agent.contains(token));
    if names(&TV) {
        DeviceClass::Tv
    } else if names(&TABLET) || (agent.contains("android") && !agent.contains("mobi")) {
        DeviceClass::Tablet
    } else if agent.contains("mobi") {
        DeviceClass::Mobile
    } else if names(&DESKTOP) {
        DeviceClass::Desktop
    } else {
        DeviceClass::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(user_agent: &str, expected: DeviceClass) {
        assert_eq!(class(user_agent), expected, "{user_agent}");
    }

    #[test]
    fn common_devices_are_told_apart() {
        let desktop = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36";
        check(desktop, DeviceClass::Desktop);
        check("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/17.0 Safari/605.1.15", DeviceClass::Desktop);
        check("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", DeviceClass::Desktop);
        check("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148", DeviceClass::Mobile);
        check("Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140.0 Mobile Safari/537.36", DeviceClass::Mobile);
        check("Mozilla/5.0 (Linux; Android 15; SM-X910) Chrome/140.0 Safari/537.36", DeviceClass::Tablet);
        check("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Mobile/15E148", DeviceClass::Tablet);
        check("Mozilla/5.0 (SMART-TV; Linux; Tizen 8.0) Version/6.0 TV Safari/537.36", DeviceClass::Tv);
        check("curl/8.5.0", DeviceClass::Unknown);
        check("", DeviceClass::Unknown);
    }
}
