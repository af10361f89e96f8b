//! Transactions: everything that is read or changed, is in one.

use sqlx::postgres::PgTransaction;
use sqlx::sqlite::SqliteTransaction;

use crate::connections::in_time;

/// Something under way in a database. Until it is committed nothing of it is visible, and dropping it undoes it.
#[derive(Debug)]
pub(crate) enum Transaction {
    Sqlite(SqliteTransaction<'static>),
    Postgres(PgTransaction<'static>),
}

impl Transaction {
    /// Makes it so, durably.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(begun) => begun.commit().await,
            Self::Postgres(begun) => in_time(begun.commit()).await,
        }
    }
}
