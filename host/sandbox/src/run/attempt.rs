//! One attempt at a run: here, aside, or on a stack of its own.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::{Store, Trap};

use super::store::{SharedStore, new_store};
use super::{conclude, not_started};
use crate::admission::World;
use crate::code::{Linked, Own};
use crate::instance::RunState;
use crate::outcome::Run;
use crate::places::Place;
use crate::request::Request;
use crate::workflow::Slugs;

/// Bytes of memory that an instance may have which stays until its decision is made. One that has more goes when it has answered.
const STAYING_BYTES: usize = 4 << 20;

/// One attempt at a run. It ends early at a question that has no answer yet.
pub(super) struct Attempt {
    answer: wasmtime::Result<Slugs>,
    fuel: u64,
    pub(super) state: RunState,
}

impl Attempt {
    fn of(answer: wasmtime::Result<Slugs>, store: Store<RunState>) -> wasmtime::Result<Self> {
        let left = store.get_fuel()?;
        Ok(Self::with(answer, left, store.into_data()))
    }

    pub(super) fn with(answer: wasmtime::Result<Slugs>, left: u64, state: RunState) -> Self {
        // One unit was given on top: if it is gone too, the run used more than it may, whether or not it was caught.
        let fuel = state.limits.fuel.saturating_sub(left.saturating_sub(1));
        let answer = if left == 0 { answer.and(Err(Trap::OutOfFuel.into())) } else { answer };
        Self { answer, fuel, state }
    }

    /// What became of the run, but for what only its decision knows.
    pub(super) fn ended(mut self, budget: Duration) -> Run {
        let (outcome, slugs) = conclude(self.answer, &mut self.state, budget);
        let memory_bytes = self.state.meter.memory_bytes(&self.state.limits);
        let (fuel, log) = (self.fuel, self.state.log);
        Run { slugs, fuel, memory_bytes, log, ..Run::ended(outcome) }
    }

    /// Whether its instance may stay while others run.
    fn may_stay(&self) -> bool {
        self.answer.is_ok() && self.state.meter.memory_bytes(&self.state.limits) <= STAYING_BYTES
    }

    pub(super) fn was_interrupted(&self) -> bool {
        let trap = self.answer.as_ref().err().and_then(|error| error.downcast_ref::<Trap>());
        trap == Some(&Trap::Interrupt)
    }
}

/// Runs a workflow of the synchronous world here and now.
pub(super) fn attempt(linked: &Linked, state: RunState, left: Duration, _place: Place) -> wasmtime::Result<Attempt> {
    attempt_alone(linked, state, left)
}

/// The same in this thread's lane: where the run before it was, if it may be there, and the next one may be there if one follows.
pub(super) fn attempt_own(
    own: &Own,
    state: RunState,
    left: Duration,
    before: &mut Option<SharedStore>,
    is_last: bool,
) -> wasmtime::Result<Attempt> {
    let shared = match before.take().filter(|before| before.has_room_for(own)) {
        Some(before) => before.begin(state, left)?,
        None => match (!is_last).then(|| own.room.stay()).flatten() {
            Some(stay) => SharedStore::new(own, state, left, stay)?,
            None => return attempt_alone(&own.linked, state, left),
        },
    };
    let (attempt, shared) = shared.attempt(own)?;
    *before = Some(shared).filter(|_| attempt.may_stay() && !is_last);
    Ok(attempt)
}

fn attempt_alone(linked: &Linked, state: RunState, left: Duration) -> wasmtime::Result<Attempt> {
    let request = Arc::clone(&state.request);
    let mut store = new_store(linked, state, left)?;
    let answer = call(linked, &mut store, &request);
    Attempt::of(answer, store)
}

/// Runs a workflow where it keeps nobody from a thread: one of the synchronous world where nobody waits behind it, one of the
/// asynchronous world on a stack of its own.
pub(super) async fn attempt_elsewhere(
    linked: &Arc<Linked>,
    world: World,
    state: RunState,
    left: Duration,
    place: Place,
) -> wasmtime::Result<Attempt> {
    match world {
        World::WorkflowAsync => attempt_async(linked, state, left, place).await,
        World::Workflow => {
            // It holds its place in the pool to the end, even when its decision is no longer waited for.
            let linked = Arc::clone(linked);
            tokio::task::spawn_blocking(move || attempt(&linked, state, left, place)).await?
        }
    }
}

/// What is on a stack of its own can be interrupted, so it lets others have their turn.
async fn attempt_async(linked: &Linked, state: RunState, left: Duration, _place: Place) -> wasmtime::Result<Attempt> {
    let request = Arc::clone(&state.request);
    let mut store = new_store(linked, state, left)?;
    store.epoch_deadline_async_yield_and_update(1);
    store.set_epoch_deadline(1);
    let answer = call_async(linked, &mut store, request, left).await;
    Attempt::of(answer, store)
}

pub(super) fn call(linked: &Linked, store: &mut Store<RunState>, request: &Request) -> wasmtime::Result<Slugs> {
    let instance = linked.instantiate(store).map_err(not_started)?;
    instance.ask(store, request)
}

async fn call_async(
    linked: &Linked,
    store: &mut Store<RunState>,
    request: Arc<Request>,
    left: Duration,
) -> wasmtime::Result<Slugs> {
    let answer = async {
        let instance = linked.instantiate_async(store).await.map_err(not_started)?;
        let provision = instance.asynchronous(store)?;
        provision.call_async(store, (request,)).await.map(|(answer,)| answer)
    };
    match tokio::time::timeout(left, answer).await {
        Ok(answer) => answer,
        Err(_elapsed) => Err(Trap::Interrupt.into()),
    }
}

#[cfg(test)]
mod tests {
    use wasmtime::ResourceLimiter;

    use super::*;
    use crate::instance::Stop;
    use crate::limits::Limits;

    #[test]
    fn what_has_answered_and_is_small_may_stay() {
        let cases = [
            (Ok(Ok(Vec::new())), STAYING_BYTES, true),
            (Ok(Err("no".to_owned())), STAYING_BYTES, true),
            (Ok(Ok(Vec::new())), STAYING_BYTES + 1, false),
            (Err(Stop::Waiting.into()), 0, false),
            (Err(Trap::OutOfFuel.into()), 0, false),
        ];
        for (answer, bytes, expected) in cases {
            let mut state = RunState::blank(Arc::default(), Limits::default());
            assert!(state.meter.memory_growing(0, bytes, None).unwrap());
            let attempt = Attempt::with(answer, 1, state);
            assert_eq!(attempt.may_stay(), expected, "{bytes}, {:?}", attempt.answer);
        }
    }
}
