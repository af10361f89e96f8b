//! Twins: every workflow of the newsroom is there in Rust and in TypeScript, and both give the same answers.

mod requests;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use usher_tests::newsroom;

use crate::node::{succeed, typescript_sdk};
use crate::usher::{text, usher};

/// Requests that are made up for each pair.
const REQUESTS: usize = 2_000;

/// What a workflow answers to each of these requests.
fn answers(module: &str, requests: &[Value]) -> Vec<Value> {
    let mut lines = String::new();
    for request in requests {
        writeln!(lines, "{request}").unwrap();
    }
    let mut child = usher(&["run", module, "--request", "-", "--deadline-ms", "10000"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let feeder = std::thread::spawn(move || stdin.write_all(lines.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What is the same in both languages. The words of a refusal are the author's.
fn outcome(answer: &Value) -> (&Value, &Value) {
    (&answer["outcome"], &answer["slugs"])
}

#[track_caller]
fn check_twins(name: &str, rust: &str) {
    let Some(sdk) = typescript_sdk() else { return };
    let folder = tempfile::tempdir().unwrap();
    let newsroom = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/newsroom/workflows")).join(name);
    let typescript = folder.path().join("workflow.wasm");
    let build = ["build", &text(&newsroom.join("workflow.ts")), "--out", &text(&typescript)];
    succeed(Command::new("node").arg(sdk.join("src/cli.js")).args(build));

    let cases = std::fs::read_to_string(newsroom.join("cases.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&cases).unwrap();
    let mut requests: Vec<_> = cases.iter().map(|case| case["request"].clone()).collect();
    requests.extend(requests::made_up(REQUESTS));
    let (one, other) = (answers(rust, &requests), answers(&text(&typescript), &requests));
    assert_eq!((one.len(), other.len()), (requests.len(), requests.len()));
    for (case, answer) in cases.iter().zip(&one) {
        assert_eq!(outcome(answer), (&case["outcome"], &case["slugs"]), "{case}: {answer}");
    }
    for ((one, other), request) in one.iter().zip(&other).zip(&requests) {
        assert_eq!(outcome(one), outcome(other), "{request}\n{one}\n{other}");
    }
    // Requests that never meet a rule would compare nothing.
    let granted = one.iter().filter(|answer| answer["slugs"] != json!([])).count();
    assert!(granted * 50 >= requests.len(), "{granted} of {} requests were granted anything", requests.len());
}

#[test]
fn campaign_is_the_same_in_both_languages() {
    check_twins("campaign", newsroom::CAMPAIGN);
}

#[test]
fn crawlers_is_the_same_in_both_languages() {
    check_twins("crawlers", newsroom::CRAWLERS);
}

#[test]
fn device_is_the_same_in_both_languages() {
    check_twins("device", newsroom::DEVICE);
}

#[test]
fn experiment_is_the_same_in_both_languages() {
    check_twins("experiment", newsroom::EXPERIMENT);
}

#[test]
fn happy_hour_is_the_same_in_both_languages() {
    check_twins("happy-hour", newsroom::HAPPY_HOUR);
}

#[test]
fn legal_geography_is_the_same_in_both_languages() {
    check_twins("legal-geography", newsroom::LEGAL_GEOGRAPHY);
}

#[test]
fn membership_is_the_same_in_both_languages() {
    check_twins("membership", newsroom::MEMBERSHIP);
}

#[test]
fn trial_is_the_same_in_both_languages() {
    check_twins("trial", newsroom::TRIAL);
}
