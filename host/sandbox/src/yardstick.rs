//! What a decision would cost if instances were reused: something to measure the production path against.
//!
//! Only benchmarks turn the `yardstick` feature on. A reused instance remembers, which is what no workflow may do.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::Store;
use wasmtime::component::{Func, Instance};

use crate::engine::Sandbox;
use crate::instance::{RunState, Variables};
use crate::lookup::Answers;
use crate::request::Request;
use crate::run::new_store;
use crate::workflow::{Provision, Workflow};

/// One instance that answers again and again.
pub struct Reused {
    store: Store<RunState>,
    provision: Func,
    fuel: u64,
}

impl Reused {
    /// Makes the instance.
    ///
    /// # Errors
    ///
    /// What the engine says, in words.
    pub fn new(sandbox: &Sandbox, workflow: &Workflow) -> Result<Self, String> {
        let words = |error: wasmtime::Error| format!("{error:#}");
        let limits = Arc::clone(&workflow.limits);
        let fuel = limits.fuel;
        let state = RunState::new(Arc::new(Request::default()), Arc::new(Variables::new()), limits, Answers::default());
        let mut store = new_store(sandbox, state, Duration::from_secs(3_600)).map_err(words)?;
        let instance: Instance = workflow.pre.instantiate(&mut store).map_err(words)?;
        let provision = instance.get_func(&mut store, workflow.provision).ok_or("it exports no `provision`")?;
        Ok(Self { store, provision, fuel })
    }

    /// Asks it once more, with its fuel filled up.
    ///
    /// # Errors
    ///
    /// What the engine or the workflow says, in words.
    pub fn ask(&mut self, request: &Request) -> Result<Vec<String>, String> {
        let words = |error: wasmtime::Error| format!("{error:#}");
        self.store.set_fuel(self.fuel).map_err(words)?;
        let provision: Provision<'_> = self.provision.typed(&self.store).map_err(words)?;
        provision.call(&mut self.store, (request,)).map_err(words)?.0
    }
}

impl std::fmt::Debug for Reused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reused").finish_non_exhaustive()
    }
}
