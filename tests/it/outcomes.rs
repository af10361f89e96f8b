//! Whatever a workflow does, its run ends in an outcome that says what happened.

use serde_json::json;
use usher_sandbox::Outcome;
use usher_tests::guests;

use crate::support::{nothing, run_guest};

#[tokio::test]
async fn each_failure_has_its_kind() {
    let cases = [
        (guests::ECHO, "ok"),
        (guests::ASYNC_WORLD, "ok"),
        (guests::REFUSES, "refused"),
        (guests::TRAPS, "trapped"),
        (guests::PANICS, "trapped"),
        (guests::RECURSES, "trapped"),
        (guests::EXITS, "trapped"),
        (guests::NEVER_RESOLVES, "trapped"),
        (guests::ENDLESS_LOOP, "out-of-fuel"),
        (guests::ENDLESS_LOG, "out-of-fuel"),
        (guests::EATS_MEMORY, "memory"),
        (guests::MANY_SLUGS, "bad-output"),
        (guests::LONG_SLUG, "bad-output"),
    ];
    for (guest, kind) in cases {
        let run = run_guest(guest, nothing()).await;
        assert_eq!(run.outcome.kind(), kind, "{guest}: {:?}", run.outcome);
        assert_eq!(run.outcome.error().is_none(), kind == "ok", "{guest}");
        assert!(run.slugs.is_empty() || kind == "ok", "{guest}");
    }
}

#[tokio::test]
async fn slugs_come_back_in_the_workflows_own_order() {
    let run = run_guest(guests::ECHO, json!({"slugs": ["b", "a", "b", ""]})).await;
    assert_eq!((run.outcome, run.slugs), (Outcome::Ok, ["b", "a", "b", ""].map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn both_worlds_are_served_by_one_function() {
    let run = run_guest(guests::ASYNC_WORLD, nothing()).await;
    assert_eq!((run.outcome, run.slugs), (Outcome::Ok, vec!["asked-by-reader-1".to_owned()]));
}

#[tokio::test]
async fn a_refusal_is_in_the_workflows_own_words() {
    let run = run_guest(guests::REFUSES, nothing()).await;
    assert_eq!(run.outcome, Outcome::Refused { reason: "no rule for reader-1".to_owned() });
}

#[tokio::test]
async fn a_panic_reaches_the_log_with_its_message_and_place() {
    let run = run_guest(guests::PANICS, nothing()).await;
    let logged = run.log.to_string();
    let panic = "panicked at tests/guests/panics.rs:8:5: no tier for reader-1";
    assert!(logged.starts_with("error ") && logged.contains(panic), "{logged}");
    assert_eq!(run.outcome, Outcome::Trapped { cause: panic.to_owned() });
}

#[tokio::test]
async fn output_goes_to_the_log_line_by_line() {
    let run = run_guest(guests::WRITES_OUTPUT, nothing()).await;
    assert_eq!(run.log.to_string(), "info  to standard output\nwarn  to standard error\nwarn  cut short\n");
}
