//! Back-pressure: one slow workflow leaves places to others, and nobody waits for a place longer than their share.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use serde_json::{Value, json};
use usher_host::{AccessRequest, Catalog, FailureKind, Host, Release};
use usher_sandbox::{Limits, NoLookups, Outcome, Run, Sandbox, SandboxConfig, Workflow};
use usher_tests::guests;

use crate::support::{evaluation, nothing, request, unhurried};

const MINUTE: Duration = Duration::from_secs(60);

fn sandbox(concurrent_runs: u32, concurrent_runs_of_one_workflow: Option<u32>) -> Sandbox {
    let config = SandboxConfig { concurrent_runs, concurrent_runs_of_one_workflow, ..SandboxConfig::default() };
    Sandbox::new(&config).unwrap()
}

fn load(sandbox: &Sandbox, guest: &str, limits: Limits) -> Workflow {
    let artifact = sandbox.admit(&std::fs::read(guest).unwrap()).verdict.unwrap();
    sandbox.load(&artifact, limits).unwrap()
}

/// A run that has a place in the pool, and keeps it until it is dropped.
pub(crate) fn begin<'a>(sandbox: &'a Sandbox, workflow: &'a Workflow) -> Pin<Box<dyn Future<Output = Run> + 'a>> {
    let mut run: Pin<Box<dyn Future<Output = Run>>> = Box::pin(async move {
        let mut evaluation = evaluation(request(json!({"endless": true})), &NoLookups);
        sandbox.run(workflow, &mut evaluation).await
    });
    assert!(run.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    run
}

/// A run that waits for a place no longer than this.
async fn run(sandbox: &Sandbox, workflow: &Workflow, claims: Value, patience: Duration) -> Run {
    let mut evaluation = evaluation(request(claims), &NoLookups);
    // Its share of a minute.
    evaluation.share_with(u32::try_from(MINUTE.as_micros() / patience.as_micros()).unwrap());
    sandbox.run(workflow, &mut evaluation).await
}

#[tokio::test]
async fn a_slow_workflow_leaves_places_to_others() {
    let sandbox = sandbox(4, None);
    let slow = load(&sandbox, guests::ASYNC_WORLD, Limits { fuel: u64::MAX, deadline: MINUTE, ..Limits::default() });
    let quick = load(&sandbox, guests::ECHO, unhurried());
    let short = Duration::from_millis(20);
    // Just below the cap, it still has a place, and at the cap it has not, though half of the pool is free.
    let one = begin(&sandbox, &slow);
    assert_eq!(run(&sandbox, &slow, nothing(), short).await.outcome, Outcome::Ok);
    let two = begin(&sandbox, &slow);
    let Outcome::Unavailable { reason } = run(&sandbox, &slow, nothing(), short).await.outcome else {
        panic!("a place")
    };
    assert!(reason.contains("every place that one workflow may have"), "{reason}");
    assert_eq!(run(&sandbox, &quick, json!({"slugs": ["a"]}), short).await.slugs, ["a"]);
    drop((one, two));
    assert_eq!(run(&sandbox, &slow, nothing(), short).await.outcome, Outcome::Ok);
}

#[tokio::test]
async fn a_cap_can_be_set() {
    let sandbox = sandbox(4, Some(3));
    let slow = load(&sandbox, guests::ASYNC_WORLD, Limits { fuel: u64::MAX, deadline: MINUTE, ..Limits::default() });
    let _two = [begin(&sandbox, &slow), begin(&sandbox, &slow)];
    let short = Duration::from_millis(20);
    assert_eq!(run(&sandbox, &slow, nothing(), short).await.outcome, Outcome::Ok);
    let _third = begin(&sandbox, &slow);
    assert_eq!(run(&sandbox, &slow, nothing(), short).await.outcome.kind(), "unavailable");
}

/// The clock of the waits stands still but for them, so that they are exact.
#[tokio::test(start_paused = true)]
async fn a_run_waits_for_its_place_for_its_share_of_the_decision() {
    let sandbox = sandbox(1, None);
    let endless = || Limits { fuel: u64::MAX, deadline: MINUTE, ..Limits::default() };
    let (slow, other) = (load(&sandbox, guests::ASYNC_WORLD, endless()), load(&sandbox, guests::ECHO, unhurried()));
    let busy = begin(&sandbox, &slow);
    for (others, share) in [(0, MINUTE), (1, MINUTE / 2), (3, MINUTE / 4)] {
        let mut evaluation = evaluation(request(nothing()), &NoLookups);
        evaluation.share_with(others);
        let began = tokio::time::Instant::now();
        let Outcome::Unavailable { reason } = sandbox.run(&other, &mut evaluation).await.outcome else {
            panic!("a place")
        };
        assert!(reason.starts_with("every instance of the sandbox was in use"), "{reason}");
        let waited = began.elapsed();
        assert!(waited <= share + Duration::from_millis(1) && waited > share / 2, "{waited:?} of {share:?}");
    }
    // One whose own deadline is shorter waits no longer than that.
    let hurried = load(&sandbox, guests::ECHO, Limits { deadline: Duration::from_secs(1), ..Limits::default() });
    let began = tokio::time::Instant::now();
    assert_eq!(run(&sandbox, &hurried, nothing(), MINUTE).await.outcome.kind(), "unavailable");
    assert!(began.elapsed() <= Duration::from_millis(1_001), "{:?}", began.elapsed());
    drop(busy);
    assert_eq!(run(&sandbox, &other, json!({"slugs": ["a"]}), MINUTE).await.slugs, ["a"]);
}

#[tokio::test(start_paused = true)]
async fn what_a_run_waits_for_its_place_is_not_of_the_time_it_may_run() {
    let sandbox = Arc::new(sandbox(1, None));
    let endless = Limits { fuel: u64::MAX, deadline: MINUTE, ..Limits::default() };
    let slow = load(&sandbox, guests::ASYNC_WORLD, endless);
    let quick = load(&sandbox, guests::ECHO, Limits { deadline: Duration::from_secs(10), ..Limits::default() });
    let busy = begin(&sandbox, &slow);
    let waiting = run(&sandbox, &quick, json!({"slugs": ["a"]}), MINUTE);
    let (run, ()) = tokio::join!(waiting, async {
        tokio::time::advance(Duration::from_secs(9)).await;
        drop(busy);
    });
    assert_eq!((run.outcome, run.slugs), (Outcome::Ok, vec!["a".to_owned()]));
}

#[tokio::test]
async fn i5_a_full_pool_costs_a_workflow_its_step_and_no_error() {
    let sandbox = Arc::new(sandbox(1, None));
    let slow = load(&sandbox, guests::ASYNC_WORLD, Limits { fuel: u64::MAX, deadline: MINUTE, ..Limits::default() });
    let hurried = Limits { deadline: Duration::from_millis(20), ..Limits::default() };
    let catalog = "[plans.basic]\n[workflows.w.on-failure]\nnot-loaded = { fallback-plans = ['basic'] }\n";
    let release = Release::new(1, Catalog::parse(catalog).unwrap()).unwrap();
    let release = release.with_workflow("w", load(&sandbox, guests::ECHO, hurried));
    let host = Host::new(Arc::clone(&sandbox), release).with_deadline(MINUTE);
    let busy = begin(&sandbox, &slow);
    for _ in 0..30 {
        let decision = host.decide(&AccessRequest::user("reader-1")).await.unwrap();
        assert_eq!(decision.plans().collect::<Vec<_>>(), ["basic"]);
        let report = &decision.workflows()[0];
        assert_eq!((report.run.outcome.kind(), report.failure.unwrap().kind), ("unavailable", FailureKind::NotLoaded));
    }
    drop(busy);
    // What had no place says nothing of the workflow: its breaker is closed.
    let decision = host.decide(&AccessRequest::user("reader-1")).await.unwrap();
    assert_eq!((decision.plans().count(), decision.degraded().len()), (0, 0));
}
