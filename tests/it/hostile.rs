//! I4: whatever a module does, it is refused or its run ends, as `tests/hostile` says, and nobody else notices.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::json;
use usher_sandbox::{Artifact, Limits, Outcome, Refusal, Workflow};
use usher_tests::guests;
use usher_tests::hostile::{Expected, corpus};

use crate::support::{HOSTILE, SANDBOX, load, nothing, request, run, unhurried};

/// What became of a module: the kind of its refusal or of its outcome, with all that is said of it, and its slugs.
struct Verdict {
    kind: String,
    says: String,
    slugs: Option<Vec<String>>,
}

async fn judge(admitted: &Result<Artifact, Refusal>) -> Verdict {
    let artifact = match admitted {
        Ok(artifact) => artifact,
        Err(refusal) => {
            return Verdict { kind: format!("refused as {}", refusal.kind()), says: refusal.to_string(), slugs: None };
        }
    };
    // Time enough for fuel to decide, but for what costs the host more than it is charged for.
    let limits = Limits { deadline: Duration::from_secs(5), ..Limits::default() };
    let run = run(&SANDBOX.load(artifact, limits).unwrap(), request(nothing())).await;
    let slugs = (run.outcome == Outcome::Ok).then_some(run.slugs);
    Verdict { kind: run.outcome.kind().to_owned(), says: run.outcome.to_string(), slugs }
}

/// What is wrong with what became of a module, if anything.
fn surprise(expected: Expected, verdict: &Verdict) -> Option<String> {
    let Verdict { kind, says, slugs } = verdict;
    let is_as_expected = match expected {
        Expected::Refused(refusal, words) => *kind == format!("refused as {refusal}") && says.contains(words),
        // Which of the two bounds ends an endless run is the machine's affair.
        Expected::Fails("out-of-fuel", _) => kind == "out-of-fuel" || kind == "deadline",
        Expected::Fails(outcome, words) => kind == outcome && says.contains(words),
        Expected::Answers(answer) => slugs.as_ref().is_some_and(|slugs| *slugs == answer),
    };
    (!is_as_expected).then(|| format!("expected {expected:?}, found {kind} {slugs:?}: {}", says.escape_debug()))
}

/// What every sandbox is for, whoever was in it before.
async fn still_answers(harmless: &Workflow) -> bool {
    run(harmless, request(json!({"slugs": ["a"]}))).await.slugs == ["a"]
}

#[tokio::test]
async fn i4_whatever_a_module_does_it_ends_as_foreseen_and_nobody_else_notices() {
    let harmless = load(guests::ECHO, unhurried());
    let mut surprises = Vec::new();
    for (hostile, admitted) in HOSTILE.iter() {
        let verdict = judge(admitted).await;
        surprises.extend(surprise(hostile.expected, &verdict).map(|what| format!("{}: {what}", hostile.name)));
        let told = verdict.says.len();
        if told > 2_000 {
            surprises.push(format!("{}: it makes the host say {told} bytes", hostile.name));
        }
        if verdict.says.contains(|letter: char| letter.is_control()) {
            surprises.push(format!("{}: it makes the host say {}", hostile.name, verdict.says.escape_debug()));
        }
        if !still_answers(&harmless).await {
            surprises.push(format!("{}: nobody else gets an answer after it", hostile.name));
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

/// The host's work for a workflow is paid for in fuel: no machine is so slow that the deadline has to end a flood of calls.
#[tokio::test]
async fn i4_a_flood_of_calls_of_the_host_ends_by_fuel() {
    let corpus = corpus();
    let floods = corpus.iter().filter(|hostile| hostile.name.starts_with("a-flood-of-"));
    for hostile in floods.filter(|hostile| hostile.expected == Expected::Fails("out-of-fuel", "")) {
        let artifact = SANDBOX.admit(&hostile.wasm()).verdict.unwrap();
        let run = run(&SANDBOX.load(&artifact, unhurried()).unwrap(), request(nothing())).await;
        assert_eq!(run.outcome, Outcome::OutOfFuel { limit: Limits::default().fuel }, "{}", hostile.name);
    }
}

#[test]
fn the_corpus_has_no_name_twice() {
    let corpus = corpus();
    let names: HashSet<_> = corpus.iter().map(|hostile| hostile.name).collect();
    assert_eq!(names.len(), corpus.len());
    assert!(corpus.len() >= 60, "{}", corpus.len());
}
