//! The imports of the contract, one file per WIT interface. Together they are everything a workflow can ask of Usher.

mod env;
mod identity;
mod log;

use wasmtime::component::{HasSelf, Linker};

use crate::bindings;
use crate::instance::RunState;

/// Gives every workflow the same imports.
pub(crate) fn link(linker: &mut Linker<RunState>) -> wasmtime::Result<()> {
    bindings::env::add_to_linker::<_, HasSelf<RunState>>(linker, |state| state)?;
    bindings::identity::add_to_linker::<_, HasSelf<RunState>>(linker, |state| state)?;
    bindings::log::add_to_linker::<_, HasSelf<RunState>>(linker, |state| state)
}
