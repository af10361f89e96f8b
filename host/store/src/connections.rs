//! Connections: to whichever database a store keeps its data in.

pub(crate) mod postgres;
pub(crate) mod sqlite;

pub(crate) use self::postgres::{PostgresConnections, in_time, within};
pub(crate) use self::sqlite::SqliteConnections;
use crate::transaction::Transaction;

/// The connections of one store.
#[derive(Debug, Clone)]
pub(crate) enum Connections {
    Sqlite(SqliteConnections),
    Postgres(PostgresConnections),
}

impl Connections {
    /// Begins something that changes what is stored.
    pub(crate) async fn begin_change(&self) -> Result<Transaction, sqlx::Error> {
        match self {
            Self::Sqlite(connections) => connections.begin_change().await.map(Transaction::Sqlite),
            Self::Postgres(connections) => connections.begin_change().await.map(Transaction::Postgres),
        }
    }

    /// Begins something that only reads, all of it as it is at the moment of the first read.
    pub(crate) async fn begin_view(&self) -> Result<Transaction, sqlx::Error> {
        match self {
            Self::Sqlite(connections) => connections.begin_view().await.map(Transaction::Sqlite),
            Self::Postgres(connections) => connections.begin_view().await.map(Transaction::Postgres),
        }
    }

    /// Waits for everything under way, and closes them.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(connections) => connections.close().await,
            Self::Postgres(connections) => connections.close().await,
        }
    }
}
