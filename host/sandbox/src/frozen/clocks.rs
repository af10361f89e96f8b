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

pub(super) fn link(linker: &mut Linker<RunState>) -> wasmtime::Result<()> {
    let mut wall = linker.instance("wasi:clocks/wall-clock@0.2.0")?;
    paid(&mut wall, "now", |store: StoreContextMut<'_, RunState>, ()| {
        let instant = store.data().request.instant;
        let millis = u32::try_from(instant % 1_000).unwrap_or_default();
        Ok((Datetime { seconds: instant / 1_000, nanoseconds: millis.saturating_mul(1_000_000) },))
    })?;
    paid(&mut wall, "resolution", |_, ()| Ok((Datetime { seconds: 0, nanoseconds: RESOLUTION_NANOS },)))?;

    let mut monotonic = linker.instance("wasi:clocks/monotonic-clock@0.2.0")?;
    paid(&mut monotonic, "now", |store: StoreContextMut<'_, RunState>, ()| {
        Ok((store.data().request.instant.saturating_mul(1_000_000),))
    })?;
    paid(&mut monotonic, "resolution", |_, ()| Ok((u64::from(RESOLUTION_NANOS),)))?;
    for name in ["subscribe-instant", "subscribe-duration"] {
        paid(&mut monotonic, name, |_, (_,): (u64,)| Ok((Resource::<Pollable>::new_own(0),)))?;
    }
    Ok(())
}
