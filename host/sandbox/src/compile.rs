//! Compiling: a component in, machine code out. Everything that compiles goes through this one function, and only admission
//! calls it: in a process that serves, nobody does.

use crate::admission::{Refusal, World};
use crate::artifact::Artifact;
use crate::engine::Runtime;
use crate::slim::slim;

/// Compiles a component, made of as few instances as it can be.
pub(crate) fn compile(runtime: &Runtime, wasm: &[u8], world: World, digest: &str) -> Result<Artifact, Refusal> {
    let compiled = |wasm: &[u8]| runtime.compiler()?.precompile_component(wasm);
    let slimmed = slim(wasm).and_then(|slimmed| compiled(&slimmed).ok());
    // What is wrong with a module is said of it as its author wrote it.
    let code = slimmed.map_or_else(|| compiled(wasm), Ok);
    let code = code.map_err(|error| Refusal::DoesNotCompile { reason: format!("{error:#}") })?;
    Ok(Artifact::of(code, world, digest.to_owned()))
}
