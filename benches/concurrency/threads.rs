//! What all cores do in the time in which one does so much: threads of their own, which share nothing but the host.

use std::sync::Barrier;
use std::time::{Duration, Instant};

use usher_host::Host;

use crate::checked::{body, check};
use crate::{quantile, real};

/// Short, so that some turns have all cores for themselves though others use the machine.
const TURN: Duration = Duration::from_millis(40);
/// Turns of each. The first is not counted.
const ROUNDS: usize = 80;

/// Steps in a second.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// By the clock.
    pub(crate) found: f64,
    /// Of the time in which threads did not wait for a core that somebody else had: what is left is what they do to each other.
    undisturbed: f64,
}

/// One thread and all of them in turns, of decisions and of a loop that only counts.
pub(crate) fn compare(host: &Host, cores: usize) {
    let mut rounds = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        rounds.push([counted(1), counted(cores), decided(host, 1), decided(host, cores)]);
    }
    let rounds = rounds.get(1..).unwrap_or_default();
    for (what, one, all) in [("a loop that counts", 0, 1), ("decisions", 2, 3)] {
        let column = |of: fn(&Rate) -> f64, number: usize| -> Vec<f64> {
            rounds.iter().filter_map(|round| round.get(number).map(of)).collect()
        };
        let times = |of: fn(&Rate) -> f64| {
            let mut ratios: Vec<_> = column(of, one).iter().zip(column(of, all)).map(|(one, all)| all / one).collect();
            quantile(&mut ratios, 0.5)
        };
        let (median, undisturbed) = (times(|rate| rate.found), times(|rate| rate.undisturbed));
        let [one, all] = [one, all].map(|number| quantile(&mut column(|rate| rate.found, number), 1.0));
        let best = all / one;
        println!("| {what} | {one:.0} | {all:.0} | {best:.2} | {median:.2} | {undisturbed:.2} |");
    }
}

/// How many decisions so many threads make in a second.
pub(crate) fn decided(host: &Host, threads: usize) -> Rate {
    let body = body();
    in_a_second(threads, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let (runtime, body) = (runtime.expect("this machine can run threads"), &body);
        move || drop(runtime.block_on(check(host, body)))
    })
}

/// How far so many threads count in a second, in steps that take about as long as a decision.
fn counted(threads: usize) -> Rate {
    in_a_second(threads, || || (0..20_000_u32).for_each(|number| assert!(std::hint::black_box(number) < 20_000)))
}

fn in_a_second<Step: FnMut()>(threads: usize, make: impl Fn() -> Step + Sync) -> Rate {
    let start = Barrier::new(threads);
    let worker = || {
        let mut step = make();
        start.wait();
        let (waited, started, mut steps) = (waited_for_a_core(), Instant::now(), 0);
        while started.elapsed() < TURN {
            step();
            steps += 1;
        }
        let (took, waited) = (started.elapsed(), waited_for_a_core().saturating_sub(waited));
        let undisturbed = real(steps) / took.saturating_sub(waited).as_secs_f64();
        Rate { found: real(steps) / took.as_secs_f64(), undisturbed }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        let rates = workers.into_iter().map(|worker| worker.join().expect("every decision is made"));
        rates.fold(Rate { found: 0.0, undisturbed: 0.0 }, |sum, rate| Rate {
            found: sum.found + rate.found,
            undisturbed: sum.undisturbed + rate.undisturbed,
        })
    })
}

/// How long this thread could have run and was not let to, since it began.
fn waited_for_a_core() -> Duration {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells how a thread was scheduled");
    let waited = times.split(' ').nth(1).and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(waited.expect("the second figure is the time it waited"))
}
