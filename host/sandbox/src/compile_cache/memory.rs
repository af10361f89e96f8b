//! The compile cache of a process.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Key;
use super::least_recent::LeastRecent;

/// What an entry takes beside its value, about.
const ENTRY_BYTES: u64 = 256;

/// Keeps functions in memory.
#[derive(Debug)]
pub(super) struct MemoryStore {
    held: Mutex<LeastRecent<Vec<u8>>>,
}

impl MemoryStore {
    pub(super) fn new(bytes: u64) -> Self {
        Self { held: Mutex::new(LeastRecent::new(bytes)) }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.held().bytes()
    }

    pub(super) fn get(&self, key: &Key) -> Option<Vec<u8>> {
        self.held().touch(key).cloned()
    }

    pub(super) fn insert(&self, key: Key, value: Vec<u8>) -> bool {
        let bytes = u64::try_from(value.len()).unwrap_or(u64::MAX).saturating_add(ENTRY_BYTES);
        !self.held().insert(key, value, bytes).contains(&key)
    }

    fn held(&self) -> MutexGuard<'_, LeastRecent<Vec<u8>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
