//! What a caller learns when the database itself fails.

use std::error::Error;

/// Says that the database failed, and during what. The operator's move; the source says more.
#[derive(Debug, thiserror::Error)]
#[error(
    "database: {doing} failed; expected a healthy, writable disk with free space, or a database server that answers in time; \
     the operator has to look at it"
)]
pub struct DatabaseError {
    doing: &'static str,
    source: Box<dyn Error + Send + Sync>,
}

impl DatabaseError {
    /// Names what failed, and keeps the cause.
    pub(crate) fn new(doing: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { doing, source: source.into() }
    }

    /// Returns whether there was nothing there that could have failed: a database server that cannot be reached, or is not up yet.
    #[must_use]
    pub fn is_of_one_that_is_away(&self) -> bool {
        match self.source.downcast_ref() {
            Some(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut) => true,
            Some(sqlx::Error::Database(error)) => error.code().is_some_and(|code| code.starts_with("57P")),
            _ => false,
        }
    }
}

/// Names what the database was doing when it failed.
pub(crate) trait During<T> {
    /// Turns an error of the database into one that says what failed: `reading a module`, …
    fn during(self, doing: &'static str) -> Result<T, DatabaseError>;
}

impl<T> During<T> for Result<T, sqlx::Error> {
    fn during(self, doing: &'static str) -> Result<T, DatabaseError> {
        self.map_err(|source| DatabaseError::new(doing, source))
    }
}

/// Reports a stored value that this crate never writes: something else changed the database.
pub(crate) fn damaged(what: impl Into<String>) -> sqlx::Error {
    sqlx::Error::Decode(what.into().into())
}
