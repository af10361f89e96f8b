//! Connections to `SQLite`: one that writes, a few that only read.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous, SqliteTransaction,
};
use sqlx::{Connection, SqliteConnection};

/// How many decisions may have a view at the same time. One is held as long as the workflows of its decision run, so
/// there are more than the machine has processors.
const READERS: u32 = 16;

/// How long a statement waits for another program that has the database open, such as a backup.
const BUSY: Duration = Duration::from_secs(5);

/// The connections to one database.
#[derive(Debug, Clone)]
pub(crate) struct SqliteConnections {
    /// For everything that changes something. It has one connection, so changes come one after another, in the order
    /// in which they asked for it.
    pub(crate) writer: SqlitePool,
    /// For everything else. The database refuses to change anything through these.
    pub(crate) readers: SqlitePool,
}

impl SqliteConnections {
    /// Opens a database file, and creates it when it is missing.
    pub(crate) async fn to_file(database: &Path) -> Result<Self, sqlx::Error> {
        let options = options_for(database);
        // INVARIANT: acknowledged means durable. With a write-ahead log, `FULL` is what puts each commit on the disk
        // before it returns; the last two settings are how macOS is told to mean it, and do nothing elsewhere.
        let writing = options
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("fullfsync", "ON")
            .pragma("checkpoint_fullfsync", "ON");
        let writer = pool(1).after_release(|writer, _| Box::pin(is_reusable(writer))).connect_with(writing).await?;
        // All are opened ahead: a decision has no time for that, and one that gives up leaves it to the next.
        let readers = pool(READERS).min_connections(READERS).connect_with(options.pragma("query_only", "ON")).await?;
        Ok(Self { writer, readers })
    }

    /// Opens a database in memory. It belongs to its one connection, which therefore serves reads as well.
    pub(crate) async fn to_memory() -> Result<Self, sqlx::Error> {
        let writer = pool(1).connect_with(SqliteConnectOptions::new().in_memory(true).foreign_keys(true)).await?;
        Ok(Self { readers: writer.clone(), writer })
    }

    pub(super) async fn begin_change(&self) -> Result<SqliteTransaction<'static>, sqlx::Error> {
        // IMMEDIATE: a change never finds out halfway that another program has been writing since it began to read.
        self.writer.begin_with("BEGIN IMMEDIATE").await
    }

    pub(super) async fn begin_view(&self) -> Result<SqliteTransaction<'static>, sqlx::Error> {
        self.readers.begin().await
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// How a database file is opened, whatever for.
pub(crate) fn options_for(database: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(database).foreign_keys(true).busy_timeout(BUSY)
}

/// Returns whether a writer can begin another change. When a disk is full, `SQLite` may end a transaction by itself. The
/// library does not notice, and would refuse every further one on this connection; a fresh one knows nothing of it.
async fn is_reusable(writer: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // A change that was dropped is undone in the background; what is asked after that waits for it.
    writer.ping().await?;
    Ok(!writer.is_in_transaction())
}

/// Connections to a file never go stale, so they are kept for good and not tried out before each use.
fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

#[cfg(test)]
mod tests {
    use sqlx::{query, query_scalar};

    use super::{READERS, SqliteConnections};

    #[tokio::test]
    async fn the_writer_waits_for_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let connections = SqliteConnections::to_file(&folder.path().join("usher.db")).await.unwrap();
        let mode: String = query_scalar("PRAGMA journal_mode").fetch_one(&connections.writer).await.unwrap();
        let synchronous: i64 = query_scalar("PRAGMA synchronous").fetch_one(&connections.writer).await.unwrap();
        assert_eq!((mode.as_str(), synchronous), ("wal", 2), "2 is FULL");
    }

    #[tokio::test]
    async fn readers_are_opened_ahead() {
        let folder = tempfile::tempdir().unwrap();
        let connections = SqliteConnections::to_file(&folder.path().join("usher.db")).await.unwrap();
        assert_eq!(connections.readers.size(), READERS);
    }

    #[tokio::test]
    async fn readers_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let connections = SqliteConnections::to_file(&folder.path().join("usher.db")).await.unwrap();
        query("CREATE TABLE counted (number INTEGER)").execute(&connections.writer).await.unwrap();
        let error = query("INSERT INTO counted VALUES (1)").execute(&connections.readers).await.unwrap_err();
        assert!(error.to_string().contains("readonly"), "{error}");
    }
}
