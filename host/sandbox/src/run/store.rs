//! Stores: what instances are in while they run.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::{Engine, Store};

use super::attempt::{Attempt, call};
use crate::code::{Linked, Own};
use crate::engine::TICK;
use crate::instance::{HANDOVER_BYTES, RunState};
use crate::lanes::Stay;
use crate::limits::Limits;

/// A store under the run's limits.
pub(crate) fn new_store(linked: &Linked, state: RunState, left: Duration) -> wasmtime::Result<Store<RunState>> {
    let mut store = Store::new(linked.engine(), state);
    store.limiter(|state| &mut state.meter);
    store.set_hostcall_fuel(HANDOVER_BYTES);
    limit(&mut store, left)?;
    Ok(store)
}

/// Gives a store the fuel and the time of one run.
fn limit(store: &mut Store<RunState>, left: Duration) -> wasmtime::Result<()> {
    let fuel = store.data().limits.fuel;
    store.set_fuel(fuel.saturating_add(1))?;
    // The tick under way has partly passed, so one more makes sure that the run has all of its time.
    let ticks = left.as_nanos().div_ceil(TICK.as_nanos()).saturating_add(1);
    store.set_epoch_deadline(u64::try_from(ticks).unwrap_or(u64::MAX));
    Ok(())
}

/// What the runs of one decision are in that follow each other in a lane. Each has an instance, a state and a budget of its own; what
/// they share is the engine's record of what there is, which need not be made and cleared for each. It goes with the decision.
#[derive(Debug)]
pub(super) struct SharedStore {
    store: Store<RunState>,
    runs: u32,
    _stay: Stay,
}

impl SharedStore {
    /// A store for this run and those that follow it.
    pub(super) fn new(own: &Own, state: RunState, left: Duration, stay: Stay) -> wasmtime::Result<Self> {
        Ok(Self { store: new_store(&own.linked, state, left)?, runs: 1, _stay: stay })
    }

    /// Whether one more run may be in it.
    pub(super) fn has_room_for(&self, own: &Own) -> bool {
        self.runs < Stay::RUNS && Engine::same(self.store.engine(), own.linked.engine())
    }

    /// Makes it the next run's.
    pub(super) fn begin(mut self, state: RunState, left: Duration) -> wasmtime::Result<Self> {
        self.runs = self.runs.saturating_add(1);
        *self.store.data_mut() = state;
        limit(&mut self.store, left)?;
        Ok(self)
    }

    /// The run that it was made for or begun with. What that leaves is not left here.
    pub(super) fn attempt(mut self, own: &Own) -> wasmtime::Result<(Attempt, Self)> {
        let request = Arc::clone(&self.store.data().request);
        let answer = call(&own.linked, &mut self.store, &request);
        let left = self.store.get_fuel()?;
        let state = std::mem::replace(self.store.data_mut(), RunState::blank(request, Limits::default()));
        Ok((Attempt::with(answer, left, state), self))
    }
}
