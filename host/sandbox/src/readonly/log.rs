//! `usher:provisioning/log`: a workflow's way to tell its author something.

use wasmtime::AsContextMut;
use wasmtime::component::{Access, HasSelf};

use crate::bindings::log::{Host, HostWithStore, Level as WireLevel};
use crate::instance::{RunState, charge_call};
use crate::log::Level;

impl Host for RunState {}

impl HostWithStore<RunState> for HasSelf<RunState> {
    fn write(host: Access<'_, RunState, Self>, level: WireLevel, message: String) -> wasmtime::Result<()> {
        write(host, level.into(), &message)
    }
}

pub(crate) fn write(
    mut store: impl AsContextMut<Data = RunState>,
    level: Level,
    message: &str,
) -> wasmtime::Result<()> {
    store.as_context_mut().data_mut().write(level, message);
    charge_call(store, message.len())
}

impl From<WireLevel> for Level {
    fn from(level: WireLevel) -> Self {
        match level {
            WireLevel::Debug => Self::Debug,
            WireLevel::Info => Self::Info,
            WireLevel::Warn => Self::Warn,
            WireLevel::Error => Self::Error,
        }
    }
}
