//! What all cores do in the time in which one does so much: threads of their own, which share nothing but the host.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use usher_host::Host;

use crate::checked::{body, check};
use crate::quantile::quantile;
use crate::real;

/// Short, so that some turns have all cores for themselves though others use the machine.
const TURN: Duration = Duration::from_millis(4);
/// Turns of each. The first is not counted.
const ROUNDS: usize = 450;

/// How much was done, and under which circumstances.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// Steps in a second.
    pub(crate) steps: f64,
    /// The part of the time in which threads could have run, and somebody else had the core.
    waited: f64,
}

/// What may be waited in a turn that still counts as undisturbed.
const UNDISTURBED: f64 = 0.02;

/// One thread and all of them in turns: of a loop that only counts, of work that needs all that a core has, and shares nothing
/// either, and of decisions. Where cores are not whole ones, the first finds nothing missing and the second does.
pub(crate) fn compare(host: &Host, cores: usize) {
    let mut rounds = (Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS));
    for _ in 0..ROUNDS {
        rounds.0.push([1, cores].map(counted));
        rounds.1.push([1, cores].map(read));
        rounds.2.push([1, cores].map(|threads| decided(host, threads)));
    }
    for (what, rounds) in [("a loop that counts", rounds.0), ("reading JSON", rounds.1), ("decisions", rounds.2)] {
        let rounds = rounds.get(1..).unwrap_or_default();
        let undisturbed = |round: &&[Rate; 2]| round.iter().all(|rate| rate.waited < UNDISTURBED);
        row(what, "all", &rounds.iter().collect::<Vec<_>>());
        row(what, "undisturbed", &rounds.iter().filter(undisturbed).collect::<Vec<_>>());
    }
}

fn row(what: &str, which: &str, rounds: &[&[Rate; 2]]) {
    let number = rounds.len();
    if rounds.is_empty() {
        return println!("| {what}, {which} rounds | 0 | – | – | – | – |");
    }
    let [one, all] = [0, 1].map(|place| {
        let mut steps: Vec<_> = rounds.iter().filter_map(|round| round.get(place)).map(|rate| rate.steps).collect();
        quantile(&mut steps, 0.5)
    });
    let mut ratios: Vec<_> = rounds.iter().map(|[one, all]| all.steps / one.steps).collect();
    let [median, best] = [0.5, 1.0].map(|part| quantile(&mut ratios, part));
    println!("| {what}, {which} rounds | {number} | {one:.0} | {all:.0} | {median:.2} | {best:.2} |");
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

/// How often so many threads read the request's JSON and write it again, in a second.
fn read(threads: usize) -> Rate {
    let body = body();
    in_a_second(threads, || {
        || {
            let read: serde_json::Value = serde_json::from_slice(std::hint::black_box(&body)).expect("it is JSON");
            drop(std::hint::black_box(serde_json::to_vec(&read).expect("it was JSON")));
        }
    })
}

fn in_a_second<Step: FnMut()>(threads: usize, make: impl Fn() -> Step + Sync) -> Rate {
    let ready = AtomicUsize::new(0);
    let worker = || {
        let mut step = make();
        // A thread's first decisions find nothing of its own in memory.
        (0..50).for_each(|_| step());
        // Not asleep, so that all begin when the last of them has a core.
        ready.fetch_add(1, Ordering::Relaxed);
        while ready.load(Ordering::Relaxed) < threads {
            std::hint::spin_loop();
        }
        let (waited, started, mut steps) = (waited_for_a_core(), Instant::now(), 0);
        while started.elapsed() < TURN {
            step();
            steps += 1;
        }
        let (took, waited) = (started.elapsed(), waited_for_a_core().saturating_sub(waited));
        Rate { steps: real(steps) / took.as_secs_f64(), waited: waited.as_secs_f64() / took.as_secs_f64() }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        let rates = workers.into_iter().map(|worker| worker.join().expect("every decision is made"));
        rates.fold(Rate { steps: 0.0, waited: 0.0 }, |sum, rate| Rate {
            steps: sum.steps + rate.steps,
            waited: sum.waited.max(rate.waited),
        })
    })
}

/// How long this thread could have run and was not let to, since it began.
fn waited_for_a_core() -> Duration {
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells how a thread was scheduled");
    let waited = times.split(' ').nth(1).and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(waited.expect("the second figure is the time it waited"))
}
