//! `usher:provisioning/env`: the operator's variables.

use wasmtime::AsContextMut;
use wasmtime::component::{Access, HasSelf};

use crate::bindings::env::{Host, HostWithStore};
use crate::instance::{RunState, charge_call};

impl Host for RunState {}

impl HostWithStore<RunState> for HasSelf<RunState> {
    fn get(host: Access<'_, RunState, Self>, name: String) -> wasmtime::Result<Option<String>> {
        get(host, &name)
    }
}

pub(crate) fn get(store: impl AsContextMut<Data = RunState>, name: &str) -> wasmtime::Result<Option<String>> {
    let value = store.as_context().data().variables.as_ref().and_then(|variables| variables.get(name).cloned());
    charge_call(store, name.len().saturating_add(value.as_ref().map_or(0, String::len)))?;
    Ok(value)
}
