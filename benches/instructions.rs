//! How many instructions a decision takes, whatever else the machine is doing: the host's own part of an access check, step by
//! step, and what a workflow takes to be told a request and to answer. More than a twentieth over what is written here fails;
//! whoever changes a number has to mean it.
//!
//! Wants Valgrind, and `gungraun-runner` of the version in `Cargo.lock`. Making an instance and cleaning it is the kernel's part
//! as much as ours, and is measured in time.
#![expect(clippy::expect_used, reason = "a benchmark fails by panicking")]
#![expect(
    missing_docs,
    unused_qualifications,
    clippy::exit,
    clippy::disallowed_methods,
    reason = "of what the macros make"
)]

#[path = "jobs/record.rs"]
#[expect(dead_code, unreachable_pub, reason = "others who measure take all of it")]
mod record;
#[path = "jobs/told.rs"]
mod told;

use std::hint::black_box;
use std::sync::Arc;

use gungraun::prelude::*;
use gungraun::{Callgrind, EventKind};
use tokio::runtime::{Builder, Runtime};
use usher_host::{AccessRequest, Catalog, Decision, Host, Release};
use usher_sandbox::request::Request;
use usher_sandbox::yardstick::Reused;
use usher_sandbox::{Limits, Sandbox, SandboxConfig};
use usher_tests::jobs;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CATALOG: &str = include_str!("../examples/newsroom/catalog.toml");
/// As an edge sends one for a visitor with an account.
const BODY: &[u8] = include_bytes!("../tests/it/access-check.json");

/// At most a twentieth more than this.
fn about(instructions: u64) -> LibraryBenchmarkConfig {
    let most = instructions + instructions / 20;
    let mut config = LibraryBenchmarkConfig::default();
    config.tool(Callgrind::default().hard_limits([(EventKind::Ir, most)]));
    config
}

/// A host with the newsroom's catalog, and time for it to run in.
struct Door {
    host: Host,
    runtime: Runtime,
}

/// A door that has been asked before: what is set up once is set up.
fn door() -> Door {
    let runtime = Builder::new_current_thread().enable_time().build().expect("this machine can wait");
    let catalog = Catalog::parse(CATALOG).expect("the newsroom's catalog is valid");
    let release = Release::new(1, catalog).expect("its keys are keys");
    let door = Door { host: Host::new(Arc::new(sandbox()), release), runtime };
    drop(written(&decided(&door, request())));
    door
}

/// A small one: Valgrind has less address space to give than the machine.
fn sandbox() -> Sandbox {
    let config = SandboxConfig { concurrent_runs: 1, ..SandboxConfig::default() };
    Sandbox::new(&config).expect("this machine can sandbox")
}

/// An instance that has answered before, and what it is asked next. Its sandbox is there for as long as it is.
fn asked() -> (Reused, Request, Sandbox) {
    let sandbox = sandbox();
    let wasm = std::fs::read(jobs::TIER).expect("the jobs are built");
    let artifact = sandbox.admit(&wasm).verdict.expect("the job is admitted");
    let workflow = sandbox.load(&artifact, Limits::default()).expect("the job loads");
    let mut instance = Reused::new(&workflow).expect("the job starts");
    let mut requests = record::cases().into_iter().map(|case| told::told(case.request));
    let (first, next) = requests.next().zip(requests.next()).expect("there are requests");
    drop(instance.ask(&first).expect("the job answers"));
    (instance, next, sandbox)
}

fn request() -> AccessRequest {
    AccessRequest::from_json(black_box(BODY)).expect("the body is of the right shape")
}

fn decided(Door { host, runtime }: &Door, request: AccessRequest) -> Decision {
    runtime.block_on(host.decide_owned(black_box(request))).expect("the user is named")
}

fn written(decision: &Decision) -> Vec<u8> {
    black_box(decision).answer().to_json()
}

#[library_benchmark(config = about(11_450))]
#[bench::newsroom(door())]
fn read(door: Door) -> (AccessRequest, Door) {
    (request(), door)
}

#[library_benchmark(config = about(12_500))]
#[bench::newsroom((door(), request()))]
fn decide((door, request): (Door, AccessRequest)) -> (Decision, Door) {
    (decided(&door, request), door)
}

#[library_benchmark(config = about(4_860))]
#[bench::newsroom(decided(&door(), request()))]
fn answer(decision: Decision) -> (Vec<u8>, Decision) {
    (written(&decision), decision)
}

// What is not making an instance and cleaning it: the request goes in, the workflow decides, its answer comes out.
#[library_benchmark(config = about(14_100))]
#[bench::tier(asked())]
fn ask((mut instance, request, sandbox): (Reused, Request, Sandbox)) -> (Vec<String>, Reused, Sandbox) {
    (instance.ask(black_box(&request)).expect("the job answers"), instance, sandbox)
}

library_benchmark_group!(name = host_part, benchmarks = [read, decide, answer]);
library_benchmark_group!(name = workflows_part, benchmarks = ask);

main!(library_benchmark_groups = host_part, workflows_part);
