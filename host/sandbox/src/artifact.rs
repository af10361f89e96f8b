//! Artifacts: admitted modules as machine code for this host, in memory or in a file.

mod folder;
mod held;
mod pages;
mod seal;

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use wasmtime::component::Component;
use wasmtime::{Engine, Module, Precompiled};

pub use folder::ArtifactFolder;
pub(crate) use folder::Artifacts;
pub(crate) use held::HeldFile;
pub(crate) use pages::Mapped;

use crate::admission::World;

/// An admitted module as machine code for this host.
///
/// Machine code is taken on trust. It comes from [`Sandbox::admit`](crate::Sandbox::admit), from an
/// [`AdmissionWorker`](crate::AdmissionWorker), or from an [`ArtifactFolder`], whose seal says that it came from one of these.
#[derive(Clone)]
pub struct Artifact {
    code: Place,
    world: World,
    digest: String,
}

#[derive(Clone)]
enum Place {
    Memory(Vec<u8>),
    /// A file that holds the code, and its seal behind it.
    File(PathBuf),
}

/// Machine code in this process.
pub(crate) enum Compiled {
    Component(Component),
    /// A component that was taken for the module that it is.
    Module(Module),
}

impl Artifact {
    /// What was just compiled.
    pub(crate) fn of(code: Vec<u8>, world: World, digest: String) -> Self {
        Self { code: Place::Memory(code), world, digest }
    }

    /// The world the module is built for.
    pub(crate) fn world(&self) -> World {
        self.world
    }

    /// SHA-256 of the module it was compiled from, in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The machine code.
    pub(crate) fn code(&self) -> io::Result<Cow<'_, [u8]>> {
        match &self.code {
            Place::Memory(code) => Ok(Cow::Borrowed(code)),
            Place::File(path) => {
                let mut content = std::fs::read(path)?;
                content.truncate(content.len().saturating_sub(seal::BYTES));
                Ok(Cow::Owned(content))
            }
        }
    }

    /// The file that the code is in, if it is in one.
    pub(crate) fn file(&self) -> Option<&Path> {
        match &self.code {
            Place::Memory(_) => None,
            Place::File(path) => Some(path),
        }
    }

    /// Maps the code in memory of its own.
    pub(crate) fn map_memory(&self, engine: &Engine) -> wasmtime::Result<Compiled> {
        let code = self.code()?;
        let is_module = Engine::detect_precompiled(&code) == Some(Precompiled::Module);
        #[expect(unsafe_code, reason = "machine code can only be taken on trust")]
        // SAFETY: `code` is private to this folder and comes from where the type's documentation says. An engine with other
        // settings is refused by the check of the header that `deserialize` does itself. Functions in it may have been
        // compiled earlier: `compile_cache.rs` says whom that trusts.
        unsafe {
            if is_module {
                Module::deserialize(engine, &code).map(Compiled::Module)
            } else {
                Component::deserialize(engine, &code).map(Compiled::Component)
            }
        }
    }

    /// Copies a module's code for another engine.
    pub(crate) fn copy(module: &Module, engine: &Engine) -> wasmtime::Result<Module> {
        let code = module.serialize()?;
        #[expect(unsafe_code, reason = "machine code can only be taken on trust")]
        // SAFETY: it is what runs already.
        unsafe {
            Module::deserialize(engine, code)
        }
    }

    /// Maps the code from the file that it is in.
    pub(crate) fn map_file(engine: &Engine, file: &Path) -> wasmtime::Result<Mapped> {
        let is_module = Engine::detect_precompiled_file(file)? == Some(Precompiled::Module);
        #[expect(unsafe_code, reason = "machine code can only be taken on trust")]
        // SAFETY: as above. The file's seal was made or checked by this process, and nobody writes to a file of the folder
        // after it has got its name; whoever else may write there is trusted as this program is.
        let compiled = unsafe {
            if is_module {
                Module::deserialize_file(engine, file).map(Compiled::Module)
            } else {
                Component::deserialize_file(engine, file).map(Compiled::Component)
            }
        };
        compiled.map(Mapped::of)
    }
}

impl fmt::Debug for Artifact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = match &self.code {
            Place::Memory(code) => Some(code.len()),
            Place::File(_) => None,
        };
        f.debug_struct("Artifact")
            .field("digest", &self.digest)
            .field("bytes", &bytes)
            .field("file", &self.file())
            .finish()
    }
}
