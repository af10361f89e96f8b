//! `usher:provisioning/env`: the operator's variables.

use wasmtime::component::{Access, HasSelf};

use crate::bindings::env::{Host, HostWithStore};
use crate::instance::{RunState, charge_call};

impl Host for RunState {}

impl HostWithStore<RunState> for HasSelf<RunState> {
    fn get(mut host: Access<'_, RunState, Self>, name: String) -> wasmtime::Result<Option<String>> {
        let value = host.get().variables.get(&name).cloned();
        charge_call(host, name.len().saturating_add(value.as_ref().map_or(0, String::len)))?;
        Ok(value)
    }
}
