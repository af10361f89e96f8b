//! A thousand decisions a second, each asked for at its time whatever became of the one before.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::quantile::quantile;
use crate::server::Server;

/// Decisions a second, over all clients.
const RATE: u32 = 1_000;
/// Clients, each with a connection of its own.
const CLIENTS: u32 = 4;

/// What came of the decisions while something went on.
#[derive(Default)]
pub(crate) struct Load {
    /// From when each was to be asked for until its answer was there, in seconds.
    seconds: Vec<f64>,
    /// Those that failed, or lack the plan of the workflow that is nobody's enemy.
    pub(crate) lacking: u64,
}

impl Load {
    /// Counts what came of others in.
    pub(crate) fn add(&mut self, other: Self) {
        self.seconds.extend(other.seconds);
        self.lacking += other.lacking;
    }

    pub(crate) fn p99(&self) -> Duration {
        Duration::from_secs_f64(self.quantile(0.99))
    }

    fn quantile(&self, part: f64) -> f64 {
        quantile(&mut self.seconds.clone(), part)
    }

    pub(crate) fn print(&self, when: &str) {
        let p50 = Duration::from_secs_f64(self.quantile(0.5));
        let (number, lacking) = (self.seconds.len(), self.lacking);
        println!("{when}: {number} decisions, p50 {p50:.2?}, p99 {:.2?}, {lacking} that lack something", self.p99());
    }
}

/// Asks for decisions for as long as something goes on.
pub(crate) fn under_load<T>(server: &Server, goes_on: impl FnOnce() -> T) -> (Load, T) {
    let (over, load) = (AtomicBool::new(false), Mutex::new(Load::default()));
    let came = std::thread::scope(|threads| {
        for _ in 0..CLIENTS {
            threads.spawn(|| {
                let came = client(server, &over);
                load.lock().expect("no client panicked").add(came);
            });
        }
        let came = goes_on();
        over.store(true, Ordering::Relaxed);
        came
    });
    (load.into_inner().expect("no client panicked"), came)
}

fn client(server: &Server, over: &AtomicBool) -> Load {
    let (agent, started) = (Server::agent(), Instant::now());
    let Load { mut seconds, mut lacking } = Load::default();
    for number in 0.. {
        let due = Duration::from_secs(1) * CLIENTS / RATE * number;
        if over.load(Ordering::Relaxed) {
            break;
        }
        if let Some(rest) = due.checked_sub(started.elapsed()) {
            std::thread::sleep(rest);
        }
        lacking += u64::from(!server.decide(&agent).is_some_and(|answer| is_whole(&answer)));
        seconds.push(started.elapsed().saturating_sub(due).as_secs_f64());
    }
    Load { seconds, lacking }
}

/// Whether an answer has the static plan and that of the workflow `region`.
fn is_whole(answer: &Value) -> bool {
    let plans = answer["diagnostics"]["plans"].as_array().into_iter().flatten();
    plans.filter(|plan| plan["slug"] == "static" || plan["slug"] == "region").count() == 2
}
