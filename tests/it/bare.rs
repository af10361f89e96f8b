//! A workflow that is one module is run as that: nobody can tell it from the component that it is.

use std::fs;

use serde_json::json;
use usher_sandbox::request::Request;
use usher_sandbox::yardstick::{as_component, is_bare};
use usher_sandbox::{Artifact, Limits, Outcome, Run, Workflow};
use usher_tests::hostile::Expected;
use usher_tests::{guests, jobs, newsroom};

use crate::support::{Answers, HOSTILE, SANDBOX, nothing, request, run, run_with, unhurried};

/// Guests that are one module each.
pub(crate) const GUESTS: &[&str] = &[
    guests::BURNS_FUEL,
    guests::ECHO,
    guests::EATS_MEMORY,
    guests::ENDLESS_LOG,
    guests::LONG_SLUG,
    guests::LOOKUPS,
    guests::MANY_SLUGS,
    guests::NAN_BITS,
    guests::PANICS,
    guests::PREMIUM,
    guests::READS_PLAN,
    guests::RECURSES,
    guests::REFUSES,
    guests::REGION,
    guests::TELLS_TIME,
    guests::TRAPS,
    jobs::RULES,
    jobs::TIER,
    newsroom::MEMBERSHIP,
];

/// A module as it is run, and as the component that it is; none if it is run as one anyway.
fn both(wasm: &[u8], admitted: Option<Artifact>, fuel: u64) -> Option<[Workflow; 2]> {
    let artifact = admitted.filter(is_bare)?;
    let component = as_component(&SANDBOX, wasm).unwrap();
    assert!(!is_bare(&component));
    let limits = Limits { fuel, ..unhurried() };
    Some([artifact, component].map(|artifact| SANDBOX.load(&artifact, limits.clone()).unwrap()))
}

/// Everything about a run but what it cost, and the engine's words for what is too much.
fn told(run: &Run) -> (Outcome, &[String], String, usize) {
    let mut outcome = run.outcome.clone();
    if let Outcome::BadOutput { reason } = &mut outcome
        && let Some((too_much, _)) = reason.split_once("between the host and the guest: ")
    {
        *reason = too_much.to_owned();
    }
    (outcome, &run.slugs, run.log.to_string(), run.lookups.len())
}

#[tokio::test]
async fn every_guest_does_the_same_as_the_component_that_it_is() {
    let requests: [Request; 4] = [
        request(nothing()),
        request(json!({"slugs": ["a", "é"], "entitlements": ["premium"], "token": "t", "key": "k", "log": "line"})),
        request(json!({"slugs": ["x".repeat((1 << 20) + 1)]})),
        request(json!({"padding": "x".repeat(3 << 20)})),
    ];
    let mut compared = 0;
    for guest in GUESTS {
        let wasm = fs::read(guest).unwrap();
        let [module, component] = both(&wasm, SANDBOX.admit(&wasm).verdict.ok(), 100_000_000)
            .unwrap_or_else(|| panic!("{guest} is one module"));
        for request in &requests {
            let host = || Answers { custom_data: Some(Ok("{\"a\":\"é\"}".to_owned())), ..Answers::default() };
            let (as_module, as_component) = (
                run_with(&module, request.clone(), &host()).await,
                run_with(&component, request.clone(), &host()).await,
            );
            assert_eq!(told(&as_module), told(&as_component), "{guest}");
            compared += usize::from(as_module.outcome == Outcome::Ok);
        }
    }
    assert!(compared > 30, "most of them answer: {compared}");
}

#[tokio::test]
async fn i4_what_means_harm_fares_the_same_as_the_component_that_it_is() {
    let mut compared = 0;
    for (hostile, admitted) in HOSTILE.iter() {
        // Where it ends by the clock is the machine's affair, and what a place for requests does is asked of a module alone.
        let is_comparable = !matches!(hostile.expected, Expected::Fails("deadline", _));
        let is_comparable = is_comparable && !hostile.name.starts_with("a-place-for-requests");
        let Some([module, component]) =
            both(&hostile.wasm(), admitted.clone().ok().filter(|_| is_comparable), 1_000_000)
        else {
            continue;
        };
        let (as_module, as_component) =
            (run(&module, request(nothing())).await, run(&component, request(nothing())).await);
        assert_eq!(as_module.outcome.kind(), as_component.outcome.kind(), "{}", hostile.name);
        assert_eq!(as_module.slugs, as_component.slugs, "{}", hostile.name);
        // A flood ends when the fuel does, and the two do not take the same.
        let is_cut = as_module.outcome.kind() == "out-of-fuel";
        assert!(is_cut || as_module.log == as_component.log, "{}: they write different lines", hostile.name);
        compared += 1;
    }
    assert!(compared > 60, "whoever writes to its own memory is one module: {compared}");
}
