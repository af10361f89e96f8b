//! Any text as a user agent, a URL and a referer: what becomes context of what a visitor sends.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usher_fuzz::decide;
use usher_host::AccessRequest;

fuzz_target!(|text: &str| {
    let mut access = AccessRequest::anonymous("reader-1");
    let (agent, url) = text.split_once('\n').unwrap_or((text, text));
    access.http.user_agent = Some(agent.to_owned());
    access.http.url = Some(url.to_owned());
    access.http.referer = Some(url.to_owned());
    decide(&access).expect("an anonymous reader is always believed");
});
