//! The part of WASI 0.2 that a language's standard library drags in, frozen: a clock that stands still at the
//! decision's instant, randomness seeded from the decision, an empty environment, no files, output into the bounded
//! log. One file per WASI package; a function that is not in them does not exist.

mod cli;
pub(crate) mod clocks;
mod filesystem;
mod io;
pub(crate) mod random;

use wasmtime::StoreContextMut;
use wasmtime::component::{ComponentNamedList, Lift, Linker, LinkerInstance, Lower};

use crate::instance::{RunState, charge_call};

pub(crate) use cli::exit_now;
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

/// Adds a function, each call of which is paid for in fuel before anything is done.
fn paid<P, R>(
    interface: &mut LinkerInstance<'_, RunState>,
    name: &str,
    function: impl Fn(StoreContextMut<'_, RunState>, P) -> wasmtime::Result<R> + Send + Sync + 'static,
) -> wasmtime::Result<()>
where
    P: ComponentNamedList + Lift + 'static,
    R: ComponentNamedList + Lower + 'static,
{
    interface.func_wrap(name, move |mut store: StoreContextMut<'_, RunState>, parameters: P| {
        charge_call(&mut store, 0)?;
        function(store, parameters)
    })
}
