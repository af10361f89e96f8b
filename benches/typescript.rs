//! What a workflow in TypeScript costs more than its twin in Rust, and what the second one costs to upload once the first is
//! there: the membership and the campaign workflows of the newsroom and the two jobs of `benches/jobs`, built by the SDK.
//! Wants Node 20, and `npm ci` to have been run in `guest-sdk/typescript`.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measurement prints, or fails by panicking")]

mod jobs;
mod newsroom;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use jobs::Job;
use newsroom::{SANDBOX, fresh, fresh_of};
use tokio::runtime::Runtime;
use usher_sandbox::{Artifact, Limits};

/// Rounds of decisions. One of each language comes after the other, so that what slows the machine slows both.
const ROUNDS: usize = 20_000;

fn main() {
    let runtime = Runtime::new().expect("this machine can run threads");
    let _timers = runtime.enter();
    let folder = tempfile::tempdir().expect("this machine has room for a folder");
    let newsroom = Path::new("examples/newsroom/workflows");
    let built = ["membership", "campaign"].map(|name| build(&newsroom.join(name), folder.path()));
    let [(membership, first), (_campaign, second)] = built.map(|wasm| admit(&wasm));
    println!("upload    first {first:?}, second {second:?}: {:.2} of the first", ratio(second, first));

    let typescript = SANDBOX.load(&membership, Limits::default()).expect("an admitted module loads");
    compare("membership", fresh(), fresh_of(typescript));
    for job in Job::ALL {
        let name = job.to_string();
        let typescript = jobs::load(&build(&Path::new("benches/jobs").join(&name), folder.path()));
        compare(&name, job.fresh(job.workflow()), job.fresh(typescript));
    }
}

fn compare<T>(name: &str, mut rust: impl FnMut() -> T, mut typescript: impl FnMut() -> T) {
    let mut times = (Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        times.0.push(timed(&mut rust));
        times.1.push(timed(&mut typescript));
    }
    for (middle, percent) in [("median", 50), ("p99", 99)] {
        let (rust, typescript) = (percentile(&mut times.0, percent), percentile(&mut times.1, percent));
        let times = ratio(typescript, rust);
        println!("{name:9} {middle}: Rust {rust:?}, TypeScript {typescript:?}: {times:.1} times");
    }
}

/// Builds the workflow of a folder of the repository.
fn build(workflow: &Path, folder: &Path) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the benchmarks are in the repository");
    let wasm = folder.join("workflow.wasm");
    let source = root.join(workflow).join("workflow.ts");
    let mut node = Command::new("node");
    node.arg(root.join("guest-sdk/typescript/src/cli.js")).arg("build").arg(source).arg("--out").arg(&wasm);
    assert!(node.status().expect("Node is here").success(), "the workflow does not build");
    std::fs::read(wasm).expect("what was built is there")
}

fn admit(wasm: &[u8]) -> (Artifact, Duration) {
    let started = Instant::now();
    let artifact = SANDBOX.admit(wasm).verdict.expect("the newsroom is admitted");
    (artifact, started.elapsed())
}

fn timed<T>(decide: &mut impl FnMut() -> T) -> Duration {
    let started = Instant::now();
    drop(decide());
    started.elapsed()
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times.get(times.len() * percent / 100).copied().expect("there are rounds")
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}
