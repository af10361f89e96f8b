//! `usher bench`: what one decision of a workflow costs, and how much of its limits it uses.

mod touched;

use std::fmt;
use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;
use usher_sandbox::{Limits, Outcome, Run};

use crate::config::BenchOptions;
use crate::output;
use crate::run::{Asked, RunError, Runner};

/// Runs a workflow again and again, and prints what the runs cost.
pub(crate) fn bench(options: &BenchOptions) -> Result<ExitCode, RunError> {
    let asked = Asked::read(&options.request)?;
    let limits = options.limits.limits();
    let runner = Runner::load(&options.module, limits.clone())?;
    let runs = options.runs.get();
    for _ in 0..runs.div_ceil(10) {
        runner.run(&asked);
    }
    let measured: Vec<_> = (0..runs).map(|_| runner.run(&asked)).collect();
    let Some(mut report) = Report::of(&measured, &limits, runner.admitted_in) else { return Ok(ExitCode::SUCCESS) };
    report.touched_bytes = touched::bytes(&runner.keeping_nothing()?, &asked);
    match options.json {
        true => output::json(&report)?,
        false => output::text(&report.to_string())?,
    }
    Ok(if report.outcome == Outcome::Ok.kind() { ExitCode::SUCCESS } else { ExitCode::from(crate::FAILED) })
}

/// What the runs cost.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    /// `ok`, or how the first run ended that was not.
    outcome: &'static str,
    error: Option<String>,
    runs: usize,
    compile_micros: u64,
    fresh_micros: Times,
    /// What a run used of each limit: the most of all runs.
    fuel: Used,
    memory_bytes: Used,
    /// Of the memory that it had, and of what goes with it: the pages that a run used. None where the system does not say.
    touched_bytes: Option<u64>,
    slugs: Used,
    lookups: Used,
    log_bytes: Used,
}

#[derive(Debug, Serialize)]
struct Times {
    p50: f64,
    p99: f64,
}

#[derive(Debug, Serialize)]
struct Used {
    used: u64,
    limit: u64,
}

impl Report {
    /// None without runs.
    fn of(runs: &[Run], limits: &Limits, admitted_in: Duration) -> Option<Self> {
        let mut times: Vec<_> = runs.iter().map(|run| run.elapsed).collect();
        times.sort_unstable();
        let percentile = |percent: usize| Some(times.get(times.len() * percent / 100)?.as_secs_f64() * 1e6);
        let failed = runs.iter().find(|run| run.outcome != Outcome::Ok);
        let most =
            |used: &dyn Fn(&Run) -> u64, limit: u64| Used { used: runs.iter().map(used).max().unwrap_or(0), limit };
        let log_bytes = |run: &Run| run.log.lines().iter().map(|line| wide(line.message.len())).sum();
        Some(Self {
            outcome: failed.unwrap_or(runs.first()?).outcome.kind(),
            error: failed.and_then(|run| run.outcome.error()),
            runs: runs.len(),
            compile_micros: u64::try_from(admitted_in.as_micros()).unwrap_or(u64::MAX),
            fresh_micros: Times { p50: percentile(50)?, p99: percentile(99)? },
            fuel: most(&|run| run.fuel, limits.fuel),
            memory_bytes: most(&|run| wide(run.memory_bytes), wide(limits.memory_bytes)),
            touched_bytes: None,
            slugs: most(&|run| wide(run.slugs.len()), wide(limits.slugs)),
            lookups: most(&|run| wide(run.lookups.len()), u64::from(limits.lookups)),
            log_bytes: most(&log_bytes, wide(limits.log_bytes)),
        })
    }
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// The report for people.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "outcome  {}", self.outcome)?;
        if let Some(error) = &self.error {
            writeln!(f, "error    {error}")?;
        }
        let Times { p50, p99 } = self.fresh_micros;
        writeln!(f, "fresh    {p50:.1} µs in the middle, {p99:.1} µs at the 99th percentile of {} runs", self.runs)?;
        writeln!(f, "compile  {} ms", self.compile_micros / 1_000)?;
        self.fuel.write(f, "fuel", "")?;
        self.memory_bytes.write(f, "memory", " bytes")?;
        if let Some(touched) = self.touched_bytes {
            writeln!(f, "touched  {touched} bytes")?;
        }
        self.slugs.write(f, "slugs", "")?;
        self.lookups.write(f, "lookups", "")?;
        self.log_bytes.write(f, "log", " bytes")
    }
}

impl Used {
    fn write(&self, f: &mut fmt::Formatter<'_>, name: &str, unit: &str) -> fmt::Result {
        let Self { used, limit } = self;
        // Rounded up: whoever uses anything uses more than nothing.
        let percent = used.saturating_mul(100).div_ceil((*limit).max(1));
        writeln!(f, "{name:<8} {used} of {limit}{unit} ({percent} %)")
    }
}
