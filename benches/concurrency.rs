//! Many decisions at once, each with the job `rules`, the whole way from the request's JSON to the answer's: what a second core
//! adds, what a slow workflow does to those beside it, and how long an answer takes when most of the machine is in use.
//!
//! Others may be using the machine, so that what is compared takes turns, and a loop that does nothing but count, on as many
//! threads, says what the machine had to give at that time.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measurement prints, or fails by panicking")]

#[path = "concurrency/arrivals.rs"]
mod arrivals;
mod checked;
mod quantile;
mod sandbox;
#[path = "concurrency/slow.rs"]
mod slow;
#[path = "concurrency/threads.rs"]
mod threads;

use std::num::NonZero;

use sandbox::SANDBOX;
use tokio::runtime::Runtime;
use usher_host::Host;
use usher_sandbox::Limits;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let runtime = Runtime::new().expect("this machine can run threads");
    let host = {
        let _timers = runtime.enter();
        host_of(usher_tests::jobs::RULES, Limits::default())
    };
    println!("| steps a second | rounds | one thread | {cores} threads | ratio, median | best |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    threads::compare(&host, cores);
    println!(
        "\n| quick decisions beside slow ones, {cores} workers | p50 | p99 | worst |\n| --- | ---: | ---: | ---: |"
    );
    slow::compare(host_of, cores);
    println!("\n| arrivals, {cores} cores | a second | p50 | p99 |\n| --- | ---: | ---: | ---: |");
    arrivals::measure(&host, cores);
}

/// A host with one workflow.
fn host_of(wasm: &str, limits: Limits) -> Host {
    let wasm = std::fs::read(wasm).expect("the guests are built");
    let artifact = SANDBOX.admit(&wasm).verdict.expect("the guest is admitted");
    checked::host(checked::catalog(), [SANDBOX.load(&artifact, limits).expect("the guest loads")])
}

#[expect(clippy::as_conversions, reason = "a ratio need not be exact")]
fn real(number: usize) -> f64 {
    number as f64
}
