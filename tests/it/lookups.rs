//! Look-ups reach the host once per question and decision, and are bounded in number and time.

use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::json;
use usher_sandbox::{Found, Limits, Outcome};
use usher_tests::guests;

use crate::support::{Answers, SANDBOX, evaluation, load, request, run_with, unhurried};

#[tokio::test]
async fn every_look_up_reaches_the_host() {
    let workflow = load(guests::LOOKUPS, unhurried());
    let run = run_with(&workflow, request(json!({"all": true})), &Answers::default()).await;
    assert_eq!((run.outcome, run.slugs.join(" ")), (Outcome::Ok, "plan rejected sources-1 targets-0 north".to_owned()));
    let questions: Vec<_> = run.lookups.iter().map(|lookup| (lookup.question.as_str(), lookup.found)).collect();
    let expected = [
        ("custom-data plan", Found::Something),
        ("resolve-jwt", Found::Nothing),
        ("linked-sources", Found::Something),
        ("linked-targets", Found::Nothing),
    ];
    assert_eq!(questions, expected);
}

#[tokio::test]
async fn a_run_may_make_32_look_ups_and_not_one_more() {
    let workflow = load(guests::LOOKUPS, unhurried());
    let answers = Answers { custom_data: Some(Ok("7".to_owned())), ..Answers::default() };
    let within = run_with(&workflow, request(json!({"times": 32})), &answers).await;
    assert_eq!((within.outcome, within.slugs.len(), within.lookups.len()), (Outcome::Ok, 32, 32));
    assert_eq!(answers.asked.load(Ordering::Relaxed), 32);
    let over = run_with(&workflow, request(json!({"times": 33})), &answers).await;
    let Outcome::Refused { reason } = over.outcome else { panic!("{over:?}") };
    assert!(reason.contains("a workflow may make 32 look-ups in one decision"), "{reason}");
}

#[tokio::test]
async fn fuel_does_not_depend_on_whether_an_answer_was_at_hand() {
    let workflow = load(guests::LOOKUPS, unhurried());
    let answers = Answers { custom_data: Some(Ok("7".to_owned())), ..Answers::default() };
    let one = run_with(&workflow, request(json!({"times": 3})), &answers).await;
    let two = run_with(&workflow, request(json!({"times": 3})), &answers).await;
    assert_eq!((one.fuel, one.slugs), (two.fuel, two.slugs));
}

#[tokio::test]
async fn a_host_that_fails_or_hangs_is_an_answer_too() {
    let workflow = load(guests::LOOKUPS, Limits { lookup_deadline: Duration::from_millis(20), ..unhurried() });
    let failing = Answers { custom_data: Some(Err("the database is gone".to_owned())), ..Answers::default() };
    let stuck = Answers { is_stuck: true, ..Answers::default() };
    for (host, words) in [(failing, "the database is gone"), (stuck, "no answer within 20ms")] {
        let run = run_with(&workflow, request(json!({"times": 1})), &host).await;
        let Outcome::Refused { reason } = run.outcome else { panic!("{run:?}") };
        assert!(reason.contains(words), "{reason}");
        assert_eq!(run.lookups.first().map(|lookup| lookup.found), Some(Found::Unavailable));
    }
}

#[tokio::test]
async fn a_workflow_that_waits_too_often_runs_past_its_deadline() {
    let limits =
        Limits { deadline: Duration::from_millis(50), lookup_deadline: Duration::from_millis(20), ..unhurried() };
    let stuck = Answers { is_stuck: true, ..Answers::default() };
    let run = run_with(&load(guests::LOOKUPS, limits), request(json!({"times": 32, "patient": true})), &stuck).await;
    assert_eq!(run.outcome, Outcome::Deadline { limit: Duration::from_millis(50) });
    assert!(run.elapsed >= Duration::from_millis(50) && stuck.asked.load(Ordering::Relaxed) <= 3, "{run:?}");
}

#[tokio::test]
async fn workflows_of_one_decision_share_answers_and_not_failures() {
    let workflow = load(guests::LOOKUPS, unhurried());
    let answers = Answers { custom_data: Some(Ok("7".to_owned())), failures: 1.into(), ..Answers::default() };
    let mut evaluation = evaluation(request(json!({"times": 1})), &answers);
    let first = SANDBOX.run(&workflow, &mut evaluation).await;
    assert_eq!(first.outcome.kind(), "refused", "{first:?}");
    for asked in [2, 2] {
        let next = SANDBOX.run(&workflow, &mut evaluation).await;
        assert_eq!((next.outcome, next.slugs), (Outcome::Ok, vec!["value-7".to_owned()]));
        assert_eq!(answers.asked.load(Ordering::Relaxed), asked);
    }
}
