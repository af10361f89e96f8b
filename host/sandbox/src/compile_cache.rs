//! The compile cache: machine code of functions that were compiled before. Workflows of one language carry the same
//! engine or standard library, which is then compiled once and not once per workflow.
//!
//! The engine asks for a function by the hash of everything that its code depends on, and asks only while it compiles:
//! no decision comes here. Whatever goes wrong with the cache costs a compilation and nothing else.

mod entry;
mod folder;
mod least_recent;
mod memory;

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use wasmtime::CacheStore;

use folder::FolderStore;
use memory::MemoryStore;

pub(crate) use folder::FolderError;

/// What the engine knows a function by.
type Key = [u8; 32];

/// Where the machine code of functions is kept, so that what workflows have in common is compiled once.
///
/// ```
/// use usher_sandbox::{CompileCache, SandboxConfig};
///
/// let compile_cache = CompileCache::in_folder("./usher-data/compile-cache");
/// let config = SandboxConfig { compile_cache, ..SandboxConfig::default() };
/// assert_eq!(SandboxConfig::default().compile_cache, CompileCache::Memory { bytes: 64 << 20 });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompileCache {
    /// In this process. The default.
    Memory {
        /// How much is kept at most; what was not used for the longest time goes first. Default 64 MiB.
        bytes: u64,
    },
    /// In a folder, for the next start, too.
    ///
    /// What is in it is run as machine code: whoever may write there must be trusted as this program is. That a file is
    /// whole is checked, so no crash leaves anything behind that matters; removing the folder is safe at any time.
    Folder {
        /// The folder, and nothing else's; made if it is missing.
        path: PathBuf,
        /// How much of the disk is used at most; what was not used for the longest time goes first. Several processes
        /// may share the folder, and then each counts for itself. Default 256 MiB.
        bytes: u64,
    },
}

impl CompileCache {
    /// Keeps up to 256 MiB in a folder.
    pub fn in_folder(path: impl Into<PathBuf>) -> Self {
        Self::Folder { path: path.into(), bytes: 256 << 20 }
    }
}

impl Default for CompileCache {
    fn default() -> Self {
        Self::Memory { bytes: 64 << 20 }
    }
}

/// What a compile cache was good for since the sandbox was set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompileCacheStats {
    /// Functions that were found.
    pub hits: u64,
    /// Functions that had to be compiled.
    pub misses: u64,
    /// Bytes that are kept now.
    pub bytes: u64,
}

/// The cache of one sandbox, as the engine sees it.
#[derive(Debug)]
pub(crate) struct FunctionCache {
    store: Store,
    hits: AtomicU64,
    misses: AtomicU64,
}

#[derive(Debug)]
enum Store {
    Memory(MemoryStore),
    Folder(FolderStore),
}

impl FunctionCache {
    pub(crate) fn open(config: &CompileCache) -> Result<Self, FolderError> {
        let store = match config {
            CompileCache::Memory { bytes } => Store::Memory(MemoryStore::new(*bytes)),
            CompileCache::Folder { path, bytes } => Store::Folder(FolderStore::open(path, *bytes)?),
        };
        Ok(Self { store, hits: AtomicU64::new(0), misses: AtomicU64::new(0) })
    }

    pub(crate) fn stats(&self) -> CompileCacheStats {
        let bytes = match &self.store {
            Store::Memory(store) => store.bytes(),
            Store::Folder(store) => store.bytes(),
        };
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        CompileCacheStats { hits: count(&self.hits), misses: count(&self.misses), bytes }
    }
}

impl CacheStore for FunctionCache {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        // A key of another length would be that of another engine; all of its functions are compiled.
        let key = Key::try_from(key).ok();
        let found = key.and_then(|key| match &self.store {
            Store::Memory(store) => store.get(&key),
            Store::Folder(store) => store.get(&key),
        });
        let counter = if found.is_some() { &self.hits } else { &self.misses };
        counter.fetch_add(1, Ordering::Relaxed);
        found.map(Cow::Owned)
    }

    fn insert(&self, key: &[u8], value: Vec<u8>) -> bool {
        let Ok(key) = Key::try_from(key) else { return false };
        match &self.store {
            Store::Memory(store) => store.insert(key, value),
            Store::Folder(store) => store.insert(key, &value),
        }
    }
}
