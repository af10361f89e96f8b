//! Open files: each connection is one, and so is each module that has run. Many systems allow a thousand unless they are asked
//! for more.

#[cfg(unix)]
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Has the system allow this process as many as it may have.
#[cfg(unix)]
pub(super) fn allow() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return;
    }
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::warn!(%error, allowed = current, "no more files may be open than are allowed now");
    }
}

#[cfg(not(unix))]
pub(super) fn allow() {}
