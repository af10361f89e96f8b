//! The clock: cases that take turns, each call timed.

use std::time::{Duration, Instant};

use crate::quantile::quantile;

/// Turns of each case, after one that is not counted.
const TURNS: usize = 9;
const TURN: Duration = Duration::from_millis(60);
/// Calls that are timed together where one alone is shorter than what a look at the clock takes.
const BATCH: u32 = 64;

/// Something to measure.
pub(crate) struct Case<'a> {
    name: &'static str,
    call: Box<dyn FnMut() + 'a>,
    batch: u32,
}

impl<'a> Case<'a> {
    pub(crate) fn new<T>(name: &'static str, mut call: impl FnMut() -> T + 'a) -> Self {
        Self { name, call: Box::new(move || drop(std::hint::black_box(call()))), batch: 1 }
    }

    /// One that takes less than a microsecond.
    pub(crate) fn short<T>(name: &'static str, call: impl FnMut() -> T + 'a) -> Self {
        Self { batch: BATCH, ..Self::new(name, call) }
    }

    /// The times of one call, over one turn, in nanoseconds.
    fn turn(&mut self) -> Vec<f64> {
        let (ends, mut times) = (Instant::now() + TURN, Vec::new());
        while Instant::now() < ends {
            let started = Instant::now();
            (0..self.batch).for_each(|_| (self.call)());
            times.push(started.elapsed().as_secs_f64() * 1e9 / f64::from(self.batch));
        }
        times
    }
}

/// What a case took, in nanoseconds.
#[derive(Debug)]
pub(crate) struct Times {
    pub(crate) name: &'static str,
    pub(crate) median: f64,
    pub(crate) p99: f64,
    /// The median of each turn.
    medians: Vec<f64>,
}

impl Times {
    pub(crate) fn of(name: &'static str, turns: &[Vec<f64>]) -> Self {
        let medians = turns.iter().map(|turn| quantile(&mut turn.clone(), 0.5)).collect();
        let mut calls = turns.concat();
        let [median, p99] = [0.5, 0.99].map(|part| quantile(&mut calls, part));
        Self { name, median, p99, medians }
    }

    /// Of turns that somebody else has timed: the median and the 99th percentile of each.
    pub(crate) fn told(name: &'static str, turns: &[[f64; 2]]) -> Self {
        let (medians, mut p99s): (Vec<_>, Vec<_>) = turns.iter().map(|[median, p99]| (*median, *p99)).unzip();
        let (median, p99) = (quantile(&mut medians.clone(), 0.5), quantile(&mut p99s, 0.5));
        Self { name, median, p99, medians }
    }

    /// How many times as long as the other, by the median of turns that came one after the other.
    pub(crate) fn ratio_to(&self, other: &Self) -> f64 {
        let mut ratios: Vec<_> = self.medians.iter().zip(&other.medians).map(|(this, other)| this / other).collect();
        quantile(&mut ratios, 0.5)
    }
}

/// Measures cases in turns.
pub(crate) fn in_turns<const CASES: usize>(mut cases: [Case<'_>; CASES]) -> [Times; CASES] {
    let mut turns = [(); CASES].map(|()| Vec::with_capacity(TURNS));
    for turn in 0..=TURNS {
        for (case, turns) in cases.iter_mut().zip(&mut turns) {
            let times = case.turn();
            if turn > 0 {
                turns.push(times);
            }
        }
    }
    let mut names = cases.iter().map(|case| case.name);
    turns.map(|turns| Times::of(names.next().unwrap_or_default(), &turns))
}
