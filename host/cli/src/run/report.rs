//! What one run came to, in the shape that is printed.

use std::fmt;
use std::time::Duration;

use serde::Serialize;
use usher_sandbox::{Found, Run};

/// What one run came to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report<'a> {
    outcome: &'static str,
    slugs: &'a [String],
    fuel: u64,
    micros: u64,
    log: Vec<String>,
    log_truncated: bool,
    lookups: Vec<Lookup<'a>>,
    error: Option<String>,
}

#[derive(Debug, Serialize)]
struct Lookup<'a> {
    question: &'a str,
    found: &'static str,
    micros: u64,
}

impl<'a> Report<'a> {
    pub(super) fn of(run: &'a Run) -> Self {
        let lookup = |lookup: &'a usher_sandbox::LookupReport| Lookup {
            question: &lookup.question,
            found: match lookup.found {
                Found::Something => "something",
                Found::Nothing => "nothing",
                Found::Unavailable => "unavailable",
            },
            micros: micros(lookup.elapsed),
        };
        Self {
            outcome: run.outcome.kind(),
            slugs: &run.slugs,
            fuel: run.fuel,
            micros: micros(run.elapsed),
            log: run.log.lines().iter().map(|line| format!("{}: {}", line.level, line.message)).collect(),
            log_truncated: run.log.is_truncated(),
            lookups: run.lookups.iter().map(lookup).collect(),
            error: run.outcome.error(),
        }
    }
}

/// The report for people.
impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "outcome  {}", self.outcome)?;
        if let Some(error) = &self.error {
            writeln!(f, "error    {error}")?;
        }
        writeln!(f, "slugs    {}", if self.slugs.is_empty() { "none".to_owned() } else { self.slugs.join(", ") })?;
        writeln!(f, "fuel     {}", self.fuel)?;
        writeln!(f, "time     {} µs", self.micros)?;
        for lookup in &self.lookups {
            writeln!(f, "lookup   {}: {}", lookup.question, lookup.found)?;
        }
        for line in &self.log {
            writeln!(f, "log      {line}")?;
        }
        if self.log_truncated { writeln!(f, "log      … the rest was cut: the log was full") } else { Ok(()) }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
