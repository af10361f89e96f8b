//! One table of what Usher costs: a decision and what it is made of, the whole access check, the door, and how long an upload
//! and a start take. Rows of one block take turns, so that what slows the machine slows all of them; ratios are made within a
//! turn. A ratio with a target after it is one that the project has set itself. `-- door` measures one block alone: `decision`,
//! `access-check`, `resolution`, `admission`, `door` or `upload`.
//!
//! Wants Node 20, and `npm ci` to have been run in `guest-sdk/typescript`; without them the rows of TypeScript are missing.
//! So are, without `wrk`, those of a client that takes next to nothing of the processors.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measurement prints, or fails by panicking")]

mod catalogs;
mod checked;
mod jobs;
#[path = "jobs/native.rs"]
mod native;
mod now;
mod quantile;
mod sandbox;

#[path = "table/access_check.rs"]
mod access_check;
#[path = "table/clock.rs"]
mod clock;
#[path = "table/decision.rs"]
mod decision;
#[path = "table/door.rs"]
mod door;
#[path = "table/resolution.rs"]
mod resolution;
#[path = "table/row.rs"]
mod row;
#[path = "table/server.rs"]
mod server;
#[path = "table/typescript.rs"]
mod typescript;
#[path = "table/upload.rs"]
mod upload;
#[path = "table/wrk.rs"]
mod wrk;

use std::process::ExitCode;

use jobs::{Job, record};
use tokio::runtime::Runtime;
use usher_sandbox::AdmissionWorker;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // The server that is measured starts this program once more for each module that is uploaded.
    if let Some(ended) = AdmissionWorker::take_over() {
        return ended;
    }
    let runtime = Runtime::new().expect("this machine can run threads");
    let folder = tempfile::tempdir().expect("there is room on the disk");
    // Cargo adds `--bench`.
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let is_asked = |block: &str| asked.is_empty() || asked.iter().any(|asked| asked == block);
    println!("{}", row::HEAD);
    {
        let _timers = runtime.enter();
        let wants_typescript = is_asked("decision") || is_asked("admission");
        let built = wants_typescript.then(|| typescript::build(folder.path())).flatten();
        for job in Job::ALL.into_iter().filter(|_| is_asked("decision")) {
            row::print(&decision::rows(job, built.as_ref()));
        }
        if is_asked("access-check") {
            row::print(&access_check::rows());
        }
        if is_asked("resolution") {
            row::print(&resolution::rows());
        }
        if let Some(built) = built.as_ref().filter(|_| is_asked("admission")) {
            row::print(&upload::compiling(built));
        }
    }
    if is_asked("door") {
        row::print(&door::rows(&runtime));
    }
    if is_asked("upload") {
        row::print(&upload::rows(&runtime));
    }
    ExitCode::SUCCESS
}
