//! What a loaded workflow takes of the process's memory.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use usher_sandbox::request::Request;
use usher_sandbox::{Artifact, Evaluation, Limits, NoLookups, Outcome, Variables, Workflow};

use super::distinct::artifacts;
use crate::newsroom::{SANDBOX, now};

/// The argument by which a process knows that it is to measure its memory. It has one of its own, in which nothing else is.
pub(crate) const WEIGH: &str = "weigh";
/// Workflows that are loaded; what one takes is the mean.
const LOADED: u32 = 500;
/// Others that run before, so that the pool has all the memory it ever keeps: more than it has places.
const BEFORE: u32 = 150;

/// A figure that one process found.
pub(crate) struct Weight {
    pub(crate) what: String,
    pub(crate) kibibytes: f64,
}

/// Has a process of its own measure, and reads what it found.
pub(crate) fn weights() -> Vec<Weight> {
    let program = std::env::current_exe().expect("this program is a file");
    let output = Command::new(program).arg(WEIGH).output().expect("this machine can run processes");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("it writes text");
    let weight = |line: &str| {
        let (kibibytes, what) = line.split_once(' ').expect("a line has two parts");
        Weight { what: what.to_owned(), kibibytes: kibibytes.parse().expect("it is a number") }
    };
    lines.lines().map(weight).collect()
}

/// Measures, and writes one line for each figure. Needs a runtime around it.
pub(crate) fn weigh() {
    let before: Vec<_> = artifacts(LOADED..LOADED + BEFORE).map(|artifact| load(&artifact)).collect();
    before.iter().for_each(run);
    let artifacts: Vec<_> = artifacts(0..LOADED).collect();
    for (times, what) in [("", "module of its own"), (" again", "same artefacts once more")] {
        let empty = resident_kibibytes();
        let held: Vec<_> = artifacts.iter().map(load).collect();
        let cold = resident_kibibytes();
        held.iter().for_each(run);
        let hot = resident_kibibytes();
        let each = |held: f64| (held - empty) / f64::from(LOADED);
        println!("{} cold{times}: loaded, never run; {what}", each(cold));
        println!("{} hot{times}: loaded, has run; {what}", each(hot));
        // What is measured next is to come on top.
        held.into_iter().for_each(std::mem::forget);
    }
}

fn load(artifact: &Artifact) -> Workflow {
    SANDBOX.load(artifact, Limits::default()).expect("the job loads")
}

fn run(workflow: &Workflow) {
    let ends = Instant::now() + Duration::from_millis(250);
    let (request, variables) = (Arc::new(Request::default()), Arc::new(Variables::new()));
    let mut evaluation = Evaluation::new(request, variables, &NoLookups, ends);
    assert_eq!(now(SANDBOX.run(workflow, &mut evaluation)).outcome, Outcome::Ok);
}

/// What the kernel says that this process has in memory.
fn resident_kibibytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells what a process holds");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it names the resident set");
    line.trim().trim_end_matches(" kB").parse().expect("it is a number")
}
