//! The processor: a thread's place in the line for it, and what it has had of it.

use std::time::Duration;

/// Has the calling thread run when nobody else wants the processor: on a machine that is busy to the last, hardly ever. Threads and
/// processes that it begins afterwards have its place. Niceness alone lets a decision wait until the next tick of the
/// scheduler, and means nothing between sessions of a system that groups processes by them.
///
/// # Errors
///
/// The system does not let it, or knows no such thing; in words. No promise depends on it.
pub fn stand_back() -> Result<(), String> {
    system::stand_back().map_err(|error| format!("its place in the line for a processor: {error}"))
}

/// What the calling thread has had of a processor so far; none on a system that does not say.
#[must_use]
pub fn thread_time() -> Option<Duration> {
    system::thread_time()
}

#[cfg(target_os = "linux")]
mod system {
    use std::io;
    use std::time::Duration;

    /// As far behind others as niceness goes.
    const NICENESS: i32 = 19;

    pub(super) fn stand_back() -> io::Result<()> {
        rustix::process::nice(NICENESS)?;
        let priority = libc::sched_param { sched_priority: 0 };
        #[expect(unsafe_code, reason = "no crate of ours sets the policy of scheduling")]
        // SAFETY: it reads the one structure, which lives until it returns.
        let done = unsafe { libc::sched_setscheduler(0, libc::SCHED_IDLE, &raw const priority) };
        if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }

    pub(super) fn thread_time() -> Option<Duration> {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        #[expect(unsafe_code, reason = "no crate of ours asks what a thread has had of a processor")]
        // SAFETY: it writes the one structure, which lives until it returns.
        let done = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
        let (seconds, nanos) = (u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?);
        (done == 0).then(|| Duration::new(seconds, nanos))
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::io;
    use std::time::Duration;

    pub(super) fn stand_back() -> io::Result<()> {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }

    pub(super) fn thread_time() -> Option<Duration> {
        None
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_charged_for_what_it_does_and_not_for_waiting() {
        let began = thread_time().unwrap();
        let (told, hears) = std::sync::mpsc::channel::<()>();
        let busy = std::thread::spawn(move || {
            let began = thread_time().unwrap();
            let mut sum = 0_u64;
            while thread_time().unwrap().saturating_sub(began) < Duration::from_millis(20) {
                sum = std::hint::black_box(sum.wrapping_add(1));
            }
            drop(told);
        });
        assert!(hears.recv().is_err(), "nothing is said");
        busy.join().unwrap();
        let waited = thread_time().unwrap().saturating_sub(began);
        assert!(waited < Duration::from_millis(20), "{waited:?}");
    }

    #[test]
    fn a_thread_that_stands_back_goes_on() {
        std::thread::spawn(|| stand_back().unwrap()).join().unwrap();
    }
}
