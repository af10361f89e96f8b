//! Connections to PostgreSQL: some that write, more that only read. Other servers have theirs to the same database.
//!
//! Whatever happens to the database, nothing waits for it without an end: each step has a deadline that the database itself
//! keeps, and a later one that this side keeps, for a database that does not answer at all.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgTransaction};
use sqlx::{Connection, PgConnection};
use tokio::time::timeout;

use crate::location::Server;

/// How many decisions may have a view at the same time, as in `SQLite`. With the others, and those that wait for news of releases,
/// four servers have room in a database that takes a hundred connections, which is as many as it takes unless it is told otherwise.
const READERS: u32 = 16;
/// How many of them are there ahead. To open one costs milliseconds, which decisions then need not wait for.
const READERS_AHEAD: u32 = 4;
/// How many changes one server makes at the same time. Most of them wait for the disk, and those of the release for each other.
const WRITERS: u32 = 4;

/// How long to wait for a connection that is free, or for a new one, when something is to be read. A decision gives up sooner.
const READER_WAIT: Duration = Duration::from_secs(2);
/// The same when something is to be changed, which may have to wait for other changes.
const WRITER_WAIT: Duration = Duration::from_secs(5);
/// How long one statement may take: enough for the largest module on a slow network. A read of user data takes less than a
/// thousandth of it, and has a deadline of its decision's besides.
const STATEMENT: Duration = Duration::from_secs(5);
/// How long a read waits for a lock. Only a change of the schema holds one against reads.
const READER_LOCK: Duration = Duration::from_secs(1);
/// How long a change waits for the one before it, which takes milliseconds unless its server has died meanwhile.
const WRITER_LOCK: Duration = Duration::from_secs(4);
/// When the database ends a transaction in which nothing happens, so that the locks of a server that is gone without a word do
/// not outlive it for long. No decision takes as long.
const IDLE: Duration = Duration::from_secs(15);
/// When this side no longer believes in an answer: the database has had its time, and a second for the way.
const ANSWER: Duration = Duration::from_secs(6);
/// How long a connection that comes back may take to undo what was begun on it, before another one takes its place.
const RETURN: Duration = Duration::from_secs(1);

/// The connections to one database.
#[derive(Clone)]
pub(crate) struct PostgresConnections {
    writers: PgPool,
    /// The database refuses to change anything through these.
    readers: PgPool,
    server: Arc<PgConnectOptions>,
}

impl PostgresConnections {
    /// Returns connections that are opened when they are needed, but for the readers that are there ahead. That the database can
    /// be reached at all is known already: a start has more time for that than a decision.
    pub(crate) fn to(server: &Server) -> Self {
        let writing = with_deadlines(&server.options, WRITER_LOCK);
        // INVARIANT: acknowledged means durable, whatever is usual on that database server.
        let writing = writing.options([("synchronous_commit", "on")]);
        let reading = with_deadlines(&server.options, READER_LOCK).options([("default_transaction_read_only", "on")]);
        let writers = pool(WRITERS, WRITER_WAIT).connect_lazy_with(writing);
        let readers = pool(READERS, READER_WAIT).min_connections(READERS_AHEAD).connect_lazy_with(reading);
        Self { writers, readers, server: Arc::new(server.options.clone()) }
    }

    /// Each statement of a change sees what has been committed before it. Where that is not enough, a change takes a lock first.
    pub(super) async fn begin_change(&self) -> Result<PgTransaction<'static>, sqlx::Error> {
        begin(&self.writers, "BEGIN ISOLATION LEVEL READ COMMITTED").await
    }

    pub(super) async fn begin_view(&self) -> Result<PgTransaction<'static>, sqlx::Error> {
        begin(&self.readers, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await
    }

    /// A connection for news alone. It is opened when it is first used, and again whenever it was lost.
    pub(crate) fn for_news(&self) -> PgPool {
        pool(1, READER_WAIT).connect_lazy_with(with_deadlines(&self.server, READER_LOCK))
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}

/// Leaves out how the database is reached: the password is part of that.
impl std::fmt::Debug for PostgresConnections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresConnections").finish_non_exhaustive()
    }
}

/// Waits for an answer of the database for as long as there may still be one.
pub(crate) async fn in_time<T>(answer: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    within(ANSWER, answer).await
}

/// Waits for an answer of the database for so long. What waits is on the heap: a call over a network can pay for that, and those
/// who never wait for a server would carry the room for it along in each of their own futures.
pub(crate) async fn within<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    timeout(patience, Box::pin(answer)).await.unwrap_or_else(|_late| {
        let text = format!("expected an answer of the database within {patience:?}, found none");
        Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, text)))
    })
}

/// Begins a transaction. Connections that have died with the database since they were last used show it only now: they are
/// left out, one after the other. Nothing has been asked of them yet, so nothing is done twice.
async fn begin(pool: &PgPool, how: &'static str) -> Result<PgTransaction<'static>, sqlx::Error> {
    let patience = pool.options().get_acquire_timeout().saturating_add(ANSWER);
    for _ in 0..pool.options().get_max_connections() {
        match within(patience, pool.begin_with(how)).await {
            Err(error) if is_of_a_dead_connection(&error) => {}
            begun => return begun,
        }
    }
    within(patience, pool.begin_with(how)).await
}

/// Whether an error says that the connection has ended, by itself or because the database did.
fn is_of_a_dead_connection(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() != io::ErrorKind::TimedOut,
        // Ended by an administrator, by a crash of another connection, or because the database is being shut down.
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code.starts_with("57P")),
        _ => false,
    }
}

fn with_deadlines(server: &PgConnectOptions, lock: Duration) -> PgConnectOptions {
    let millis = |duration: Duration| format!("{}ms", duration.as_millis());
    let name = server.get_application_name().unwrap_or("usher");
    server.clone().application_name(name).options([
        ("statement_timeout", millis(STATEMENT)),
        ("lock_timeout", millis(lock)),
        ("idle_in_transaction_session_timeout", millis(IDLE)),
    ])
}

/// Connections are not tried out before each use, which would cost every decision another way to the database and back.
fn pool(connections: u32, wait: Duration) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(wait)
        .test_before_acquire(false)
        .after_release(|connection, _| Box::pin(is_reusable(connection)))
}

/// Waits until what was begun on a connection is undone. One on which that takes too long is given up, and its place with it.
async fn is_reusable(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    within(RETURN, connection.ping()).await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use sqlx::{query, query_scalar};
    use usher_test_postgres::Cluster;

    use super::PostgresConnections;
    use crate::location::{Location, Place};

    async fn connections() -> Option<PostgresConnections> {
        let url = Cluster::shared()?.new_database();
        let Ok(Place::Server(server)) = (Location::Url { url, folder: "own".into() }).place() else {
            panic!("a server")
        };
        Some(PostgresConnections::to(&server))
    }

    #[tokio::test]
    async fn readers_cannot_write() {
        let Some(connections) = connections().await else { return };
        query("CREATE TABLE counted (number BIGINT)").execute(&connections.writers).await.unwrap();
        let error = query("INSERT INTO counted VALUES (1)").execute(&connections.readers).await.unwrap_err();
        assert!(error.to_string().contains("read-only"), "{error}");
    }

    #[tokio::test]
    async fn the_database_knows_every_deadline_and_that_changes_are_durable() {
        let Some(connections) = connections().await else { return };
        let news = connections.for_news();
        for (pool, lock, name) in [
            (&connections.readers, "1s", "lock_timeout"),
            (&connections.writers, "4s", "lock_timeout"),
            (&connections.readers, "5s", "statement_timeout"),
            (&connections.writers, "5s", "statement_timeout"),
            (&news, "5s", "statement_timeout"),
            (&connections.readers, "15s", "idle_in_transaction_session_timeout"),
            (&connections.writers, "15s", "idle_in_transaction_session_timeout"),
            (&connections.writers, "on", "synchronous_commit"),
            (&connections.writers, "usher", "application_name"),
        ] {
            let found: String = query_scalar("SELECT current_setting($1)").bind(name).fetch_one(pool).await.unwrap();
            assert_eq!(found, lock, "{name}");
        }
    }
}
