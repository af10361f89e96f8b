//! How long it takes until a change is live, and until a server answers.

use std::time::Instant;

use tokio::runtime::Runtime;
use usher_sandbox::{Sandbox, SandboxConfig};
use usher_tests::newsroom;

use crate::clock::Times;
use crate::jobs::Job;
use crate::row::Row;
use crate::server::Serving;
use crate::typescript::Built;

const TURNS: usize = 5;
/// The newsroom.
const WORKFLOWS: [(&str, &str); 8] = [
    ("campaign", newsroom::CAMPAIGN),
    ("crawlers", newsroom::CRAWLERS),
    ("device", newsroom::DEVICE),
    ("experiment", newsroom::EXPERIMENT),
    ("happy-hour", newsroom::HAPPY_HOUR),
    ("legal-geography", newsroom::LEGAL_GEOGRAPHY),
    ("membership", newsroom::MEMBERSHIP),
    ("trial", newsroom::TRIAL),
];

/// The first workflow in TypeScript brings its engine along; the second has it in common with the first.
pub(crate) fn compiling(built: &Built) -> Vec<Row> {
    let turns = [(); TURNS].map(|()| {
        let sandbox = Sandbox::new(&SandboxConfig::default()).expect("this machine can sandbox");
        Job::ALL.map(|job| {
            let started = Instant::now();
            sandbox.admit(built.of(job)).verdict.expect("the job is admitted");
            vec![nanos(started)]
        })
    });
    let [first, second]: [Vec<_>; 2] =
        [0, 1].map(|upload| turns.iter().filter_map(|turn| turn.get(upload).cloned()).collect());
    let (first, second) = (Times::of("first in TypeScript", &first), Times::of("second in TypeScript", &second));
    let ratio = second.ratio_to(&first);
    vec![Row::of("admission", &first), Row::of("admission", &second).ratio(ratio, "the first", 0.25)]
}

pub(crate) fn rows(runtime: &Runtime) -> Vec<Row> {
    let folder = tempfile::tempdir().expect("there is room on the disk");
    let (mut uploads, mut starts) = (Vec::new(), Vec::new());
    let (serving, keys) = runtime.block_on(Serving::start(folder.path()));
    let keys = keys.expect("it is new");
    for (slug, wasm) in WORKFLOWS {
        let wasm = std::fs::read(wasm).expect("the newsroom is built");
        let started = Instant::now();
        runtime.block_on(serving.upload(&keys.admin, slug, wasm));
        uploads.push(vec![nanos(started)]);
    }
    runtime.block_on(serving.stop());
    for _ in 0..TURNS {
        let started = Instant::now();
        let (serving, _) = runtime.block_on(Serving::start(folder.path()));
        starts.push(vec![nanos(started)]);
        runtime.block_on(serving.stop());
    }
    vec![
        Row::of("over HTTP", &Times::of("upload of a workflow until it is live", &uploads)),
        Row::of("start", &Times::of("with 8 workflows", &starts)),
    ]
}

fn nanos(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e9
}
