//! The limits that the system holds a process to.

use std::io;

use rustix::process::{Resource, Rlimit, setrlimit};

use crate::worker::message::Assignment;

/// Seconds between being asked to end for want of time on a processor and being ended.
const GRACE_SECONDS: u64 = 5;
/// Bytes of the largest file that may be written: one function in the compile cache.
const FILE_BYTES: u64 = 64 << 20;
/// Files that may be open.
const FILES: u64 = 64;

pub(super) fn before_setup(assignment: &Assignment) -> io::Result<()> {
    let seconds = assignment.cpu_seconds;
    limit(Resource::Cpu, seconds, seconds.saturating_add(GRACE_SECONDS))?;
    limit(Resource::Fsize, FILE_BYTES, FILE_BYTES)?;
    limit(Resource::Nofile, FILES, FILES)?;
    // A core would be the module, and what the machine has of memory, on a disk.
    limit(Resource::Core, 0, 0)
}

/// On top of what is there already, which is mostly reserved by the pool and never used.
pub(super) fn after_setup(assignment: &Assignment) -> io::Result<()> {
    let pages = std::fs::read_to_string("/proc/self/statm")?;
    let pages = pages.split(' ').next().and_then(|pages| pages.parse::<u64>().ok());
    let pages = pages.ok_or_else(|| io::Error::other("`/proc/self/statm` says no size"))?;
    let page_bytes = u64::try_from(rustix::param::page_size()).map_err(io::Error::other)?;
    let bytes = pages.saturating_mul(page_bytes).saturating_add(assignment.memory_bytes);
    limit(Resource::As, bytes, bytes)
}

fn limit(resource: Resource, soft: u64, hard: u64) -> io::Result<()> {
    Ok(setrlimit(resource, Rlimit { current: Some(soft), maximum: Some(hard) })?)
}
