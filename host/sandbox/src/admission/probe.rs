//! Probe runs: what a module does on made-up requests, from the smallest to the largest plausible one. They refuse nothing;
//! a workflow may well have no answer for somebody who was made up.

mod requests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::Refusal;
use crate::engine::Sandbox;
use crate::instance::Variables;
use crate::limits::Limits;
use crate::lookup::NoLookups;
use crate::request::Request;
use crate::run::Evaluation;
use crate::workflow::Workflow;

/// Bytes of an error that are kept, and of all slugs of a probe.
const ERROR_BYTES: usize = 1 << 10;
/// Wall-clock time of a probe. Fuel ends it long before on any machine that does anything.
const DEADLINE: Duration = Duration::from_secs(1);

/// Says what a module did on one made-up request, under the limits that a workflow has by default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Probe {
    /// Which request: `smallest`, `typical` or `largest`.
    pub request: String,
    /// How the run ended, as [`Outcome::kind`](crate::Outcome::kind) names it.
    pub outcome: String,
    /// What went wrong; none when nothing did.
    pub error: Option<String>,
    /// Units of fuel that it used.
    pub fuel: u64,
    /// Of so many.
    pub fuel_limit: u64,
    /// Bytes of memory that its instance had in the end.
    pub memory_bytes: u64,
    /// Of so many.
    pub memory_limit_bytes: u64,
    /// The slugs that it returned.
    pub slugs: Vec<String>,
}

/// Runs an admitted module on every made-up request.
pub(super) fn run(sandbox: &Sandbox, workflow: &Workflow) -> Result<Vec<Probe>, Refusal> {
    let broken = |reason: String| Refusal::DoesNotStart { reason };
    // On a thread of its own, because whoever admits a module may be on one that must not wait for futures.
    std::thread::scope(|scope| {
        let probes = std::thread::Builder::new().spawn_scoped(scope, || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
            let runtime = runtime.map_err(|error| broken(error.to_string()))?;
            let probe = |(name, request)| runtime.block_on(probe(sandbox, workflow, name, request));
            Ok(requests::all().into_iter().map(probe).collect())
        });
        let no_thread =
            |error| Refusal::TooExpensive { reason: format!("no thread was left for its probe runs: {error}") };
        probes.map_err(no_thread)?.join().unwrap_or_else(|_panicked| Err(broken("its probe runs broke off".to_owned())))
    })
}

async fn probe(sandbox: &Sandbox, workflow: &Workflow, name: &str, request: Request) -> Probe {
    let now = Instant::now();
    let ends = now.checked_add(DEADLINE).unwrap_or(now);
    let variables = Arc::new(Variables::new());
    let mut evaluation = Evaluation::new(Arc::new(request), &variables, &NoLookups, ends);
    let run = sandbox.run(workflow, &mut evaluation).await;
    let error = run.outcome.error().map(|mut error| {
        error.truncate(error.floor_char_boundary(ERROR_BYTES));
        error
    });
    let Limits { fuel, memory_bytes, .. } = workflow.limits();
    Probe {
        request: name.to_owned(),
        outcome: run.outcome.kind().to_owned(),
        error,
        fuel: run.fuel,
        fuel_limit: *fuel,
        memory_bytes: wide(run.memory_bytes),
        memory_limit_bytes: wide(*memory_bytes),
        slugs: run.slugs,
    }
}

/// The limits of a probe: those that a workflow has unless its operator says otherwise, and time enough on a slow machine.
pub(super) fn limits() -> Limits {
    Limits { deadline: DEADLINE, ..Limits::default() }
}

fn wide(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
