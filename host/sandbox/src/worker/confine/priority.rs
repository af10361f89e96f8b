//! The place of a worker in the line for a processor: at its end, since decisions cannot wait.

use std::io;

/// As far behind others as niceness goes.
const NICENESS: i32 = 19;

/// Runs when nobody else wants the processor. Niceness alone lets a decision wait until the next tick of the scheduler, and
/// means nothing between sessions of a system that groups processes by them. Or says in words
/// why it cannot stand back, which is no reason to admit nothing: no promise depends on it.
pub(super) fn give_up() -> Result<(), String> {
    let stood_back =
        rustix::process::nice(NICENESS).map(drop).map_err(io::Error::from).and_then(|()| wait_for_others());
    stood_back.map_err(|error| format!("its place in the line for a processor: {error}"))
}

fn wait_for_others() -> io::Result<()> {
    let priority = libc::sched_param { sched_priority: 0 };
    #[expect(unsafe_code, reason = "no crate of ours sets the policy of scheduling")]
    // SAFETY: it reads the one structure, which lives until it returns.
    let done = unsafe { libc::sched_setscheduler(0, libc::SCHED_IDLE, &raw const priority) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
