//! How much memory a run touches, which is what it makes the machine clean, and bring back for the next.

use crate::run::{Asked, Runner};

/// Runs of which the one counts that touched least: whatever else the process does only adds to it.
const RUNS: usize = 20;

/// Bytes of the pages that a run touches; none where the system does not count them. In a sandbox that keeps nothing of the run
/// before, the kernel has to bring every page that is touched, and counts how often it did.
pub(super) fn bytes(runner: &Runner, asked: &Asked) -> Option<u64> {
    let runs = (0..RUNS).map(|_| {
        let before = pages_brought()?;
        runner.run(asked);
        pages_brought()?.checked_sub(before)
    });
    let pages = runs.collect::<Option<Vec<_>>>()?.into_iter().min()?;
    Some(pages.saturating_mul(page_bytes()?))
}

/// Pages that the kernel has brought into this process so far, without reading a disk: the tenth field of `proc_pid_stat(5)`.
fn pages_brought() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the program's name, in brackets and with any characters.
    let (_, third) = stat.rsplit_once(") ")?;
    third.split(' ').nth(7)?.parse().ok()
}

#[cfg(unix)]
fn page_bytes() -> Option<u64> {
    u64::try_from(rustix::param::page_size()).ok()
}

#[cfg(not(unix))]
fn page_bytes() -> Option<u64> {
    None
}
