//! A curve: what something costs at each of several sizes.

use std::time::{Duration, Instant};

/// How long one size is measured before it is another's turn.
const BURST: Duration = Duration::from_millis(3);
/// What is measured at least in a turn, however long it takes.
const LEAST: usize = 5;
/// Turns of every size. The first is not counted.
const ROUNDS: usize = 100;

/// What is measured at one size. Each call is a turn, and returns the median of its times in nanoseconds.
pub(crate) type Burst = Box<dyn FnMut() -> f64>;

/// What something costs at each of several sizes.
pub(crate) struct Curve {
    pub(crate) title: &'static str,
    /// What there is more of, from left to right.
    pub(crate) of: &'static str,
    pub(crate) points: Vec<Point>,
    /// How the cost is meant to grow.
    pub(crate) shape: Shape,
    pub(crate) bounds: Vec<Bound>,
}

/// One size of a curve.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    pub(crate) size: f64,
    /// Nanoseconds: the median over all turns.
    pub(crate) nanos: f64,
    /// To the first size: the median of the ratios within each round.
    pub(crate) ratio: f64,
}

/// How a cost is meant to grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Not at all.
    Flat,
    /// As the size does.
    Proportional,
}

/// What is promised, and what was found.
pub(crate) struct Bound {
    pub(crate) what: String,
    pub(crate) found: f64,
    pub(crate) most: f64,
}

impl Bound {
    pub(crate) fn holds(&self) -> bool {
        self.found <= self.most
    }
}

impl Curve {
    /// What one size costs, in nanoseconds, and its ratio to the first.
    pub(crate) fn at(&self, size: f64) -> Point {
        let found = self.points.iter().find(|point| (point.size - size).abs() < f64::EPSILON);
        *found.expect("a bound is about a size of its curve")
    }
}

/// Measures all sizes in turns, so that what slows the machine slows all of them: the ratios are of one round each.
pub(crate) fn in_rounds(mut sizes: Vec<(f64, Burst)>) -> Vec<Point> {
    let mut rounds: Vec<Vec<f64>> = Vec::with_capacity(ROUNDS);
    for _ in 0..=ROUNDS {
        rounds.push(sizes.iter_mut().map(|(_, burst)| burst()).collect());
    }
    let rounds = rounds.get(1..).unwrap_or_default();
    let point = |(place, (size, _)): (usize, &(f64, Burst))| {
        let of_round = |round: &Vec<f64>| round.get(place).copied().expect("every size has its turn in every round");
        let ratio = |round: &Vec<f64>| of_round(round) / round.first().expect("there is a first size");
        let nanos = median(rounds.iter().map(of_round).collect());
        Point { size: *size, nanos, ratio: median(rounds.iter().map(ratio).collect()) }
    };
    sizes.iter().enumerate().map(point).collect()
}

/// A turn of as many decisions as there is time for, each of which is measured.
pub(crate) fn burst<T>(mut decide: impl FnMut() -> T + 'static) -> Burst {
    Box::new(move || {
        let (ends, mut times) = (Instant::now() + BURST, Vec::new());
        while times.len() < LEAST || Instant::now() < ends {
            let started = Instant::now();
            drop(std::hint::black_box(decide()));
            times.push(started.elapsed().as_secs_f64() * 1e9);
        }
        median(times)
    })
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_unstable_by(f64::total_cmp);
    of.get(of.len() / 2).copied().expect("something was measured")
}
