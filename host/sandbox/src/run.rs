//! One run of one workflow in one decision: a fresh instance, the question, the answer held to the contract.

mod attempt;
mod store;

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::{PoolConcurrencyLimitError, Trap, WasmBacktrace};

use self::attempt::{attempt, attempt_elsewhere, attempt_own};
use self::store::SharedStore;
pub(crate) use self::store::new_store;
use crate::admission::World;
use crate::backtrace::{told, traced};
use crate::code::{Linked, NotReady, Own};
use crate::engine::{Sandbox, TICK};
use crate::frozen::finish_lines;
use crate::instance::{RunState, Stop, Variables};
use crate::lanes::Lanes;
use crate::limits::Limits;
use crate::lookup::{Answers, ReadOnly};
use crate::outcome::{Outcome, Run};
use crate::request::Request;
use crate::shown::Shown;
use crate::workflow::{Slugs, Workflow};

/// How long a run may keep the thread that it began on from others. Hardly any takes a hundredth of that.
const TURN: Duration = TICK;
/// Bytes of a refusal's words that are kept.
const REASON_BYTES: usize = 1 << 10;

/// What the workflows of one decision share: the question, the look-ups already answered, the time that is left.
#[derive(Debug)]
pub struct Evaluation<'a> {
    request: Arc<Request>,
    variables: &'a Arc<Variables>,
    /// What a run had of these, for the next one: they are everybody's, and so is the count of who has them.
    lent: Option<Arc<Variables>>,
    host: &'a dyn ReadOnly,
    answers: Answers,
    ends: Instant,
    /// How many workflows come after the next one.
    others: u32,
    /// Whether the caller's thread is nobody else's.
    is_alone: bool,
    /// What the runs so far were in, for the next one.
    store: Option<SharedStore>,
}

impl<'a> Evaluation<'a> {
    /// The workflows' part of the decision on this request. No workflow of it runs past `ends`, whatever its own deadline.
    #[must_use]
    pub fn new(request: Arc<Request>, variables: &'a Arc<Variables>, host: &'a dyn ReadOnly, ends: Instant) -> Self {
        let answers = Answers::default();
        Self { request, variables, lent: None, host, answers, ends, others: 0, is_alone: false, store: None }
    }

    /// Has the next workflow wait for its turn no longer than its share of the time that is left, because so many others come
    /// after it.
    pub fn share_with(&mut self, others: u32) {
        self.others = others;
    }

    /// Has workflows run on the caller's thread however long they take, because nobody waits behind them there.
    pub fn stay_on_thread(&mut self) {
        self.is_alone = true;
    }
}

impl Evaluation<'_> {
    /// What a run of a workflow owns; it has the answers for as long as it lasts.
    fn lend(&mut self, workflow: &Workflow) -> RunState {
        let variables = self.lent.take().unwrap_or_else(|| Arc::clone(self.variables));
        let (request, answers) = (Arc::clone(&self.request), std::mem::take(&mut self.answers));
        RunState::new(request, variables, Limits::clone(&workflow.limits), answers)
    }

    /// Takes back what the next run can have.
    fn take_back(&mut self, state: &mut RunState) {
        self.answers = std::mem::take(&mut state.answers);
        self.lent = state.variables.take();
    }

    /// The code of a workflow in this thread's lane. One that runs elsewhere may have to wait, so what stays in the lane goes before.
    fn own<'w>(&mut self, workflow: &'w Workflow, lanes: &Lanes) -> Option<&'w Own> {
        let own = workflow.code.own(lanes);
        if own.is_none() {
            self.store = None;
        }
        own
    }
}

impl Sandbox {
    /// Runs a workflow once, in a fresh instance, and always comes back with what happened.
    ///
    /// A workflow of the world `workflow` runs on the caller's stack: the returned future waits only for look-ups and,
    /// when every place is taken, for its turn; not longer than the workflow may run, nor than its share of the decision's
    /// time. What it waits for its turn is not of the time it may run. One that takes some milliseconds is begun anew on a thread
    /// where nobody waits behind it. On a thread that has an engine and code of its own, a place is there in any case. Needs a Tokio
    /// runtime.
    pub async fn run(&self, workflow: &Workflow, evaluation: &mut Evaluation<'_>) -> Run {
        let started = Instant::now();
        // The clock is looked at when time has passed, and not because it might have.
        let mut now = started;
        let time_left = evaluation.ends.saturating_duration_since(started);
        let budget = workflow.limits.deadline.min(time_left);
        let mut patience = budget.min(time_left / evaluation.others.saturating_add(1));
        if budget.is_zero() {
            return Run::unavailable("the decision's time was over before its turn");
        }
        let mut ends = started.checked_add(budget).unwrap_or(evaluation.ends);
        let linked = match workflow.code.asked() {
            Some(asked) => asked,
            // In a box, so that every other run need not carry it along.
            None => Box::pin(first_asked(workflow, &mut patience, &mut ends, &mut now)).await,
        };
        let linked = match linked {
            Ok(linked) => linked,
            Err(error) => return Run::unavailable(error),
        };
        evaluation.answers.forget_failures();
        let paid_before = evaluation.answers.len();
        let is_synchronous = workflow.code.world == World::Workflow;
        let mut is_long = false;
        loop {
            let patient = patience;
            let own = if is_long { None } else { evaluation.own(workflow, &self.lanes) };
            let of_all = own.is_none().then_some(&workflow.places);
            let place = match self.places.take(of_all, &mut patience).await {
                Ok(place) => place,
                Err(reason) => return Run::unavailable(reason),
            };
            let waited = patient.saturating_sub(patience);
            ends = later(ends, waited).min(evaluation.ends);
            now = if waited.is_zero() { now } else { Instant::now() };
            let left = ends.saturating_duration_since(now);
            let turn = if evaluation.is_alone { left } else { left.min(TURN) };
            let state = evaluation.lend(workflow);
            // What can wait is boxed: every decision would have to carry room for it otherwise, and moves that several times.
            let attempt = match own {
                Some(own) => attempt_own(own, state, turn, &mut evaluation.store, evaluation.others == 0),
                None if is_synchronous && !is_long => attempt(linked, state, turn, place),
                None => Box::pin(attempt_elsewhere(linked, workflow.code.world, state, left, place)).await,
            };
            let mut attempt = match attempt {
                Ok(attempt) => attempt,
                Err(error) => return Run::unavailable(format!("{error:#}")),
            };
            now = Instant::now();
            evaluation.take_back(&mut attempt.state);
            if is_synchronous && !is_long && left > turn && attempt.was_interrupted() {
                is_long = true;
                continue;
            }
            let left = ends.saturating_duration_since(now);
            let Some(question) = attempt.state.pending.take().filter(|_| !left.is_zero()) else {
                let lookups = evaluation.answers.report(&attempt.state.asked, paid_before);
                return Run { elapsed: now.saturating_duration_since(started), lookups, ..attempt.ended(budget) };
            };
            evaluation.answers.find(question, evaluation.host, workflow.limits.lookup_deadline.min(left)).await;
            now = Instant::now();
        }
    }
}

/// The code of a workflow that may never have been asked. What it waits for that is not of the time it may run.
async fn first_asked<'a>(
    workflow: &'a Workflow,
    patience: &mut Duration,
    ends: &mut Instant,
    now: &mut Instant,
) -> Result<&'a Arc<Linked>, NotReady> {
    let patient = *patience;
    let asked = workflow.code.ask(patience).await;
    *ends = later(*ends, patient.saturating_sub(*patience));
    *now = Instant::now();
    asked
}

fn later(instant: Instant, by: Duration) -> Instant {
    instant.checked_add(by).unwrap_or(instant)
}

/// Holds an answer to the contract, or finds out what went wrong.
fn conclude(answer: wasmtime::Result<Slugs>, state: &mut RunState, budget: Duration) -> (Outcome, Vec<String>) {
    finish_lines(state);
    match answer {
        Ok(Ok(slugs)) => match broken_promise(&slugs, &state.limits) {
            None => (Outcome::Ok, slugs),
            Some(reason) => (Outcome::BadOutput { reason }, Vec::new()),
        },
        Ok(Err(reason)) => (Outcome::Refused { reason: Shown::lines(REASON_BYTES).with(&reason) }, Vec::new()),
        Err(error) => (failure(&error, state, budget), Vec::new()),
    }
}

/// What is wrong with an answer, if anything.
fn broken_promise(slugs: &[String], limits: &Limits) -> Option<String> {
    if slugs.len() > limits.slugs {
        return Some(format!("it returned {} slugs; at most {} are allowed", slugs.len(), limits.slugs));
    }
    let (index, slug) = slugs.iter().enumerate().find(|(_, slug)| slug.len() > limits.slug_bytes)?;
    Some(format!(
        "slug number {} has {} bytes; at most {} are allowed",
        index.saturating_add(1),
        slug.len(),
        limits.slug_bytes
    ))
}

fn failure(error: &wasmtime::Error, state: &RunState, budget: Duration) -> Outcome {
    let limits = &state.limits;
    if let Some(stop) = error.downcast_ref::<Stop>() {
        return match stop {
            Stop::OutOfFuel => Outcome::OutOfFuel { limit: limits.fuel },
            Stop::Waiting => Outcome::Deadline { limit: budget },
            Stop::Exit | Stop::Misuse(_) => Outcome::Trapped { cause: stop.to_string() },
        };
    }
    if error.is::<PoolConcurrencyLimitError>() {
        return Outcome::Unavailable { reason: "every instance of the sandbox is in use".to_owned() };
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Outcome::OutOfFuel { limit: limits.fuel },
        Some(Trap::Interrupt) => Outcome::Deadline { limit: budget },
        _ if state.meter.refused() => Outcome::Memory { limit: limits.memory_bytes },
        Some(trap) => Outcome::Trapped { cause: cause(*trap, error, state) },
        None if error.is::<NotStarted>() => Outcome::Unavailable { reason: told(error) },
        None => Outcome::BadOutput { reason: traced(error.root_cause(), error) },
    }
}

/// The host could not make an instance.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the sandbox has no room for another instance; the operator has to look at what this process may have")]
struct NotStarted;

/// Says so of an error that is not the workflow's own doing.
fn not_started(error: wasmtime::Error) -> wasmtime::Error {
    // Whatever happens while its code runs is its own doing, what it asked of the host included.
    let is_its_own = error.is::<Trap>() || error.is::<Stop>() || error.is::<WasmBacktrace>();
    let is_its_own = is_its_own || error.is::<PoolConcurrencyLimitError>();
    if is_its_own { error } else { error.context(NotStarted) }
}

/// What the machine did not give, in words.
pub(crate) fn no_room(error: wasmtime::Error) -> String {
    told(&error.context(NotStarted))
}

/// A trap in words: the panic's own where there was one, or else with the functions that it happened in.
fn cause(trap: Trap, error: &wasmtime::Error, state: &RunState) -> String {
    if trap == Trap::NoAsyncResult {
        return "it never came to an end: what it awaits can never be there, since nothing waits but look-ups"
            .to_owned();
    }
    match state.log.last_error().filter(|message| message.starts_with("panicked at ")) {
        Some(panic) => Shown::lines(REASON_BYTES).with(panic),
        None => traced(trap, error),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::instance::Variables;
    use crate::lookup::Answers;

    /// What becomes of an error while an instance is made.
    fn outcome(error: wasmtime::Error) -> Outcome {
        let (request, variables) = (Arc::new(Request::default()), Arc::new(Variables::new()));
        let state = RunState::new(request, variables, Limits::default(), Answers::default());
        failure(&not_started(error), &state, Duration::from_millis(50))
    }

    #[test]
    fn what_the_machine_lacks_is_not_the_authors_fault() {
        let no_files = std::io::Error::other("too many open files");
        let Outcome::Unavailable { reason } = outcome(no_files.into()) else { panic!("it is the operator's move") };
        assert!(reason.contains("the operator has to") && reason.ends_with("too many open files"), "{reason}");
        let trap = outcome(Trap::UnreachableCodeReached.into());
        assert!(matches!(trap, Outcome::Trapped { .. }), "{trap:?}");
        assert_eq!(outcome(Stop::OutOfFuel.into()), Outcome::OutOfFuel { limit: Limits::default().fuel });
    }
}
