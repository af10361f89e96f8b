//! The cost of one safe decision: the two jobs of `benches/jobs`, each on eight requests in turn.
//!
//! - `native`: the same function compiled into this program, its claims parsed already: the floor
//! - `core_floor`: the least that could be called fresh, an empty core module from the same pool
//! - `reused`: one instance that answers again and again, which no production path does
//! - `fresh`: the production path of the sandbox, a fresh instance for every decision, all limits on
//! - `access_check`: the whole way in process, from the request's JSON to the answer's, with so many workflows

#![expect(clippy::expect_used, reason = "a benchmark fails by panicking")]

mod jobs;
#[path = "jobs/native.rs"]
mod native;
#[expect(dead_code, reason = "its own decision is for those who measure something else with it")]
mod newsroom;

use std::sync::{Arc, LazyLock};

use divan::{Bencher, black_box};
use jobs::told::told;
use jobs::{Job, in_turn, record};
use newsroom::{SANDBOX, now, workflow};
use serde_json::json;
use tokio::runtime::Runtime;
use usher_host::{AccessRequest, Catalog, Host, Release};
use usher_sandbox::request::Request;
use usher_sandbox::yardstick::{CoreFloor, Reused};

#[global_allocator]
static ALLOCATIONS: divan::AllocProfiler = divan::AllocProfiler::system();

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("this machine can run threads"));

fn main() {
    divan::main();
}

#[divan::bench(args = Job::ALL)]
fn native(bencher: Bencher<'_, '_>, job: Job) {
    let questions = job.questions(|record| native::asked(&record));
    let decide = match job {
        Job::Tier => native::tier,
        Job::Rules => native::rules,
    };
    bencher.bench_local(in_turn(questions, move |request| decide(black_box(request))));
}

#[divan::bench]
fn core_floor(bencher: Bencher<'_, '_>) {
    let floor = CoreFloor::new(&SANDBOX).expect("an empty module compiles");
    bencher.bench_local(move || floor.run().expect("it does nothing"));
}

#[divan::bench(args = Job::ALL)]
fn reused(bencher: Bencher<'_, '_>, job: Job) {
    let mut instance = Reused::new(&SANDBOX, &job.workflow()).expect("the job starts");
    let decide = move |request: &Request| instance.ask(black_box(request)).expect("the job answers");
    bencher.bench_local(in_turn(job.questions(told), decide));
}

#[divan::bench(args = Job::ALL)]
fn fresh(bencher: Bencher<'_, '_>, job: Job) {
    let _timers = RUNTIME.enter();
    bencher.bench_local(job.fresh(job.workflow()));
}

#[divan::bench(args = [0, 1, 3, 10])]
fn access_check(bencher: Bencher<'_, '_>, workflows: usize) {
    let body = serde_json::to_vec(&json!({
        "identity": {"userIdentifier": "reader-1"},
        "resource": {"id": "article-1", "meta": {"og:type": "article"}},
        "http": {"url": "https://news.example/politics?utm_source=letter", "userAgent": "Mozilla/5.0 (X11; Linux x86_64)"},
        "cloudflare": {"cf": {"country": "DE", "isEUCountry": "1", "timezone": "Europe/Berlin", "latitude": "52.52"}},
    }))
    .expect("JSON is JSON");
    let catalog = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/newsroom/catalog.toml"));
    let catalog = Catalog::parse(&catalog.expect("the newsroom has a catalog")).expect("the catalog is valid");
    let (membership, mut release) = (workflow(), Release::new(1, catalog).expect("the key is a key"));
    for number in 0..workflows {
        release = release.with_workflow(format!("membership-{number}"), membership.clone());
    }
    let host = Host::new(Arc::clone(&SANDBOX), release);
    let _timers = RUNTIME.enter();
    bencher.bench_local(move || {
        let request = AccessRequest::from_json(black_box(&body)).expect("the body is of the right shape");
        let decision = now(host.decide(&request)).expect("the user is named");
        assert!(decision.holds("registered") && decision.degraded().is_empty());
        serde_json::to_vec(&decision.answer()).expect("an answer is JSON")
    });
}
