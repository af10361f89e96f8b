//! Something to hold the production path against: what a decision would cost if instances were reused, what the least costs that
//! could be called fresh, and what the engine makes of a component that is run as a module here.
//!
//! Only benchmarks and tests turn the `yardstick` feature on. A reused instance remembers, which is what no workflow may do.

use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use wasmtime::{Engine, InstancePre, Linker, Module, Precompiled, Store};

use crate::admission::{World, hex};
use crate::artifact::Artifact;
use crate::code::Instance;
use crate::compile::compile_component;
use crate::engine::Sandbox;
use crate::instance::{RunState, Variables};
use crate::limits::Limits;
use crate::lookup::Answers;
use crate::request::Request;
use crate::run::new_store;
use crate::workflow::Workflow;

/// One instance that answers again and again.
///
/// It writes more of its memory than an instance that answers once, and whoever has its place in the pool after it pays for that to
/// be cleaned, each time: measure fresh instances in another sandbox, or before.
pub struct Reused {
    store: Store<RunState>,
    instance: Instance,
    fuel: u64,
}

impl Reused {
    /// Makes the instance, of a workflow of the synchronous world.
    ///
    /// # Errors
    ///
    /// What the engine says, in words.
    pub fn new(workflow: &Workflow) -> Result<Self, String> {
        let words = |error: wasmtime::Error| format!("{error:#}");
        let limits = Limits::clone(&workflow.limits);
        let fuel = limits.fuel;
        let state = RunState::new(Arc::new(Request::default()), Arc::new(Variables::new()), limits, Answers::default());
        let linked = workflow.code.ask_here().map_err(|error| error.to_string())?;
        let mut store = new_store(linked, state, Duration::from_secs(3_600)).map_err(words)?;
        let instance = linked.instantiate(&mut store).map_err(words)?;
        Ok(Self { store, instance, fuel })
    }

    /// Asks it once more, with its fuel filled up.
    ///
    /// # Errors
    ///
    /// What the engine or the workflow says, in words.
    pub fn ask(&mut self, request: &Request) -> Result<Vec<String>, String> {
        let words = |error: wasmtime::Error| format!("{error:#}");
        self.store.set_fuel(self.fuel).map_err(words)?;
        self.instance.ask(&mut self.store, request).map_err(words)?
    }
}

impl std::fmt::Debug for Reused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reused").finish_non_exhaustive()
    }
}

/// The code of a component of the synchronous world that the engine makes an instance of, though it may be one module and would be
/// [admitted](Sandbox::admit) as that.
///
/// # Errors
///
/// It does not compile.
pub fn as_component(sandbox: &Sandbox, wasm: &[u8]) -> Result<Artifact, String> {
    let code = compile_component(sandbox.runtime(World::Workflow), wasm).map_err(|refusal| refusal.to_string())?;
    // It is not the code that a sandbox has for the module otherwise.
    let digest = format!("{}-as-component", hex(&Sha256::digest(wasm)));
    Ok(Artifact::of(code, World::Workflow, digest))
}

/// Whether code is of a component that is one module, and was compiled as that.
#[must_use]
pub fn is_bare(artifact: &Artifact) -> bool {
    artifact.code().is_ok_and(|code| Engine::detect_precompiled(&code) == Some(Precompiled::Module))
}

/// Whether this thread has an engine and code of its own for a workflow, as one has that asks it often.
#[must_use]
pub fn has_own(sandbox: &Sandbox, workflow: &Workflow) -> bool {
    workflow.code.has_own(&sandbox.lanes)
}

/// Gives this thread what it would have if it had asked a workflow often. Whether it has that now: not if the workflow has not been
/// asked at all, is no module, or other threads have all engines that there are.
#[must_use]
pub fn settle(sandbox: &Sandbox, workflow: &Workflow) -> bool {
    workflow.code.own_now(&sandbox.lanes)
}

/// A fresh instance of a core module that has a page of memory and a function that does nothing, from a pool like that of a
/// thread that decides often: the floor under everything that is fresh.
pub struct CoreFloor {
    pre: InstancePre<()>,
    engine: Engine,
}

impl CoreFloor {
    /// `(module (memory (export "m") 1) (func (export "f")))`
    const MODULE: &[u8] = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x05\x03\x01\0\x01\x07\x09\x02\x01m\x02\0\x01f\0\0\x0a\x04\x01\x02\0\x0b";

    /// Compiles the module.
    ///
    /// # Errors
    ///
    /// What the engine says, in words.
    pub fn new(sandbox: &Sandbox) -> Result<Self, String> {
        let words = |error: wasmtime::Error| format!("{error:#}");
        let engine = sandbox.lanes.another().map_err(words)?.engine;
        let module = Module::new(&engine, Self::MODULE).map_err(words)?;
        let pre = Linker::new(&engine).instantiate_pre(&module).map_err(words)?;
        Ok(Self { pre, engine })
    }

    /// Makes an instance, calls its function, and lets go of it.
    ///
    /// # Errors
    ///
    /// What the engine says, in words.
    pub fn run(&self) -> Result<(), String> {
        let words = |error: wasmtime::Error| format!("{error:#}");
        let mut store = Store::new(&self.engine, ());
        store.set_fuel(u64::MAX).map_err(words)?;
        store.set_epoch_deadline(1_000_000);
        let instance = self.pre.instantiate(&mut store).map_err(words)?;
        let function = instance.get_typed_func::<(), ()>(&mut store, "f").map_err(words)?;
        function.call(&mut store, ()).map_err(words)
    }
}

impl std::fmt::Debug for CoreFloor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CoreFloor").finish_non_exhaustive()
    }
}
