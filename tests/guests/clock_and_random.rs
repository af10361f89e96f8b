//! Reads every clock and every source of randomness that the standard library has, and answers with what it read.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant, SystemTime};

use usher_guest::{Request, workflow};

#[workflow]
#[expect(clippy::disallowed_methods, reason = "reading the clock is what this guest is for")]
fn clock_and_random(_: &Request) -> Vec<String> {
    let (wall, steady) = (SystemTime::now(), Instant::now());
    std::thread::sleep(Duration::from_secs(3_600));
    let since_epoch = wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    vec![
        format!("wall-{}", since_epoch.as_millis()),
        format!("slept-{}", steady.elapsed().as_nanos()),
        format!("random-{:016x}", RandomState::new().hash_one(0)),
    ]
}
