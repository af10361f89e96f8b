//! The contract, generated from `wit/`: the one place where the host's half of it becomes Rust.

mod generated {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "workflow",
        imports: { default: store | trappable },
        additional_derives: [PartialEq],
    });
}

pub(crate) use generated::WorkflowPre;
pub(crate) use generated::usher::provisioning::{env, identity, log, types};
