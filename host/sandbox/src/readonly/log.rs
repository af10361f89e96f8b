//! `usher:provisioning/log`: a workflow's way to tell its author something.

use wasmtime::component::{Access, HasSelf};

use crate::bindings::log::{Host, HostWithStore, Level as WireLevel};
use crate::instance::{RunState, charge_call};
use crate::log::Level;

impl Host for RunState {}

impl HostWithStore<RunState> for HasSelf<RunState> {
    fn write(mut host: Access<'_, RunState, Self>, level: WireLevel, message: String) -> wasmtime::Result<()> {
        host.get().write(level.into(), &message);
        charge_call(host, message.len())
    }
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
