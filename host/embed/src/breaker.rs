//! The circuit breaker: a workflow that fails most of its runs is left out for a while, so that it costs decisions no more time
//! than it takes to find that out.
//!
//! What counts is how runs end, so whoever sends more than half of a workflow's requests, and finds some on which it fails, can
//! have it left out for everybody. That lasts for as long as they go on, and costs what the catalog says of `not-loaded`.

use std::sync::atomic::{AtomicU64, Ordering};

use usher_sandbox::Outcome;

/// Runs are counted in windows of this length, which begin when the clock says so and not with a run.
const WINDOW_MS: u64 = 10_000;
/// Runs that there have to be in a window before any share of them means something.
const LEAST_RUNS: u64 = 20;
/// How long a workflow is left out before one run is tried.
const COOL_DOWN_MS: u64 = 5_000;

/// Whether a workflow is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BreakerState {
    /// It is, for every decision.
    Closed,
    /// It is left out, but for one run now and then which shows whether it is well again.
    Open,
}

impl BreakerState {
    /// The state's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
        }
    }
}

/// What a decision does with a workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admitted {
    /// It runs it.
    Run,
    /// It runs it, alone of all, to see how it is.
    Probe,
    /// It does without.
    Skip,
}

/// Counts how the runs of one workflow end. All of its times are instants of decisions: they need not be in order, and the clock
/// may be set back.
#[derive(Debug, Default)]
pub struct CircuitBreaker {
    window: Counted,
    /// When the next probe is due; 0 while the breaker is closed.
    probe_at: AtomicU64,
    skipped: AtomicU64,
}

/// A [`Window`] that every run changes. It is alone in what processors pass to each other, two lines of memory, so that who reads
/// the rest need not wait for it.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Counted(AtomicU64);

/// The runs of one window: its number in 32 bits, then how many failed in 16, and how many there were in 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    number: u64,
    failures: u64,
    runs: u64,
}

impl CircuitBreaker {
    /// Whether the workflow is run.
    #[must_use]
    pub fn state(&self) -> BreakerState {
        if self.probe_at.load(Ordering::Relaxed) == 0 { BreakerState::Closed } else { BreakerState::Open }
    }

    /// How many decisions have done without the workflow so far because of this.
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.skipped.load(Ordering::Relaxed)
    }

    /// Whether a decision of this instant runs the workflow.
    pub(crate) fn admit(&self, now_ms: u64) -> Admitted {
        let probe_at = self.probe_at.load(Ordering::Relaxed);
        if probe_at == 0 {
            return Admitted::Run;
        }
        // A probe that is due in more than two cool-downs is one of a clock that has been set back since.
        let is_due = now_ms >= probe_at || probe_at - now_ms > 2 * COOL_DOWN_MS;
        let next = now_ms.saturating_add(COOL_DOWN_MS);
        // Whoever moves the next probe on has this one. Should its decision be given up, the next one comes all the same.
        if is_due && self.probe_at.compare_exchange(probe_at, next, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            return Admitted::Probe;
        }
        self.skipped.fetch_add(1, Ordering::Relaxed);
        Admitted::Skip
    }

    /// Takes note of how a run that was admitted ended.
    pub(crate) fn settle(&self, admitted: Admitted, outcome: &Outcome, now_ms: u64) {
        let Some(failed) = has_failed(outcome) else { return };
        match admitted {
            Admitted::Run => {
                if self.count(failed, now_ms).is_mostly_failed() {
                    // It may be open already: runs that began before end now.
                    let probe_at = now_ms.saturating_add(COOL_DOWN_MS);
                    let _was = self.probe_at.compare_exchange(0, probe_at, Ordering::Relaxed, Ordering::Relaxed);
                }
            }
            // The next probe is a cool-down away, as it was when this one began.
            Admitted::Probe if failed => {}
            Admitted::Probe => {
                self.window.0.store(Window::of(now_ms).packed(), Ordering::Relaxed);
                self.probe_at.store(0, Ordering::Relaxed);
            }
            Admitted::Skip => {}
        }
    }

    /// The window of this instant, with one more run in it.
    fn count(&self, failed: bool, now_ms: u64) -> Window {
        let mut packed = self.window.0.load(Ordering::Relaxed);
        loop {
            let window = Window::unpacked(packed).with(failed, Window::of(now_ms));
            match self.window.0.compare_exchange_weak(packed, window.packed(), Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return window,
                Err(found) => packed = found,
            }
        }
    }
}

impl Window {
    /// The largest count there is room for.
    const MOST: u64 = 0xffff;

    /// The window of an instant, without runs.
    fn of(now_ms: u64) -> Self {
        Self { number: (now_ms / WINDOW_MS) & 0xffff_ffff, failures: 0, runs: 0 }
    }

    /// This one with one more run, or the one of now with its first. Who is late is counted with those after them.
    fn with(self, failed: bool, now: Self) -> Self {
        let is_over = now.number > self.number || self.number - now.number > 1;
        let Self { number, mut failures, mut runs } = if is_over { now } else { self };
        if runs == Self::MOST {
            // The share of failures stays what it is.
            (failures, runs) = (failures / 2, runs / 2);
        }
        Self { number, failures: failures + u64::from(failed), runs: runs + 1 }
    }

    fn is_mostly_failed(self) -> bool {
        self.runs >= LEAST_RUNS && self.failures * 2 > self.runs
    }

    fn packed(self) -> u64 {
        (self.number << 32) | (self.failures << 16) | self.runs
    }

    fn unpacked(packed: u64) -> Self {
        Self { number: packed >> 32, failures: (packed >> 16) & Self::MOST, runs: packed & Self::MOST }
    }
}

/// Whether a run that ended so has failed; none if it says nothing about the workflow. A refusal is an answer: saying that it
/// has none is what a workflow is free to do. One that found no place in the pool did nothing at all.
fn has_failed(outcome: &Outcome) -> Option<bool> {
    match outcome {
        Outcome::Ok | Outcome::Refused { .. } => Some(false),
        Outcome::Unavailable { .. } => None,
        // Another crate's outcomes may grow; whatever is not an answer is a failure.
        _ => Some(true),
    }
}

#[cfg(test)]
mod tests;
