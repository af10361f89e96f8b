//! How often a decision asks for memory. The numbers are exact: whoever changes one has to mean it.

use std::sync::Arc;

use allocation_counter::measure;
use usher_host::{AccessRequest, Catalog, Host, Release, Sandbox, SandboxConfig};
use usher_sandbox::yardstick::settle;
use usher_tests::newsroom;

use crate::support::{SANDBOX, unhurried};

const CATALOG: &str = include_str!("../../examples/newsroom/catalog.toml");
/// As an edge sends one for a visitor with an account.
const BODY: &[u8] = include_bytes!("access-check.json");

/// The first numbers are of a decision on what all threads have in common, the second of one on what the thread has of its own.
#[track_caller]
fn check(workflows: usize, expected: [[u64; 3]; 2]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let sandbox = Sandbox::new(&SandboxConfig { concurrent_runs: 4, ..SandboxConfig::default() }).unwrap();
    let artifact = SANDBOX.admit(&std::fs::read(newsroom::MEMBERSHIP).unwrap()).verdict.unwrap();
    let membership = sandbox.load(&artifact, unhurried()).unwrap();
    let mut release = Release::new(1, Catalog::parse(CATALOG).unwrap()).unwrap();
    for number in 0..workflows {
        release = release.with_workflow(format!("membership-{number}"), membership.clone());
    }
    let host = Host::new(Arc::new(sandbox), release);

    let mut made = Vec::new();
    // What is set up once in a process or a thread is set up in the first two. The third is made on what all threads have in common,
    // the others on the thread's own.
    for _ in 0..5 {
        let (mut access, mut decided, mut text) = (None, None, None);
        made.push([
            measure(|| access = Some(AccessRequest::from_json(BODY).unwrap())).count_total,
            measure(|| decided = Some(runtime.block_on(host.decide_owned(access.take().unwrap())).unwrap()))
                .count_total,
            measure(|| text = Some(decided.as_ref().unwrap().answer().to_json())).count_total,
        ]);
        assert!(decided.unwrap().degraded().is_empty());
        if made.len() == 3 {
            assert_eq!(settle(host.sandbox(), &membership), workflows > 0);
        }
    }
    assert_eq!([made[2], made[4]], expected, "of the request, the decision and its answer");
}

#[test]
fn a_static_decision_allocates_so_often() {
    check(0, [[10, 21, 1], [10, 21, 1]]);
}

#[test]
fn a_decision_with_one_workflow_allocates_so_often() {
    check(1, [[10, 38, 1], [10, 38, 1]]);
}

#[test]
fn ten_workflows_allocate_no_more_often_than_ten_times_one() {
    check(10, [[10, 182, 1], [10, 88, 1]]);
}
