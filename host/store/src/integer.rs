//! Integers: the database has signed ones of 64 bits, the rest of Usher has unsigned ones.

use crate::database_error::damaged;

/// Returns a number as it is stored. What the database cannot hold is stored as the most it can, 2^63 − 1: no limit and
/// no instant that large can ever be reached.
pub(crate) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Returns a stored number.
pub(crate) fn read(number: i64) -> Result<u64, sqlx::Error> {
    u64::try_from(number).map_err(|error| damaged(format!("the number {number}: {error}")))
}

/// Returns a stored number that may be absent.
pub(crate) fn read_optional(number: Option<i64>) -> Result<Option<u64>, sqlx::Error> {
    number.map(read).transpose()
}
