//! Usher itself: its production sandbox with its production limits, beside what it could not be faster than.
//!
//! Takes the folder of the guests: `tier.wasm` and `rules.wasm` in Rust, `tier.ts.wasm` and `rules.ts.wasm` in TypeScript.

#[path = "../../../jobs/native.rs"]
mod native;
#[path = "../../../now.rs"]
mod now;
#[path = "../../../jobs/told.rs"]
mod told;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use measure::{Job, Peer, record};
use now::now;
use usher_sandbox::request::Request;
use usher_sandbox::yardstick::{CoreFloor, Reused};
use usher_sandbox::{Evaluation, Limits, NoLookups, Outcome, Sandbox, SandboxConfig, Variables, Workflow};

/// Longer than in production: whoever shares the machine must not end a measurement. It is checked all the same.
const DEADLINE: Duration = Duration::from_secs(10);

fn main() {
    let folder = std::env::args_os().nth(1).map(PathBuf::from).expect("the argument is the folder of the guests");
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().build().expect("this machine has a clock");
    let _timers = runtime.enter();
    let sandbox = Sandbox::new(&SandboxConfig::default()).expect("this machine can sandbox");
    let peer = Peer::new("usher");

    let floor = CoreFloor::new(&sandbox).expect("an empty module compiles");
    peer.measure("core floor", || floor.run().expect("it does nothing"));
    // What others pay before they start, and Usher does not.
    let mut records = peer.records().cycle();
    peer.measure("record as JSON", || drop(black_box(serde_json::to_string(&records.next()))));
    for job in Job::ALL {
        decide_natively(&peer, job);
        let questions: Vec<_> = record::cases().into_iter().map(|case| Arc::new(told::told(case.request))).collect();
        let rust = load(&sandbox, &folder.join(format!("{job}.wasm")));
        peer.decide_prepared(job, "fresh", &questions, fresh(&sandbox, &rust));
        let typescript = load(&sandbox, &folder.join(format!("{job}.ts.wasm")));
        peer.decide_prepared(job, "fresh, TypeScript", &questions, fresh(&sandbox, &typescript));
        // The last: it writes more of its memory than others do, and whoever has its place afterwards pays for that to be cleaned.
        peer.decide_prepared(job, "reused", &questions, reused(&rust));
    }
}

/// The same functions compiled into this program. Parsed claims cost nothing more; claims as text are what others start from.
fn decide_natively(peer: &Peer, job: Job) {
    let decide = match job {
        Job::Tier => native::tier,
        Job::Rules => native::rules,
    };
    let questions: Vec<_> = peer.records().map(native::asked).collect();
    // A clone of a request whose claims nobody has asked for yet has them as text.
    peer.decide_prepared(job, "native, claims as text", &questions, |request| decide(&request.clone()));
    peer.decide_prepared(job, "native", &questions, decide);
}

fn load(sandbox: &Sandbox, wasm: &Path) -> Workflow {
    let wasm = std::fs::read(wasm).expect("the guests are built");
    let artifact = sandbox.admit(&wasm).verdict.expect("the job is admitted");
    sandbox.load(&artifact, Limits { deadline: DEADLINE, ..Limits::default() }).expect("the job loads")
}

/// The production path.
fn fresh(sandbox: &Sandbox, workflow: &Workflow) -> impl FnMut(&Arc<Request>) -> Vec<String> {
    let variables = Arc::new(Variables::new());
    move |request| {
        let ends = Instant::now() + DEADLINE;
        let mut evaluation = Evaluation::new(Arc::clone(request), &variables, &NoLookups, ends);
        let run = now(sandbox.run(workflow, &mut evaluation));
        assert_eq!(run.outcome, Outcome::Ok);
        run.slugs
    }
}

/// An instance that is kept. A workflow counts on its memory being dropped with it, so in the end there is none left: one
/// decision in many begins with another instance, too few to be seen in a percentile.
fn reused(workflow: &Workflow) -> impl FnMut(&Arc<Request>) -> Vec<String> {
    const DECISIONS: u32 = 5_000;
    let instance = || Reused::new(workflow).expect("the job starts");
    let (mut kept, mut asked) = (instance(), 0);
    move |request| {
        asked += 1;
        if asked % DECISIONS == 0 {
            kept = instance();
        }
        kept.ask(request).expect("the job answers")
    }
}
