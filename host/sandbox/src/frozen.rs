//! The part of WASI 0.2 that a language's standard library drags in, frozen: a clock that stands still at the
//! decision's instant, randomness seeded from the decision, an empty environment, no files, output into the bounded
//! log. One file per WASI package; a function that is not in them does not exist.

mod cli;
mod clocks;
mod filesystem;
mod io;
mod random;

use wasmtime::component::Linker;

use crate::instance::RunState;

pub(crate) use io::finish_lines;
pub(crate) use random::Randomness;

/// Gives every workflow the same frozen world.
pub(crate) fn link(linker: &mut Linker<RunState>) -> wasmtime::Result<()> {
    io::link(linker)?;
    cli::link(linker)?;
    clocks::link(linker)?;
    random::link(linker)?;
    filesystem::link(linker)
}
