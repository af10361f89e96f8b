//! What must hold for longer than a test should take.
//!
//! - Memory: a process that made five million decisions, with workflows that trap, panic and take all the memory they can
//!   get, holds as much as after its first ten thousand.
//! - Swaps: a server whose release is replaced ten times a second, while it answers two thousand requests a second,
//!   fails none and mixes none.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement prints, or fails by panicking"
)]

#[path = "soak/memory.rs"]
mod memory;
mod now;
#[path = "soak/numbered.rs"]
mod numbered;
mod sandbox;
#[path = "soak/swaps.rs"]
mod swaps;

use std::process::ExitCode;

use tokio::runtime::Runtime;
use usher_host::AdmissionWorker;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if let Some(ended) = AdmissionWorker::take_over() {
        return ended;
    }
    let runtime = Runtime::new().expect("this machine can run threads");
    let _timers = runtime.enter();
    memory::measure(&runtime);
    swaps::measure(&runtime);
    ExitCode::SUCCESS
}
