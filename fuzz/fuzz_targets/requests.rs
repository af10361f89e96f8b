//! Any bytes as the body of a request to the decision API, as each door reads it, and the decision on it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use usher_fuzz::decide;
use usher_host::AccessRequest;

fuzz_target!(|body: &[u8]| {
    let _surface = AccessRequest::from_surface_json(body);
    let _public_surface = AccessRequest::from_public_surface_json(body);
    let _counter = usher_host::CounterRequest::from_json(body);
    for access in [AccessRequest::from_json(body), AccessRequest::from_public_json(body)].into_iter().flatten() {
        if let Ok(decision) = decide(&access) {
            assert!(decision.plans().count() <= 64);
        }
    }
});
