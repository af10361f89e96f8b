//! The contract in Rust: everything here is generated from `wit/`, and from nowhere else.
//!
//! The world is `workflow`, whose export is an ordinary function. On a native target the imports compile and cannot
//! be called; [`crate::host`] is what keeps anyone from trying.

#[expect(missing_docs, clippy::mem_forget, reason = "generated code")]
mod generated {
    wit_bindgen::generate!({
        world: "workflow",
        path: "../../wit",
        additional_derives: [PartialEq],
        pub_export_macro: true,
        export_macro_name: "export_workflow",
        default_bindings_module: "::usher_guest::__private",
    });
}

pub(crate) use generated::usher::provisioning::{identity, log, types};

#[cfg(target_family = "wasm")]
pub(crate) use generated::usher::provisioning::env;

// What the export macro names in an author's crate.
pub use generated::{
    __export_world_workflow_cabi, __post_return_provision, _export_provision_cabi, Guest, Request, export_workflow,
};
