//! Compiling: a component in, machine code out. Everything that compiles goes through this one function, and only admission
//! calls it: in a process that serves, nobody does.

use crate::admission::{Refusal, World};
use crate::artifact::Artifact;
use crate::code::Linked;
use crate::engine::Runtime;
use crate::slim::{bare, slim};

/// Compiles a component: the module that it is, if it is one, or itself, made of as few instances as it can be. Its guest keeps the
/// texts of a request, or does not.
pub(crate) fn compile(runtime: &Runtime, world: World, wasm: &[u8], keeps_texts: bool) -> Result<Vec<u8>, Refusal> {
    compiled_bare(runtime, world, wasm, keeps_texts).map_or_else(|| compile_component(runtime, wasm), Ok)
}

/// Compiles a component whatever it is.
pub(crate) fn compile_component(runtime: &Runtime, wasm: &[u8]) -> Result<Vec<u8>, Refusal> {
    let compiled = |wasm: &[u8]| runtime.compiler()?.precompile_component(wasm);
    let slimmed = slim(wasm).and_then(|slimmed| compiled(&slimmed).ok());
    // What is wrong with a module is said of it as its author wrote it.
    let code = slimmed.map_or_else(|| compiled(wasm), Ok);
    code.map_err(|error| Refusal::DoesNotCompile { reason: format!("{error:#}") })
}

/// The module that a component is, if that is of the contract's types.
fn compiled_bare(runtime: &Runtime, world: World, wasm: &[u8], keeps_texts: bool) -> Option<Vec<u8>> {
    if world != World::Workflow {
        return None;
    }
    let bare = bare(wasm, keeps_texts)?;
    let outline = runtime.compiler().ok()?.precompile_component(&bare.outline).ok()?;
    let outline = Artifact::of(outline, world, String::new()).map_memory(&runtime.engine).ok()?;
    Linked::of(&outline, world, runtime).ok()?;
    runtime.compiler().ok()?.precompile_module(&bare.module).ok()
}
