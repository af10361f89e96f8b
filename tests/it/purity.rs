//! I2: the same module and the same request give the same slugs, on every machine and at any time.

use serde_json::json;
use usher_sandbox::Outcome;
use usher_sandbox::request::{Identity, Request};
use usher_tests::{guests, newsroom};

use crate::support::{load, nothing, request, run, run_guest, unhurried};

#[tokio::test]
async fn i2_a_thousand_runs_of_one_request_give_one_answer() {
    for path in [guests::CLOCK_AND_RANDOM, newsroom::MEMBERSHIP] {
        let workflow = load(path, unhurried());
        let first = run(&workflow, request(json!({"tier": "gold"}))).await;
        assert_eq!(first.outcome, Outcome::Ok);
        for _ in 1..1_000 {
            let again = run(&workflow, request(json!({"tier": "gold"}))).await;
            assert_eq!((again.slugs, again.fuel), (first.slugs.clone(), first.fuel), "{path}");
        }
    }
}

#[tokio::test]
async fn i2_the_clock_stands_still_at_the_decisions_instant() {
    let run = run_guest(guests::CLOCK_AND_RANDOM, nothing()).await;
    let [wall, slept, _] = run.slugs.as_slice() else { panic!("{run:?}") };
    assert_eq!((wall.as_str(), slept.as_str()), ("wall-1782936000123", "slept-0"));
}

#[tokio::test]
async fn i2_randomness_is_a_function_of_user_and_instant() {
    let workflow = load(guests::CLOCK_AND_RANDOM, unhurried());
    let random = async |identifier: &str, instant| {
        let identity = Identity { identifier: identifier.to_owned(), ..Identity::default() };
        run(&workflow, Request { identity, instant, ..Request::default() }).await.slugs.pop().unwrap()
    };
    let one = random("reader-1", 1).await;
    assert_eq!(one, random("reader-1", 1).await);
    assert_ne!(one, random("reader-2", 1).await);
    assert_ne!(one, random("reader-1", 2).await);
    // Frozen: another stream of numbers would change what workflows decide.
    assert_eq!(one, "random-f3b2f053216d8cd2");
}

#[tokio::test]
async fn i2_there_is_no_environment_no_input_and_no_file() {
    let run = run_guest(guests::ENVIRONMENT, nothing()).await;
    let expected = ["variables-0", "arguments-0", "input-0", "file-false", "wrote-false"];
    assert_eq!((run.outcome, run.slugs), (Outcome::Ok, expected.map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn i2_a_nan_has_the_same_bits_everywhere() {
    let run = run_guest(guests::NAN_BITS, nothing()).await;
    assert_eq!(run.slugs, ["nan-7ff8000000000000", "nan-7ff8000000000000"]);
}
