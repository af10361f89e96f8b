//! What every topic needs: a folder, a clock that a test can move, short names.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::TempDir;
use usher_host::{Clock, User, UserData as _, UserDataView, UserType};
use usher_store::{LimitOverrides, Location, OpenError, Store, WorkflowSlug};

/// No limits of its own.
pub(crate) const USUAL: LimitOverrides = LimitOverrides { fuel: None, deadline_ms: None, memory_bytes: None };

/// A clock that stands still until it is moved.
#[derive(Debug, Default)]
pub(crate) struct TestClock(AtomicU64);

impl TestClock {
    pub(crate) fn at(now_ms: u64) -> Arc<Self> {
        Arc::new(Self(now_ms.into()))
    }

    pub(crate) fn set(&self, now_ms: u64) {
        self.0.store(now_ms, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A place for a store, which is gone when the test ends.
pub(crate) struct Place(TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &std::path::Path {
        self.0.path()
    }

    pub(crate) fn location(&self) -> Location {
        Location::Folder(self.0.path().to_owned())
    }

    pub(crate) async fn open(&self) -> Store {
        self.try_open().await.unwrap()
    }

    pub(crate) async fn try_open(&self) -> Result<Store, OpenError> {
        Store::open(&self.location(), TestClock::at(1_000)).await
    }
}

pub(crate) fn slug(text: &str) -> WorkflowSlug {
    text.parse().unwrap()
}

pub(crate) fn user(identifier: &str) -> User {
    User { identifier: identifier.to_owned(), user_type: UserType::Authenticated }
}

pub(crate) fn visitor(identifier: &str) -> User {
    User { identifier: identifier.to_owned(), user_type: UserType::Anonymous }
}

/// What a decision may read, as it is at this moment.
pub(crate) async fn view(store: &Store) -> Box<dyn UserDataView> {
    view_for(store, &user("ada")).await
}

/// What a decision about this user may read.
pub(crate) async fn view_for(store: &Store, user: &User) -> Box<dyn UserDataView> {
    store.view(user).await.unwrap()
}
