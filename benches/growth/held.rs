//! Processes that hold many workflows. Each is this program once more, so that one holds what another does not, and all of
//! them can be asked in turns.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use usher_sandbox::{Limits, Workflow};

use super::curve::{Burst, burst};
use super::distinct::artifacts;
use crate::checked::{body, catalog, check, host};
use crate::now::now;
use crate::sandbox::SANDBOX;

/// The argument by which a process knows that it is one of these. The next says how many workflows it is to hold.
pub(crate) const HOLD: &str = "hold";
/// Modules with a digest of their own; what is held beyond them is loaded from the same artefacts once more. More would take
/// minutes to admit, and a process cannot tell the difference: it maps each as if it were new.
pub(crate) const DISTINCT: u32 = 1_000;

/// A process that holds workflows, one of which takes part in its decisions.
struct Holder {
    process: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// Starts one process for each number of workflows; they load at the same time.
pub(crate) fn holders(sizes: &[u32]) -> Vec<(f64, Burst)> {
    let started: Vec<_> = sizes.iter().map(|loaded| (*loaded, Holder::start(*loaded))).collect();
    let ready = started.into_iter().map(|(loaded, mut holder)| {
        assert!(holder.answer() < f64::EPSILON, "a process that has loaded says 0");
        let burst: Burst = Box::new(move || holder.turn());
        (f64::from(loaded), burst)
    });
    ready.collect()
}

impl Holder {
    fn start(loaded: u32) -> Self {
        let program = std::env::current_exe().expect("this program is a file");
        let mut command = Command::new(program);
        command.args([HOLD, &loaded.to_string()]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("this machine can run processes");
        let (ask, answers) = (process.stdin.take(), process.stdout.take());
        let (ask, answers) = (ask.expect("it has an input"), answers.expect("it has an output"));
        Self { process, ask, answers: BufReader::new(answers) }
    }

    fn turn(&mut self) -> f64 {
        self.ask.write_all(b"\n").expect("the process lives");
        self.answer()
    }

    fn answer(&mut self) -> f64 {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the process answers");
        line.trim().parse().expect("it answers with a number")
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.process.kill().and_then(|()| self.process.wait()).expect("the process can be ended");
    }
}

/// Holds so many workflows, and measures a turn of one of them for each line that comes in. Needs a runtime around it.
pub(crate) fn hold(loaded: u32) {
    let artifacts: Vec<_> = artifacts(0..loaded.min(DISTINCT)).collect();
    let load = |artifact| SANDBOX.load(artifact, Limits::default()).expect("the job loads");
    let held: Vec<Workflow> = artifacts.iter().cycle().zip(0..loaded).map(|(artifact, _)| load(artifact)).collect();
    let (host, body) = (host(catalog(), held.first().cloned()), body());
    let mut turn = burst(move || now(check(&host, &body)));
    println!("0");
    for _ in std::io::stdin().lines() {
        println!("{}", turn());
    }
    drop(held);
}
