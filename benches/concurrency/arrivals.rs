//! How long an answer takes when requests come by a schedule, whether or not those before them are answered, and most of the
//! machine is in use: from when a request was due to when it is answered.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use usher_host::Host;

use crate::checked::{body, check};
use crate::quantile::quantile;
use crate::real;
use crate::threads::decided;

/// Short, so that some rounds have all cores for themselves though others use the machine.
const TURN: Duration = Duration::from_millis(200);
const ROUNDS: usize = 41;
/// How much of what all cores can do is asked of them.
const LOAD: f64 = 0.8;

/// Measures what all cores can do, and right afterwards how long answers take at most of that.
pub(crate) fn measure(host: &Host, cores: usize) {
    let mut rounds: Vec<[f64; 3]> = (0..ROUNDS)
        .map(|round| {
            let rate = decided(host, cores).steps * LOAD;
            let mut times = turn(host, cores, &schedule(rate, round));
            [rate, quantile(&mut times, 0.5) * 1e6, quantile(&mut times, 0.99) * 1e6]
        })
        .collect();
    // By their p99: a round with a bad one was not alone on the machine.
    rounds.sort_unstable_by(|[.., one], [.., other]| one.total_cmp(other));
    for (what, place) in [("best", 0), ("lower quartile", ROUNDS / 4), ("median", ROUNDS / 2)] {
        let [rate, middle, high] = rounds.get(place).copied().expect("there are rounds");
        let load = LOAD * 100.0;
        println!(
            "| at {load:.0} % of saturation, {what} of {ROUNDS} rounds | {rate:.0} | {middle:.0} µs | {high:.0} µs |"
        );
    }
}

/// When requests are due, in seconds: at random, as from many who do not know of each other.
fn schedule(rate: f64, seed: usize) -> Vec<f64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(u64::try_from(seed).unwrap_or(0) + 1);
    let mut uniform = move || {
        // Marsaglia's xorshift.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        f64::from(u32::try_from(state >> 32).unwrap_or(1)).max(1.0) / f64::from(u32::MAX)
    };
    let next = |due: &f64| Some(due - uniform().ln() / rate);
    std::iter::successors(Some(0.0), next).take_while(|due| *due < TURN.as_secs_f64()).collect()
}

/// One queue, in the order of the schedule, and as many threads as cores to serve it.
fn turn(host: &Host, cores: usize, schedule: &[f64]) -> Vec<f64> {
    let (body, next, started) = (body(), AtomicUsize::new(0), Instant::now() + Duration::from_millis(5));
    let serve = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let runtime = runtime.expect("this machine can run threads");
        let mut times = Vec::with_capacity(schedule.len());
        while let Some(due) = schedule.get(next.fetch_add(1, Ordering::Relaxed)) {
            let due = started + Duration::from_secs_f64(*due);
            while Instant::now() < due {
                std::hint::spin_loop();
            }
            drop(runtime.block_on(check(host, &body)));
            times.push(due.elapsed().as_secs_f64());
        }
        times
    };
    let times: Vec<f64> = std::thread::scope(|scope| {
        let servers: Vec<_> = (0..cores).map(|_| scope.spawn(serve)).collect();
        servers.into_iter().flat_map(|server| server.join().expect("every decision is made")).collect()
    });
    assert!(real(times.len()) > real(schedule.len()) - 1.0, "every request is answered");
    times
}
