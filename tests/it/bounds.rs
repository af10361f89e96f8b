//! I4: every limit holds, one case just below it and one just above.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use usher_sandbox::{Limits, Outcome, Run};
use usher_tests::guests;

use crate::support::{load, nothing, request, run, unhurried};

async fn run_within(path: &str, limits: Limits, claims: Value) -> Run {
    run(&load(path, limits), request(claims)).await
}

#[tokio::test]
async fn i4_fuel_decides_to_the_unit() {
    let claims = json!({"turns": 1_000});
    // One computes; one asks for the instant and for random numbers, whose seed is of the user and the instant.
    for guest in [guests::BURNS_FUEL, guests::CLOCK_AND_RANDOM] {
        let first = run_within(guest, unhurried(), claims.clone()).await;
        assert_eq!(first.outcome, Outcome::Ok, "{guest}");
        let used = first.fuel;
        for _ in 0..10 {
            let enough = run_within(guest, Limits { fuel: used, ..unhurried() }, claims.clone()).await;
            assert_eq!((enough.outcome, enough.fuel, &enough.slugs), (Outcome::Ok, used, &first.slugs), "{guest}");
            let short = run_within(guest, Limits { fuel: used - 1, ..unhurried() }, claims.clone()).await;
            assert_eq!((short.outcome, short.slugs), (Outcome::OutOfFuel { limit: used - 1 }, Vec::new()), "{guest}");
        }
    }
}

#[tokio::test]
async fn i4_the_default_fuel_ends_a_loop_well_before_its_deadline() {
    let run = run_within(guests::ENDLESS_LOOP, unhurried(), nothing()).await;
    assert_eq!((run.outcome, run.fuel), (Outcome::OutOfFuel { limit: 10_000_000 }, 10_000_000));
}

#[tokio::test]
async fn i4_the_deadline_ends_what_fuel_would_not() {
    let limits = Limits { fuel: u64::MAX, deadline: Duration::from_millis(50), ..Limits::default() };
    let started = Instant::now();
    let late = run_within(guests::ENDLESS_LOOP, limits.clone(), nothing()).await;
    assert_eq!(late.outcome, Outcome::Deadline { limit: Duration::from_millis(50) });
    assert!(late.elapsed >= Duration::from_millis(50) && started.elapsed() < Duration::from_secs(30), "{late:?}");
    let unlimited = Limits { deadline: Duration::from_secs(60), ..limits };
    assert_eq!(run_within(guests::BURNS_FUEL, unlimited, json!({"turns": 100_000})).await.outcome, Outcome::Ok);
}

#[tokio::test]
async fn i4_memory_counts_the_whole_instance() {
    // The guest's own data and stack take some of it: what is left is found by asking for ever more.
    let takes = async |bytes: usize| {
        run_within(guests::EATS_MEMORY, Limits { memory_bytes: 4 << 20, ..unhurried() }, json!({"bytes": bytes})).await
    };
    let (mut fits, mut does_not) = (1 << 20, 4 << 20);
    while does_not - fits > 1 {
        let middle = usize::midpoint(fits, does_not);
        if takes(middle).await.outcome == Outcome::Ok { fits = middle } else { does_not = middle }
    }
    assert_eq!(takes(fits).await.outcome, Outcome::Ok);
    assert_eq!(takes(fits + 1).await.outcome, Outcome::Memory { limit: 4 << 20 });
    assert!((2 << 20..4 << 20).contains(&fits), "{fits} bytes of 4 MiB are the author's");
}

#[tokio::test]
async fn i4_an_answer_has_at_most_64_slugs_of_64_bytes() {
    let slugs = |count: usize, bytes: usize| json!({"slugs": vec!["x".repeat(bytes); count]});
    for (claims, expected) in [
        (slugs(64, 64), None),
        (slugs(65, 1), Some("it returned 65 slugs; at most 64 are allowed")),
        (slugs(1, 65), Some("slug number 1 has 65 bytes; at most 64 are allowed")),
    ] {
        let run = run_within(guests::ECHO, unhurried(), claims).await;
        let outcome = expected.map_or(Outcome::Ok, |reason| Outcome::BadOutput { reason: reason.to_owned() });
        assert_eq!(run.outcome, outcome);
    }
}

#[tokio::test]
async fn i4_a_handover_of_more_than_a_megabyte_is_never_taken() {
    let reason = |bytes: usize| async move {
        let limits = Limits { slug_bytes: usize::MAX, fuel: u64::MAX, ..unhurried() };
        run_within(guests::ECHO, limits, json!({"slugs": ["x".repeat(bytes)]})).await.outcome
    };
    assert_eq!(reason((1 << 20) - 64).await, Outcome::Ok);
    let Outcome::BadOutput { reason } = reason((1 << 20) + 1).await else { panic!("too much was taken") };
    assert!(reason.starts_with("too much data is being copied between the host and the guest"), "{reason}");
}

#[tokio::test]
async fn i4_the_log_keeps_sixteen_kibibytes_and_says_so() {
    let run = run_within(guests::ENDLESS_LOG, unhurried(), nothing()).await;
    let bytes: usize = run.log.lines().iter().map(|line| line.message.len()).sum();
    assert_eq!((bytes, run.log.is_truncated()), (16 << 10, true));
}

#[tokio::test]
async fn i4_one_bad_run_leaves_the_next_alone() {
    let echo = load(guests::ECHO, unhurried());
    for bad in [guests::TRAPS, guests::PANICS, guests::RECURSES, guests::EATS_MEMORY, guests::ENDLESS_LOOP] {
        let bad = load(bad, unhurried());
        assert_ne!(run(&bad, request(nothing())).await.outcome, Outcome::Ok);
        assert_eq!(run(&echo, request(json!({"slugs": ["a"]}))).await.slugs, ["a"]);
    }
}

#[tokio::test]
async fn i4_both_worlds_are_bounded() {
    let endless = || json!({"endless": true});
    let run = run_within(guests::ASYNC_WORLD, unhurried(), endless()).await;
    assert_eq!((run.outcome, run.fuel), (Outcome::OutOfFuel { limit: 10_000_000 }, 10_000_000));
    let limits = Limits { fuel: u64::MAX, deadline: Duration::from_millis(50), ..Limits::default() };
    let late = run_within(guests::ASYNC_WORLD, limits, endless()).await;
    assert_eq!(late.outcome, Outcome::Deadline { limit: Duration::from_millis(50) });
}

#[tokio::test]
async fn i4_a_slow_workflow_keeps_nobody_else_waiting() {
    let quick = load(guests::ECHO, unhurried());
    for (slow, claims) in [(guests::ENDLESS_LOOP, nothing()), (guests::ASYNC_WORLD, json!({"endless": true}))] {
        let slow = load(slow, Limits { fuel: u64::MAX, deadline: Duration::from_secs(1), ..Limits::default() });
        // On one thread: had the first kept it, the second would not have been begun before the first ended.
        let first = tokio::select! {
            biased;
            late = run(&slow, request(claims)) => late,
            done = run(&quick, request(json!({"slugs": ["a"]}))) => done,
        };
        assert_eq!((first.outcome, first.slugs), (Outcome::Ok, vec!["a".to_owned()]));
    }
}
