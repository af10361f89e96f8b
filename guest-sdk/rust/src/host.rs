//! The way to the host, one function per import of the contract. The only file that knows whether there is a host:
//! natively, where workflows are tested, [`testing`](crate::testing) answers in its place.

#[cfg(not(target_family = "wasm"))]
pub(crate) use crate::testing::answers::{
    get_linked_sources, get_linked_targets, get_variable, read_custom_data, resolve_jwt, write_log,
};

#[cfg(target_family = "wasm")]
pub(crate) use crate::bindings::{
    env::get as get_variable,
    identity::{get_linked_sources, get_linked_targets, read_custom_data, resolve_jwt},
    log::write as write_log,
};
