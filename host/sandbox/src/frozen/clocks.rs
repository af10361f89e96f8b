//! `wasi:clocks`: both clocks stand still at the decision's instant, so that waiting takes no time and measures none.

use wasmtime::StoreContextMut;
use wasmtime::component::{ComponentType, Lift, Linker, Lower, Resource};

use super::io::Pollable;
use super::paid;
use crate::instance::RunState;

/// The clocks tick in milliseconds, as the decision's instant is given.
const RESOLUTION_NANOS: u32 = 1_000_000;

#[derive(ComponentType, Lift, Lower)]
#[component(record)]
struct Datetime {
    seconds: u64,
    nanoseconds: u32,
}

/// The wall clock: seconds since 1970, and nanoseconds.
pub(crate) fn wall_clock(state: &RunState) -> (u64, u32) {
    let instant = state.request.instant;
    let millis = u32::try_from(instant % 1_000).unwrap_or_default();
    (instant / 1_000, millis.saturating_mul(1_000_000))
}

/// The monotonic clock, in nanoseconds.
pub(crate) fn monotonic_nanos(state: &RunState) -> u64 {
    state.request.instant.saturating_mul(1_000_000)
}

pub(super) fn link(linker: &mut Linker<RunState>) -> wasmtime::Result<()> {
    let mut wall = linker.instance("wasi:clocks/wall-clock@0.2.0")?;
    paid(&mut wall, "now", |store: StoreContextMut<'_, RunState>, ()| {
        let (seconds, nanoseconds) = wall_clock(store.data());
        Ok((Datetime { seconds, nanoseconds },))
    })?;
    paid(&mut wall, "resolution", |_, ()| Ok((Datetime { seconds: 0, nanoseconds: RESOLUTION_NANOS },)))?;

    let mut monotonic = linker.instance("wasi:clocks/monotonic-clock@0.2.0")?;
    paid(&mut monotonic, "now", |store: StoreContextMut<'_, RunState>, ()| Ok((monotonic_nanos(store.data()),)))?;
    paid(&mut monotonic, "resolution", |_, ()| Ok((u64::from(RESOLUTION_NANOS),)))?;
    for name in ["subscribe-instant", "subscribe-duration"] {
        paid(&mut monotonic, name, |_, (_,): (u64,)| Ok((Resource::<Pollable>::new_own(0),)))?;
    }
    Ok(())
}
