//! Compiling: a component in, machine code out. Everything that compiles goes through this one function, so that it can
//! move to a process of its own.

use std::path::Path;

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::admission::{Refusal, World};

/// An admitted module as machine code for this host. Only [`Sandbox::admit`](crate::Sandbox::admit) makes one.
#[derive(Clone)]
pub struct Artifact {
    code: Vec<u8>,
    world: World,
    digest: String,
}

impl Artifact {
    /// The world the module is built for.
    pub(crate) fn world(&self) -> World {
        self.world
    }

    /// SHA-256 of the module it was compiled from, in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The machine code, to be written to a file.
    pub(crate) fn code(&self) -> &[u8] {
        &self.code
    }

    /// Maps the code in memory of its own.
    pub(crate) fn map_memory(&self, engine: &Engine) -> wasmtime::Result<Component> {
        #[expect(unsafe_code, reason = "machine code can only be taken on trust")]
        // SAFETY: `code` is private to this file and comes from `precompile_component` below, in this process. An
        // engine with other settings is refused by the check of the header that `deserialize` does itself. Functions in
        // it may have been compiled earlier: `compile_cache.rs` says whom that trusts.
        unsafe {
            Component::deserialize(engine, &self.code)
        }
    }

    /// Maps the code from a file that it was just written to.
    pub(crate) fn map_file(&self, engine: &Engine, file: &Path) -> wasmtime::Result<Component> {
        #[expect(unsafe_code, reason = "machine code can only be taken on trust")]
        // SAFETY: as above; the file is this process's own, nobody else may read or write it, and this process writes to it
        // no more.
        unsafe {
            Component::deserialize_file(engine, file)
        }
    }
}

impl std::fmt::Debug for Artifact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Artifact").field("digest", &self.digest).field("bytes", &self.code.len()).finish()
    }
}

/// Compiles a component.
pub(crate) fn compile(engine: &Engine, wasm: &[u8], world: World, digest: &str) -> Result<Artifact, Refusal> {
    let code =
        engine.precompile_component(wasm).map_err(|error| Refusal::DoesNotCompile { reason: format!("{error:#}") })?;
    Ok(Artifact { code, world, digest: digest.to_owned() })
}
