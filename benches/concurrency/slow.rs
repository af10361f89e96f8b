//! What a workflow that runs to its deadline does to decisions beside it, which share the worker threads of one runtime.
//!
//! Workflows in Rust run on their caller's stack, so that one of them holds its worker until it is done. While there is another
//! worker, that one goes on; when all are held, everybody waits.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use usher_host::Host;
use usher_sandbox::Limits;
use usher_tests::{guests, jobs};

use crate::checked::{body, check};
use crate::quantile::quantile;

const TURN: Duration = Duration::from_millis(1_500);
/// Turns of each.
const ROUNDS: usize = 4;
/// Tasks that decide quickly, and how often each does.
const QUICK: usize = 8;
const EVERY: Duration = Duration::from_millis(4);

/// Where the slow decisions run.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// On the workers, as they are.
    Workers,
    /// On threads that may block: what it would be if they got out of the way.
    Beside,
}

/// Quick decisions with more and more slow ones beside them, in turns.
pub(crate) fn compare(host_of: fn(&str, Limits) -> Host, workers: usize) {
    let runtime = Builder::new_multi_thread().worker_threads(workers).enable_time().build();
    let runtime = runtime.expect("this machine can run threads");
    let _timers = runtime.enter();
    let quick = Arc::new(host_of(jobs::RULES, Limits::default()));
    // It has fuel for more than its 50 ms.
    let slow = Arc::new(host_of(guests::ENDLESS_LOOP, Limits { fuel: u64::MAX / 2, ..Limits::default() }));

    let mut rows: Vec<_> = (0..=workers).map(|number| (number, Place::Workers, Vec::new())).collect();
    rows.push((workers, Place::Beside, Vec::new()));
    for _ in 0..ROUNDS {
        for (number, place, times) in &mut rows {
            let slow: Vec<_> = (0..*number).map(|_| go_on(runtime.handle(), &slow, *place)).collect();
            times.extend(runtime.block_on(turn(&quick)));
            slow.iter().for_each(JoinHandle::abort);
        }
    }
    for (number, place, mut times) in rows {
        let [middle, high, worst] = [0.5, 0.99, 1.0].map(|part| quantile(&mut times, part));
        let place = match place {
            Place::Workers => "",
            Place::Beside => ", on threads that may block",
        };
        println!("| {number} slow{place} | {middle:.3} ms | {high:.3} ms | {worst:.1} ms |");
    }
}

/// Makes slow decisions, one after another, until it is aborted.
fn go_on(runtime: &Handle, host: &Arc<Host>, place: Place) -> JoinHandle<()> {
    let host = Arc::clone(host);
    runtime.spawn(async move {
        let body = Arc::new(body());
        loop {
            let (host, body) = (Arc::clone(&host), Arc::clone(&body));
            match place {
                Place::Workers => drop(check(&host, &body).await),
                Place::Beside => {
                    let runtime = Handle::current();
                    let decision = tokio::task::spawn_blocking(move || runtime.block_on(check(&host, &body)));
                    drop(decision.await.expect("every decision is made"));
                }
            }
            tokio::task::yield_now().await;
        }
    })
}

/// How long quick decisions take, in milliseconds, from when they were to begin.
async fn turn(host: &Arc<Host>) -> Vec<f64> {
    let tasks: Vec<_> = (0..QUICK).map(|_| tokio::spawn(decide_now_and_then(Arc::clone(host)))).collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("every decision is made"));
    }
    times
}

async fn decide_now_and_then(host: Arc<Host>) -> Vec<f64> {
    let (body, started, mut times) = (body(), Instant::now(), Vec::new());
    let mut due = started;
    while due < started + TURN {
        due += EVERY;
        tokio::time::sleep_until(due).await;
        drop(check(&host, &body).await);
        times.push(due.elapsed().as_secs_f64() * 1e3);
    }
    times
}
