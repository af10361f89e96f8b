//! What a worker gives up before it looks at a module: memory and time of a processor beyond its share, files but the compile
//! cache, the network, other programs and other processes.
//!
//! In two steps, because setting up the engine needs what compiling does not: its pool reserves address space, and asks the
//! system how many processors there are.

#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod limits;
#[cfg(target_os = "linux")]
mod system_calls;

use std::io;
use std::process::ExitStatus;

use super::message::Assignment;
#[cfg(target_os = "linux")]
use crate::processor;

/// How far this process is confined.
#[derive(Debug)]
pub(super) struct Confinement {
    /// What this machine did not let it give up, in words.
    pub(super) missing: Vec<String>,
}

#[cfg(target_os = "linux")]
impl Confinement {
    /// Gives up its place in the line for a processor, all files but the compile cache, and time beyond the share.
    pub(super) fn begin(assignment: &Assignment) -> io::Result<Self> {
        rustix::thread::set_no_new_privs(true)?;
        limits::before_setup(assignment)?;
        let given_up = [processor::stand_back(), files::give_up(assignment.compile_cache.as_deref())];
        Ok(Self { missing: given_up.into_iter().filter_map(Result::err).collect() })
    }

    /// Gives up memory beyond the share, and all that the system does besides computing.
    pub(super) fn complete(&mut self, assignment: &Assignment) -> io::Result<()> {
        limits::after_setup(assignment)?;
        self.missing.extend(system_calls::give_up().err());
        Ok(())
    }
}

/// Elsewhere a worker is a process of its own that can be killed, and nothing more.
#[cfg(not(target_os = "linux"))]
impl Confinement {
    pub(super) fn begin(_: &Assignment) -> io::Result<Self> {
        Ok(Self { missing: vec!["this system has no limits that a worker could put itself under".to_owned()] })
    }

    pub(super) fn complete(&mut self, _: &Assignment) -> io::Result<()> {
        Ok(())
    }
}

/// What ended a process that did not end by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// It used up its time on a processor.
    CpuTime,
    /// It gave up.
    Abort,
    /// It touched what it must not.
    Fault,
    /// Somebody ended it.
    Other,
}

#[cfg(target_os = "linux")]
pub(super) fn signal(ended: ExitStatus) -> Option<Signal> {
    use std::os::unix::process::ExitStatusExt;

    use rustix::process::Signal as Number;

    let number = ended.signal()?;
    let is = |signals: &[Number]| signals.iter().any(|signal| signal.as_raw() == number);
    Some(match () {
        () if is(&[Number::XCPU]) => Signal::CpuTime,
        () if is(&[Number::ABORT]) => Signal::Abort,
        () if is(&[Number::SEGV, Number::BUS, Number::ILL, Number::FPE]) => Signal::Fault,
        () => Signal::Other,
    })
}

#[cfg(not(target_os = "linux"))]
pub(super) fn signal(_: ExitStatus) -> Option<Signal> {
    None
}
