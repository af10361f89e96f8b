//! The limits that the system holds a process to.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::worker::message::Assignment;

/// Seconds between being asked to end for want of time on a processor and being ended.
const GRACE_SECONDS: u64 = 5;
/// Bytes of the largest file that may be written: one function in the compile cache.
const FILE_BYTES: u64 = 64 << 20;
/// Files that may be open.
const FILES: u64 = 64;
/// Bytes that the first thread's stack may grow to: what systems give it, and none of the module's share.
const STACK_BYTES: u64 = 8 << 20;
/// Where `/proc/self/statm` has the pages of all that is mapped.
const SIZE_FIELD: usize = 0;
/// Where it has those that can be written and are nobody else's.
const DATA_FIELD: usize = 5;

pub(super) fn before_setup(assignment: &Assignment) -> io::Result<()> {
    let seconds = assignment.cpu_seconds;
    limit(Resource::Cpu, seconds, seconds.saturating_add(GRACE_SECONDS))?;
    limit(Resource::Fsize, FILE_BYTES, FILE_BYTES)?;
    limit(Resource::Nofile, FILES, FILES)?;
    // A core would be the module, and what the machine has of memory, on a disk.
    limit(Resource::Core, 0, 0)
}

/// On top of what is there already, which is mostly reserved by the pool and never used. What is reserved and not there yet,
/// such as the heaps of the compiler's threads, counts once it can be written.
pub(super) fn after_setup(assignment: &Assignment) -> io::Result<()> {
    let sizes = std::fs::read_to_string("/proc/self/statm")?;
    let page_bytes = u64::try_from(rustix::param::page_size()).map_err(io::Error::other)?;
    let so_far = |field| {
        let pages = sizes.split_ascii_whitespace().nth(field).and_then(|pages| pages.parse::<u64>().ok());
        let pages = pages.ok_or_else(|| io::Error::other("`/proc/self/statm` says no size"))?;
        Ok::<_, io::Error>(pages.saturating_mul(page_bytes))
    };
    let data = so_far(DATA_FIELD)?.saturating_add(assignment.memory_bytes);
    limit(Resource::Data, data, data)?;
    let all = so_far(SIZE_FIELD)?.saturating_add(assignment.memory_bytes).saturating_add(STACK_BYTES);
    limit(Resource::As, all, all)?;
    limit(Resource::Stack, STACK_BYTES, STACK_BYTES)
}

/// Whoever started this process may have held it to less already.
fn limit(resource: Resource, soft: u64, hard: u64) -> io::Result<()> {
    let most = getrlimit(resource).maximum.unwrap_or(u64::MAX);
    Ok(setrlimit(resource, Rlimit { current: Some(soft.min(most)), maximum: Some(hard.min(most)) })?)
}
