//! Compiling: a component in, machine code out. Everything that compiles goes through this one function, and only admission
//! calls it: in a process that serves, nobody does.

use std::borrow::Cow;

use crate::admission::Refusal;
use crate::engine::Runtime;
use crate::lower::marked;
use crate::slim::slim;

/// Compiles a component, made of as few instances as it can be, and marked if its guest keeps the texts of a request.
pub(crate) fn compile(runtime: &Runtime, wasm: &[u8], keeps_texts: bool) -> Result<Vec<u8>, Refusal> {
    let marked = |wasm: &[u8]| if keeps_texts { marked(wasm) } else { None };
    let compiled = |wasm: &[u8]| {
        let wasm = marked(wasm).map_or(Cow::Borrowed(wasm), Cow::Owned);
        runtime.compiler()?.precompile_component(&wasm)
    };
    let slimmed = slim(wasm).and_then(|slimmed| compiled(&slimmed).ok());
    // What is wrong with a module is said of it as its author wrote it.
    let code = slimmed.map_or_else(|| compiled(wasm), Ok);
    code.map_err(|error| Refusal::DoesNotCompile { reason: format!("{error:#}") })
}
