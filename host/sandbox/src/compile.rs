//! Compiling: a component in, machine code out. Everything that compiles goes through this one function, and only admission
//! calls it: in a process that serves, nobody does.

use wasmtime::Engine;

use crate::admission::{Refusal, World};
use crate::artifact::Artifact;

/// Compiles a component.
pub(crate) fn compile(engine: &Engine, wasm: &[u8], world: World, digest: &str) -> Result<Artifact, Refusal> {
    let code =
        engine.precompile_component(wasm).map_err(|error| Refusal::DoesNotCompile { reason: format!("{error:#}") })?;
    Ok(Artifact::of(code, world, digest.to_owned()))
}
