//! What every topic needs: places in both databases, a clock that a test can move, short names.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, SqlSafeStr};
use tempfile::TempDir;
use usher_host::{Clock, User, UserData as _, UserDataView, UserType};
use usher_store::{LimitOverrides, Location, OpenError, Store, WorkflowSlug};
use usher_test_postgres::Cluster;

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

/// Makes two tests out of each function that is named: one for each database. A function that is not named is never called, and
/// the compiler says so.
macro_rules! on_each_database {
    (in threads: $($test:ident),+ $(,)?) => {
        $(on_each_database!(@ $test, tokio::test(flavor = "multi_thread", worker_threads = 4));)+
    };
    ($($test:ident),+ $(,)?) => {
        $(on_each_database!(@ $test, tokio::test);)+
    };
    (@ $test:ident, $runtime:meta) => {
        mod $test {
            #[$runtime]
            async fn sqlite() {
                super::$test(crate::fixture::Place::in_sqlite()).await;
            }

            #[$runtime]
            async fn postgres() {
                if let Some(place) = crate::fixture::Place::in_postgres() {
                    super::$test(place).await;
                }
            }
        }
    };
}
pub(crate) use on_each_database;

/// A place for a store: a folder, which is gone when the test ends, and perhaps a database elsewhere.
pub(crate) struct Place {
    folder: TempDir,
    url: Option<String>,
}

impl Place {
    pub(crate) fn in_sqlite() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), url: None }
    }

    /// A place in PostgreSQL, where this machine has it.
    pub(crate) fn in_postgres() -> Option<Self> {
        Cluster::shared().map(|cluster| Self::at(cluster.new_database()))
    }

    /// A place in a database that is there.
    pub(crate) fn at(url: String) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), url: Some(url) }
    }

    /// The place of another server with the same database and the same secret.
    pub(crate) fn of_another_server(&self) -> Self {
        let other = Self::at(self.url.clone().unwrap());
        std::fs::copy(self.path().join("secret.key"), other.path().join("secret.key")).unwrap();
        other
    }

    /// Where the database is, when it is not in the folder.
    pub(crate) fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The file that the database is in, when it is in one.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        self.url.is_none().then(|| self.path().join("usher.db"))
    }

    pub(crate) fn location(&self) -> Location {
        let folder = self.path().to_owned();
        match self.url.clone() {
            Some(url) => Location::Url { url, folder },
            None => Location::Folder(folder),
        }
    }

    pub(crate) async fn open(&self) -> Store {
        self.try_open().await.unwrap()
    }

    pub(crate) async fn try_open(&self) -> Result<Store, OpenError> {
        Store::open(&self.location(), TestClock::at(1_000)).await
    }

    /// Changes the database behind the store's back.
    pub(crate) async fn tamper(&self, sql: impl SqlSafeStr + Send) {
        match &self.url {
            None => {
                let options =
                    SqliteConnectOptions::new().filename(self.path().join("usher.db")).create_if_missing(true);
                let mut connection = options.connect().await.unwrap();
                connection.execute(sql.into_sql_str()).await.unwrap();
                connection.close().await.unwrap();
            }
            Some(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                connection.execute(sql.into_sql_str()).await.unwrap();
                connection.close().await.unwrap();
            }
        }
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
