//! Known users: of whom anything is kept at all. Most visitors of a site are known to nobody, and a decision about one of
//! them need not wait for the database to say so.

use std::hash::RandomState;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use fastbloom::AtomicBloomFilter;
use futures_util::TryStreamExt;
use sqlx::{Row, SqlitePool, query, query_scalar};
use tokio::task::AbortHandle;
use usher_host::User;

use crate::connections::{Connections, SqliteConnections};
use crate::user_data::user_type;

/// How many users there is room for at least; for more, four times as many as there are when the store opens. Beyond that
/// more and more strangers are taken for users, which costs time and nothing else, until the store opens again.
const ROOM: usize = 1 << 20;
/// How many of a thousand strangers are taken for users.
const FALSE_ALARMS: f64 = 0.001;

/// Every row that is of a user, one after the other.
const EVERYBODY: &str = "SELECT user_type, identifier FROM customers
     UNION ALL SELECT user_type, identifier FROM custom_data
     UNION ALL SELECT user_type, identifier FROM counters
     UNION ALL SELECT user_type, identifier FROM counted_resources
     UNION ALL SELECT source_type, source_identifier FROM identity_links
     UNION ALL SELECT target_type, target_identifier FROM identity_links";
const HOW_MANY: &str = "SELECT (SELECT COUNT(*) FROM customers) + (SELECT COUNT(*) FROM custom_data)
     + (SELECT COUNT(*) FROM counters) + (SELECT COUNT(*) FROM counted_resources)
     + 2 * (SELECT COUNT(*) FROM identity_links)";

/// Says of a user that nothing is kept of them, or that there may be something. It is never wrong in the first.
///
/// It holds for a database that only one process writes to, which is what the lock of a data folder is for. To a server that
/// shares its database with others, everybody may be known.
#[derive(Debug)]
pub(crate) struct KnownUsers {
    filter: AtomicBloomFilter<RandomState>,
    /// Whether the users that the store had when it opened are in. Until then everybody may be one.
    is_whole: AtomicBool,
    filling: OnceLock<AbortHandle>,
}

/// A user, as the filter knows them. Two users of one trace are both strangers, or neither is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trace(u64);

impl KnownUsers {
    pub(crate) async fn of(connections: &Connections) -> Result<Arc<Self>, sqlx::Error> {
        match connections {
            Connections::Sqlite(connections) => Self::of_file(connections).await,
            Connections::Postgres(_) => Ok(Self::anybody()),
        }
    }

    /// Anybody may be known: nobody says what other servers write.
    pub(crate) fn anybody() -> Arc<Self> {
        Arc::new(Self::expecting(1))
    }

    /// Begins with nobody, and has the users that are stored already come in beside everything else.
    async fn of_file(connections: &SqliteConnections) -> Result<Arc<Self>, sqlx::Error> {
        let stored: i64 = query_scalar(HOW_MANY).fetch_one(&connections.writer).await?;
        let stored = usize::try_from(stored).unwrap_or_default();
        let users = Arc::new(Self::expecting(stored.saturating_mul(4).max(ROOM)));
        if stored > 0 {
            let task = tokio::spawn(fill(Arc::clone(&users), connections.readers.clone()));
            users.filling.get_or_init(|| task.abort_handle());
        } else {
            users.is_whole.store(true, Ordering::Release);
        }
        Ok(users)
    }

    fn expecting(users: usize) -> Self {
        let filter = AtomicBloomFilter::with_false_pos(FALSE_ALARMS).hasher(RandomState::new());
        Self { filter: filter.expected_items(users), is_whole: AtomicBool::new(false), filling: OnceLock::new() }
    }

    pub(crate) fn trace(&self, user: &User) -> Trace {
        self.trace_of(user_type(user), &user.identifier)
    }

    /// Whether nothing is kept of this user, as far as anything is committed by now.
    pub(crate) fn is_stranger(&self, trace: Trace) -> bool {
        self.is_whole.load(Ordering::Acquire) && !self.filter.contains_hash(trace.0)
    }

    /// Makes a user known.
    ///
    /// INVARIANT: this comes before anything of the user is committed, so that whoever sees that also sees the user here.
    pub(crate) fn note(&self, user: &User) {
        self.filter.insert_hash(self.trace(user).0);
    }

    /// Lets go of the database.
    pub(crate) fn close(&self) {
        if let Some(filling) = self.filling.get() {
            filling.abort();
        }
    }

    fn trace_of(&self, user_type: &str, identifier: &str) -> Trace {
        Trace(self.filter.source_hash(&(user_type, identifier)))
    }
}

/// Takes in every user that is stored. One that comes in meanwhile is noted by whoever writes it.
async fn fill(users: Arc<KnownUsers>, readers: SqlitePool) {
    let filled: Result<(), sqlx::Error> = async {
        let mut rows = query(EVERYBODY).fetch(&readers);
        while let Some(row) = rows.try_next().await? {
            let (user_type, identifier): (&str, &str) = (row.try_get(0)?, row.try_get(1)?);
            users.filter.insert_hash(users.trace_of(user_type, identifier).0);
        }
        Ok(())
    }
    .await;
    match filled {
        Ok(()) => users.is_whole.store(true, Ordering::Release),
        Err(error) => tracing::warn!(%error, "not all users were read; every decision asks the database"),
    }
}

#[cfg(test)]
mod tests {
    use sqlx::query;
    use usher_host::{User, UserType};

    use super::{EVERYBODY, KnownUsers, fill};
    use crate::connections::{Connections, SqliteConnections};
    use crate::schema::sqlite;

    /// One row of each table that has users in it.
    const ROWS: [&str; 5] = [
        "INSERT INTO customers VALUES ('authenticated', 'customer', '[]', '[]')",
        "INSERT INTO custom_data VALUES ('brand', 'authenticated', 'of-data', 'trial', '1')",
        "INSERT INTO identity_links VALUES ('authenticated', 'source', 'authenticated', 'target', 'follow')",
        "INSERT INTO counters VALUES ('authenticated', 'counted', 'reads', 'day', 0, 1, 1)",
        "INSERT INTO counted_resources VALUES ('authenticated', 'reader', 'reads', 'article', 0)",
    ];

    #[tokio::test]
    async fn whoever_has_a_row_is_known() {
        let connections = SqliteConnections::to_memory().await.unwrap();
        sqlite::migrate(&mut connections.writer.acquire().await.unwrap()).await.unwrap();
        for row in ROWS {
            query(row).execute(&connections.writer).await.unwrap();
        }
        assert_eq!(query(EVERYBODY).fetch_all(&connections.readers).await.unwrap().len(), ROWS.len() + 1);

        let users = KnownUsers::of(&Connections::Sqlite(connections.clone())).await.unwrap();
        let is_stranger = |identifier: &str, user_type| {
            users.is_stranger(users.trace(&User { identifier: identifier.to_owned(), user_type }))
        };
        assert!(!is_stranger("nobody", UserType::Authenticated), "they are not all in yet");
        fill(users.clone(), connections.readers).await;
        for known in ["customer", "of-data", "source", "target", "counted", "reader"] {
            assert!(!is_stranger(known, UserType::Authenticated), "{known}");
            assert!(is_stranger(known, UserType::Anonymous), "{known}");
        }
    }
}
