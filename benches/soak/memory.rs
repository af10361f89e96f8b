//! Whether a process that made millions of decisions holds more than after its first thousands, whatever workflows do.

use std::sync::Arc;

use tokio::runtime::Runtime;
use usher_host::{AccessRequest, AdmissionWorker, Catalog, Host, Limits, Release};
use usher_tests::{guests, jobs};

use crate::now::now;
use crate::sandbox::SANDBOX;

/// Decisions before the first look, and before the last.
const EARLY: u32 = 10_000;
const LATE: u32 = 5_000_000;
/// One decision of so many is also about a workflow that takes all the memory it can get, which takes its time.
const HUNGRY: u32 = 1_000;
/// By how much the two looks may differ.
const TOLERANCE: f64 = 0.05;

/// Breakers would keep the broken ones out.
const CATALOG: &str = r#"
[plans.static]
assign = ["authenticated"]
[workflows.traps]
breaker = false
[workflows.panics]
breaker = false
[workflows.hungry]
breaker = false
"#;

pub(crate) fn measure(runtime: &Runtime) {
    let broken = [("tier", jobs::TIER), ("traps", guests::TRAPS), ("panics", guests::PANICS)];
    let (broken, hungry) = (host(runtime, &broken), host(runtime, &[("hungry", guests::EATS_MEMORY)]));
    let request = AccessRequest::from_json(br#"{"identity": {"userIdentifier": "reader-1"}}"#);
    let request = request.expect("the body is of the right shape");
    let decide = |host: &Host, failing| {
        let decision = now(host.decide(&request)).expect("the user is named");
        assert!(decision.holds("static"), "the static plan is there");
        assert_eq!(decision.degraded().len(), failing, "those fail that are made to");
    };
    let decisions = |numbers: std::ops::Range<u32>| {
        for number in numbers {
            decide(&broken, 2);
            if number % HUNGRY == 0 {
                decide(&hungry, 1);
            }
        }
    };
    decisions(0..EARLY);
    let early = resident_bytes();
    decisions(EARLY..LATE);
    let late = resident_bytes();
    let ratio = ratio(late, early);
    println!("memory: {} MiB after {EARLY} decisions, {} MiB after {LATE}: {ratio:.3} times", early >> 20, late >> 20);
    assert!((ratio - 1.0).abs() <= TOLERANCE, "memory is flat");
}

/// A host whose release has these workflows. Whatever compiling takes is taken elsewhere, as it is for a server.
fn host(runtime: &Runtime, workflows: &[(&str, &str)]) -> Host {
    let worker = AdmissionWorker::this_program();
    let release = Release::new(1, Catalog::parse(CATALOG).expect("the catalog is valid")).expect("it has no keys");
    let release = workflows.iter().fold(release, |release, (slug, wasm)| {
        let wasm = std::fs::read(wasm).expect("the guests are built");
        let admission = runtime.block_on(worker.admit(&wasm)).expect("there is a verdict");
        let artifact = admission.verdict.expect("the guest is admitted");
        release.with_workflow(*slug, SANDBOX.load(&artifact, Limits::default()).expect("the guest loads"))
    });
    Host::new(Arc::clone(&SANDBOX), release)
}

/// What the kernel says that this process has in memory.
fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells what a process holds");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it names the resident set");
    let kibibytes = line.trim().trim_end_matches(" kB").parse::<u64>().expect("it is a number");
    kibibytes << 10
}

#[expect(clippy::as_conversions, reason = "a ratio need not be exact")]
fn ratio(late: u64, early: u64) -> f64 {
    late as f64 / early as f64
}
