//! What the build script packed: templates and SDKs, each file with its path in a project.

include!(concat!(env!("OUT_DIR"), "/packed.rs"));
