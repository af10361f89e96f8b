//! What a loaded workflow takes of the process's memory.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use usher_sandbox::request::Request;
use usher_sandbox::{
    Artifact, ArtifactFolder, Evaluation, Limits, NoLookups, Outcome, Sandbox, SandboxConfig, Variables, Workflow,
};

use super::distinct::artifacts;
use crate::now::now;

/// The argument by which a process knows that it is to measure its memory. It has one of its own, in which nothing else is.
pub(crate) const WEIGH: &str = "weigh";
/// Workflows that are loaded; what one takes is the mean.
const LOADED: u32 = 500;
/// Others that are there before: more than the pool has places, so that it has all the memory it ever keeps, and enough to fill
/// what the compiler has left free.
const BEFORE: u32 = 500;

/// A figure that one process found.
pub(crate) struct Weight {
    pub(crate) what: String,
    pub(crate) found: f64,
}

/// Has a process of its own measure, and reads what it found.
pub(crate) fn weights() -> Vec<Weight> {
    let program = std::env::current_exe().expect("this program is a file");
    let output = Command::new(program).arg(WEIGH).output().expect("this machine can run processes");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("it writes text");
    let weight = |line: &str| {
        let (found, what) = line.split_once(' ').expect("a line has two parts");
        Weight { what: what.to_owned(), found: found.parse().expect("it is a number") }
    };
    lines.lines().map(weight).collect()
}

/// Measures, and writes one line for each figure. Needs a runtime around it. Code is mapped from a folder, as a server does.
pub(crate) fn weigh() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("there is room on the disk");
    let kept = Some(ArtifactFolder::new(folder.path(), [0; 32]));
    let config = SandboxConfig { artifacts: kept, ..SandboxConfig::default() };
    let sandbox = Sandbox::new(&config).expect("this machine can sandbox");
    let load = |artifact: &Artifact| sandbox.load(artifact, Limits::default()).expect("the job loads");
    let run = |workflow: &Workflow| run(&sandbox, workflow);
    let ready = config.kept_ready;
    let all = BEFORE + u32::try_from(ready).expect("it is a small number") + LOADED;
    let artifacts: Vec<_> = artifacts(0..all).collect();
    let (before, artifacts) = artifacts.split_at(usize::try_from(BEFORE).expect("it is a small number"));
    let (first, artifacts) = artifacts.split_at(ready);
    let mut kept: Vec<_> = before.iter().map(load).collect();
    for workflow in &kept {
        run(workflow);
    }

    let each = |more: f64| more / f64::from(LOADED);
    let empty = resident_kibibytes();
    kept.extend(first.iter().map(load));
    let waiting = (resident_kibibytes() - empty) / f64::from(all - BEFORE - LOADED);
    println!("{waiting:.0} KiB, waiting: loaded, never run; one of the {ready} that are kept ready");
    for (times, what) in [("", "a module of its own"), (" again", "the same artefacts once more")] {
        let (before, open) = (resident_kibibytes(), open_files());
        // Those that came before them are let go of.
        let held: Vec<_> = artifacts.iter().map(load).collect();
        let (cold, held_open) = (resident_kibibytes(), open_files());
        let took: Vec<_> = held.iter().map(run).collect();
        let (hot, opened) = (resident_kibibytes(), open_files());
        println!("{:.0} KiB, cold{times}: loaded, never run; {what}", each(cold - before));
        println!("{:.0} KiB, hot{times}: has run; {what}", each(hot - if times.is_empty() { empty } else { before }));
        println!("{:.0} open files, cold{times}: loaded, never run; {what}", each(held_open - open));
        println!("{:.0} open files, hot{times}: has run; {what}", each(opened - open));
        if times.is_empty() {
            let (made, waited) = took.split_at(took.len().saturating_sub(ready));
            println!("{:.0} µs, the first run of one that was let go of, median", median(made));
            println!("{:.0} µs, the first run of one that is ready, median", median(waited));
        }
        // What is measured next comes on top.
        kept.extend(held);
    }
}

/// Runs a workflow once, and returns how many microseconds that took.
fn run(sandbox: &Sandbox, workflow: &Workflow) -> f64 {
    let ends = Instant::now() + Duration::from_millis(250);
    let (request, variables) = (Arc::new(Request::default()), Arc::new(Variables::new()));
    let mut evaluation = Evaluation::new(request, &variables, &NoLookups, ends);
    let began = Instant::now();
    assert_eq!(now(sandbox.run(workflow, &mut evaluation)).outcome, Outcome::Ok);
    began.elapsed().as_secs_f64() * 1e6
}

fn median(times: &[f64]) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().expect("there are some")
}

/// What the kernel says that this process has in memory.
fn resident_kibibytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells what a process holds");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it names the resident set");
    line.trim().trim_end_matches(" kB").parse().expect("it is a number")
}

/// How many files this process has open. The engine makes one in memory of the data of every module that has run, which does
/// not count as the process's own memory.
fn open_files() -> f64 {
    let files = std::fs::read_dir("/proc/self/fd").expect("Linux tells what a process has open");
    f64::from(u32::try_from(files.count()).expect("a process has not that many"))
}
