//! A thread that decides often runs workflows on an engine and code of its own. Nobody can tell that from what all threads have in
//! common.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use usher_sandbox::yardstick::{has_own, settle};
use usher_sandbox::{ArtifactFolder, Limits, LogLine, NoLookups, Outcome, Run, Sandbox, SandboxConfig, Workflow};
use usher_tests::guests;
use usher_tests::hostile::Expected;

use crate::bare::GUESTS;
use crate::places::begin;
use crate::support::{Answers, HOSTILE, SANDBOX, evaluation, nothing, request, unhurried};

/// A sandbox with a lane, or the largest without.
fn sandbox(has_lane: bool, artifacts: Option<ArtifactFolder>) -> Sandbox {
    let config = SandboxConfig { concurrent_runs: if has_lane { 4 } else { 3 }, artifacts, ..SandboxConfig::default() };
    Sandbox::new(&config).unwrap()
}

/// Loads a guest into a sandbox. What one sandbox admits is good for all others.
fn guest(sandbox: &Sandbox, guest: &str, limits: Limits) -> Workflow {
    sandbox.load(&SANDBOX.admit(&fs::read(guest).unwrap()).verdict.unwrap(), limits).unwrap()
}

/// All of a run but how long it took.
fn told(run: &Run) -> (&Outcome, &[String], u64, usize, &[LogLine], usize) {
    (&run.outcome, &run.slugs, run.fuel, run.memory_bytes, run.log.lines(), run.lookups.len())
}

async fn echo(sandbox: &Sandbox, workflow: &Workflow) -> Run {
    sandbox.run(workflow, &mut evaluation(request(json!({"slugs": ["a"]})), &NoLookups)).await
}

#[tokio::test]
async fn a_thread_that_asks_often_gets_them() {
    let folder = tempfile::tempdir().unwrap();
    for artifacts in [None, Some(ArtifactFolder::new(folder.path(), [7; 32]))] {
        let sandbox = sandbox(true, artifacts);
        let workflow = guest(&sandbox, guests::ECHO, unhurried());
        let gives_up = Instant::now() + Duration::from_secs(60);
        let mut asked = 0;
        while !has_own(&sandbox, &workflow) {
            assert_eq!(echo(&sandbox, &workflow).await.slugs, ["a"]);
            assert!(Instant::now() < gives_up, "asked {asked} times");
            asked += 1;
        }
        assert!(asked >= 64, "after {asked} times");
        assert_eq!(echo(&sandbox, &workflow).await.slugs, ["a"]);
    }
}

#[tokio::test]
async fn every_guest_does_the_same_there() {
    let [common, own] = [false, true].map(|has_lane| sandbox(has_lane, None));
    for path in GUESTS {
        let [in_common, alone] =
            [&common, &own].map(|sandbox| guest(sandbox, path, Limits { fuel: 100_000_000, ..unhurried() }));
        for claims in [nothing(), json!({"slugs": ["a", "é"], "token": "t", "key": "k", "log": "line"})] {
            let ask = async |sandbox: &Sandbox, workflow| {
                let host = Answers { custom_data: Some(Ok("{}".to_owned())), ..Answers::default() };
                sandbox.run(workflow, &mut evaluation(request(claims.clone()), &host)).await
            };
            let expected = ask(&common, &in_common).await;
            let first = ask(&own, &alone).await;
            assert!(settle(&own, &alone) && !settle(&common, &in_common), "{path}");
            let then = ask(&own, &alone).await;
            assert_eq!(told(&first), told(&expected), "{path}");
            assert_eq!(told(&then), told(&expected), "{path}");
        }
    }
}

#[tokio::test]
async fn i4_what_means_harm_fares_the_same_there() {
    let [common, own] = [false, true].map(|has_lane| sandbox(has_lane, None));
    let mut compared = 0;
    for (hostile, admitted) in HOSTILE.iter() {
        // Where it ends by the clock is the machine's affair.
        let is_comparable = !matches!(hostile.expected, Expected::Fails("deadline", _));
        let Some(artifact) = admitted.as_ref().ok().filter(|_| is_comparable) else { continue };
        let limits = Limits { fuel: 1_000_000, ..unhurried() };
        let [in_common, alone] = [&common, &own].map(|sandbox| sandbox.load(artifact, limits.clone()).unwrap());
        let ask = async |sandbox: &Sandbox, workflow| {
            sandbox.run(workflow, &mut evaluation(request(nothing()), &NoLookups)).await
        };
        let expected = ask(&common, &in_common).await;
        ask(&own, &alone).await;
        if settle(&own, &alone) {
            assert_eq!(told(&ask(&own, &alone).await), told(&expected), "{}", hostile.name);
            compared += 1;
        }
    }
    assert!(compared > 60, "most are modules: {compared}");
}

#[tokio::test]
async fn a_place_is_there_for_as_long_as_it_is_quick() {
    let sandbox = sandbox(true, None);
    let endless = Limits { fuel: u64::MAX, deadline: Duration::from_secs(60), ..Limits::default() };
    let quick = guest(&sandbox, guests::ECHO, unhurried());
    let slow = guest(&sandbox, guests::ENDLESS_LOOP, Limits { deadline: Duration::from_millis(50), ..endless.clone() });
    let others = [guests::ASYNC_WORLD; 2].map(|other| guest(&sandbox, other, endless.clone()));
    for workflow in [&quick, &slow] {
        sandbox.run(workflow, &mut evaluation(request(nothing()), &NoLookups)).await;
        assert!(settle(&sandbox, workflow));
    }
    // The three places that are nobody's.
    let all = [0, 0, 1].map(|other| begin(&sandbox, &others[other]));
    assert_eq!(sandbox.free_places(), 0);
    assert_eq!(echo(&sandbox, &quick).await.slugs, ["a"]);
    // What is slow is begun anew where nobody waits behind it, and needs a place there.
    let run = async |workflow| sandbox.run(workflow, &mut evaluation(request(nothing()), &NoLookups)).await;
    assert_eq!(run(&slow).await.outcome.kind(), "unavailable");
    drop(all);
    assert_eq!(run(&slow).await.outcome, Outcome::Deadline { limit: Duration::from_millis(50) });
}

#[tokio::test]
async fn what_is_kept_no_longer_runs_in_common() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = sandbox(true, Some(ArtifactFolder::new(folder.path(), [7; 32])));
    let workflow = guest(&sandbox, guests::ECHO, unhurried());
    assert_eq!(echo(&sandbox, &workflow).await.slugs, ["a"]);
    let file = folder.path().join(sandbox.host_key()).join(&**workflow.digest());
    fs::remove_file(&file).unwrap();
    for content in [None, Some("no code")] {
        // What is mapped is of the file that had the name.
        content.into_iter().for_each(|content| fs::write(&file, content).unwrap());
        assert!(!settle(&sandbox, &workflow), "{content:?}");
        assert_eq!(echo(&sandbox, &workflow).await.slugs, ["a"], "{content:?}");
    }
}

#[tokio::test]
async fn decisions_go_on_while_threads_come_and_go() {
    let sandbox = Arc::new(sandbox(true, None));
    let workflow = guest(&sandbox, guests::ECHO, unhurried());
    assert_eq!(echo(&sandbox, &workflow).await.slugs, ["a"]);
    for _ in 0..3 {
        let (sandbox, workflow) = (Arc::clone(&sandbox), workflow.clone());
        let thread = std::thread::spawn(move || {
            assert!(settle(&sandbox, &workflow), "the one before has left its lane");
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            assert_eq!(runtime.block_on(echo(&sandbox, &workflow)).slugs, ["a"]);
        });
        thread.join().unwrap();
    }
}

/// Runs workflows one after the other in one decision.
async fn decide(sandbox: &Sandbox, workflows: &[&Workflow], claims: &Value) -> Vec<Run> {
    let host = Answers { custom_data: Some(Ok("{}".to_owned())), ..Answers::default() };
    let mut evaluation = evaluation(request(claims.clone()), &host);
    let mut runs = Vec::new();
    for (others, workflow) in (0..workflows.len()).rev().zip(workflows) {
        evaluation.share_with(u32::try_from(others).unwrap());
        runs.push(sandbox.run(workflow, &mut evaluation).await);
    }
    runs
}

#[tokio::test]
async fn i3_workflows_of_one_decision_do_not_notice_each_other() {
    let own = sandbox(true, None);
    let limits = Limits { fuel: 1_000_000, ..unhurried() };
    let harmful = HOSTILE.iter().filter(|(hostile, _)| !matches!(hostile.expected, Expected::Fails("deadline", _)));
    let harmful = harmful.filter_map(|(_, admitted)| admitted.as_ref().ok());
    let mut workflows: Vec<_> = harmful.map(|artifact| own.load(artifact, limits.clone()).unwrap()).collect();
    workflows.extend(GUESTS.iter().map(|path| guest(&own, path, Limits { fuel: 100_000_000, ..unhurried() })));
    let claims = json!({"slugs": ["a"], "token": "t", "key": "k", "log": "line"});
    let (mut expected, mut settled) = (Vec::new(), 0);
    for workflow in &workflows {
        expected.extend(decide(&own, &[workflow], &claims).await);
        settled += usize::from(settle(&own, workflow));
    }
    assert!(settled > 60, "most are modules: {settled}");
    // Twice each, so that there are two of the same in one decision as well, and far more than may stay.
    let twice: Vec<_> = workflows.iter().flat_map(|workflow| [workflow; 2]).collect();
    for (index, run) in decide(&own, &twice, &claims).await.iter().enumerate() {
        assert_eq!(told(run), told(&expected[index / 2]), "number {index}");
    }
}

#[tokio::test]
async fn a_decision_may_have_any_number_of_workflows() {
    let own = sandbox(true, None);
    let echo = guest(&own, guests::ECHO, unhurried());
    let claims = json!({"slugs": ["a"]});
    decide(&own, &[&echo], &claims).await;
    assert!(settle(&own, &echo));
    for workflows in [31, 32, 33, 300] {
        for run in decide(&own, &vec![&echo; workflows], &claims).await {
            assert_eq!(run.slugs, ["a"], "of {workflows}: {:?}", run.outcome);
        }
    }
}

#[tokio::test]
async fn decisions_may_be_left_waiting_between_two_workflows() {
    let own = Sandbox::new(&SandboxConfig { concurrent_runs: 8, ..SandboxConfig::default() }).unwrap();
    let workflow = guest(&own, guests::ECHO, unhurried());
    echo(&own, &workflow).await;
    assert!(settle(&own, &workflow));
    let mut waiting: Vec<_> =
        std::iter::repeat_with(|| evaluation(request(json!({"slugs": ["a"]})), &NoLookups)).take(100).collect();
    for _ in 0..3 {
        for evaluation in &mut waiting {
            evaluation.share_with(1);
            assert_eq!(own.run(&workflow, evaluation).await.slugs, ["a"]);
        }
    }
    // They go on elsewhere, too, in another lane.
    std::thread::scope(|scope| {
        scope.spawn(|| {
            assert!(settle(&own, &workflow));
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            for mut evaluation in waiting {
                assert_eq!(runtime.block_on(own.run(&workflow, &mut evaluation)).slugs, ["a"]);
            }
        });
    });
    assert_eq!(echo(&own, &workflow).await.slugs, ["a"]);
}
