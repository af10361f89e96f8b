//! What one instance owns while it runs: the request it may see, its budget, its log, its look-ups.

use std::collections::BTreeMap;
use std::sync::Arc;

use wasmtime::AsContextMut;

use crate::frozen::Randomness;
use crate::limits::{Limits, Meter};
use crate::log::{Level, Log};
use crate::lookup::{Answer, Answers, Question};
use crate::request::Request;

/// The operator's variables, by name.
pub type Variables = BTreeMap<String, String>;

/// The state of one run. It is made with the instance and dropped with it: nothing outlives the decision.
#[derive(Debug)]
pub(crate) struct RunState {
    pub(crate) request: Arc<Request>,
    /// None once the run is over.
    pub(crate) variables: Option<Arc<Variables>>,
    pub(crate) limits: Limits,
    pub(crate) meter: Meter,
    pub(crate) log: Log,
    /// Text on its way to standard output, until its line is complete.
    pub(crate) partial_stdout: Vec<u8>,
    /// The same for standard error.
    pub(crate) partial_stderr: Vec<u8>,
    pub(crate) randomness: Option<Randomness>,
    /// The answers this decision has, lent to the run.
    pub(crate) answers: Answers,
    /// Every question this run asked.
    pub(crate) asked: Vec<Question>,
    /// The question the run stopped at.
    pub(crate) pending: Option<Question>,
    /// Whether a bare module may call the host.
    pub(crate) may_leave: bool,
}

impl RunState {
    pub(crate) fn new(request: Arc<Request>, variables: Arc<Variables>, limits: Limits, answers: Answers) -> Self {
        Self { variables: Some(variables), answers, ..Self::blank(request, limits) }
    }

    /// That of no run: what a store has between two.
    pub(crate) fn blank(request: Arc<Request>, limits: Limits) -> Self {
        Self {
            meter: Meter::new(&limits),
            request,
            variables: None,
            limits,
            log: Log::default(),
            partial_stdout: Vec::new(),
            partial_stderr: Vec::new(),
            randomness: None,
            answers: Answers::default(),
            asked: Vec::new(),
            pending: None,
            may_leave: true,
        }
    }

    /// Adds a line to the bounded log.
    pub(crate) fn write(&mut self, level: Level, message: &str) {
        self.log.push(level, message, self.limits.log_bytes);
    }

    /// The answer to a question; without one, the run stops here until the host has it.
    pub(crate) fn ask(&mut self, question: Question) -> Result<Answer, Stop> {
        let answer = self.answers.get(&question).cloned();
        if answer.is_none() {
            self.pending = Some(question.clone());
        }
        self.asked.push(question);
        answer.ok_or(Stop::Waiting)
    }

    /// Whether this run has look-ups left.
    pub(crate) fn may_ask(&self) -> bool {
        u32::try_from(self.asked.len()).is_ok_and(|asked| asked < self.limits.lookups)
    }
}

/// Why the host stopped a run from within one of its calls.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stop {
    /// It asked a question that has no answer yet.
    #[error("the workflow waits for a look-up")]
    Waiting,
    /// It asked to leave.
    #[error("the workflow called exit")]
    Exit,
    /// The host's work for it used up the fuel.
    #[error("out of fuel")]
    OutOfFuel,
    /// It asked for something in a way that nothing allows.
    #[error("{0}")]
    Misuse(&'static str),
}

/// Bytes that a workflow may hand over in one call or answer, before anything else is looked at.
pub(crate) const HANDOVER_BYTES: usize = 1 << 20;

/// Bytes that one unit of fuel carries over to the host or back.
const BYTES_PER_FUEL: u64 = 64;

/// What a call of the host takes, whatever it carries: about what it costs beside an instruction.
const FUEL_PER_CALL: u64 = 100;

/// Takes the price of one call of the host that carries `bytes`.
pub(crate) fn charge_call(store: impl AsContextMut, bytes: usize) -> wasmtime::Result<()> {
    take(store, FUEL_PER_CALL.saturating_add(price(bytes)))
}

/// Takes the price of carrying `bytes` from the run's fuel, so that the host's work for a workflow is bounded by the
/// same number, on every machine, as the workflow's own.
pub(crate) fn charge(store: impl AsContextMut, bytes: usize) -> wasmtime::Result<()> {
    take(store, price(bytes))
}

fn price(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX).div_ceil(BYTES_PER_FUEL)
}

fn take(mut store: impl AsContextMut, price: u64) -> wasmtime::Result<()> {
    let mut store = store.as_context_mut();
    match store.get_fuel()?.checked_sub(price) {
        Some(rest) => store.set_fuel(rest),
        None => {
            store.set_fuel(0)?;
            Err(Stop::OutOfFuel.into())
        }
    }
}
