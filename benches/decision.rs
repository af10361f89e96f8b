//! The cost of one safe decision: the membership workflow of the newsroom, which reads a member's claims.
//!
//! - `native`: the same function compiled into this program, the floor
//! - `core_floor`: the least that could be called fresh, an empty core module from the same pool
//! - `reused`: one instance that answers again and again, which no production path does
//! - `fresh`: the production path of the sandbox, a fresh instance for every decision, all limits on
//! - `access_check`: the whole way in process, from the request's JSON to the answer's, with one workflow

#![expect(clippy::expect_used, reason = "a benchmark fails by panicking")]

/// The workflow itself, compiled into this program.
#[expect(unreachable_pub, unused_imports, reason = "elsewhere it is a crate of its own, and its tests run")]
#[path = "../examples/newsroom/workflows/membership/src/lib.rs"]
mod membership;
mod newsroom;

use std::sync::{Arc, LazyLock};

use divan::{Bencher, black_box};
use newsroom::{PLANS, SANDBOX, claims, fresh as decision, now, request, workflow};
use serde_json::json;
use tokio::runtime::Runtime;
use usher_host::{AccessRequest, Catalog, Host, Release};
use usher_sandbox::yardstick::{CoreFloor, Reused};

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("this machine can run threads"));

fn main() {
    divan::main();
}

#[divan::bench]
fn native(bencher: Bencher<'_, '_>) {
    let claims = claims();
    bencher.with_inputs(|| usher_guest::testing::request().jwt(claims.clone()).build()).bench_refs(|request| {
        let plans = membership::membership(black_box(request)).expect("the claims are of the right shape");
        assert_eq!(plans, PLANS);
    });
}

#[divan::bench]
fn core_floor(bencher: Bencher<'_, '_>) {
    let floor = CoreFloor::new(&SANDBOX).expect("an empty module compiles");
    bencher.bench_local(move || floor.run().expect("it does nothing"));
}

#[divan::bench]
fn reused(bencher: Bencher<'_, '_>) {
    let request = request();
    let mut instance = Reused::new(&workflow()).expect("the newsroom starts");
    bencher.bench_local(move || {
        assert_eq!(instance.ask(black_box(&request)).expect("the newsroom answers"), PLANS);
    });
}

#[divan::bench]
fn fresh(bencher: Bencher<'_, '_>) {
    let _timers = RUNTIME.enter();
    bencher.bench_local(decision());
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
