//! Any text as a token. None is signed by the catalog's issuer, so none may be believed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usher_fuzz::decide;
use usher_host::AccessRequest;

fuzz_target!(|token: &str| {
    let decision = decide(&AccessRequest::jwt(token));
    assert!(decision.is_err(), "a token that nobody signed is believed: {token}");
});
