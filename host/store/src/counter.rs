//! Counters: uses, counted by user, counter and period. One update is one change of the database: concurrent ones lose
//! nothing.

mod idempotency;

use std::collections::HashMap;

use sqlx::{Row, SqliteConnection, query, query_scalar};
use usher_host::{CounterQuery, CounterReading, CounterUpdate, User};

pub use self::idempotency::IdempotencyKey;
use crate::database_error::{DatabaseError, During};
use crate::integer;
use crate::store::Store;
use crate::user_data::{UserDataError, check, user_type};

/// The most that a counter holds: every whole number up to it is exact in JSON, 2^53 − 1.
const MOST_UNITS: i64 = 9_007_199_254_740_991;

/// Says why nothing was counted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CounterError {
    /// The user is not one that a request could be from. The caller's move.
    #[error(transparent)]
    User(#[from] UserDataError),
    /// The idempotency key has been used for another update. The caller's move.
    #[error("idempotency key: expected one that is new, or the update it came with; the caller has to draw another")]
    KeyReused,
    /// The database failed. The operator's move.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Store {
    /// Changes a counter, in every period that the update falls into. A counter never falls below zero.
    ///
    /// A resource counts once in a period among the unique units, as one unit, however often and with however many units
    /// it is used. Taking units away gives the resource back.
    ///
    /// With a key, an update that is sent again within a day is acknowledged and not counted again.
    ///
    /// # Errors
    ///
    /// When the key came with another update before, or the database fails; nothing is counted then.
    pub async fn update_counter(
        &self,
        update: &CounterUpdate,
        key: Option<&IdempotencyKey>,
    ) -> Result<(), CounterError> {
        const DOING: &str = "updating a counter";
        check::user(&update.user)?;
        self.known_users.note(&update.user);
        let mut change = self.begin().await.during(DOING)?;
        if let Some(key) = key {
            match key.seen(&mut change, update).await.during(DOING)? {
                idempotency::Seen::Never => {}
                idempotency::Seen::WithThis => return Ok(()),
                idempotency::Seen::WithAnother => return Err(CounterError::KeyReused),
            }
        }
        count(&mut change, update).await.during(DOING)?;
        change.commit().await.during(DOING)?;
        Ok(())
    }
}

async fn count(change: &mut SqliteConnection, update: &CounterUpdate) -> Result<(), sqlx::Error> {
    let last_use = last_use(change, update).await?;
    for (period, since_ms) in &update.periods {
        let since = integer::stored(*since_ms);
        let was_used = last_use.is_some_and(|used_at| used_at >= since);
        let unique = match (&update.resource_id, update.update.signum(), was_used) {
            (None, ..) => update.update,
            (Some(_), 1, false) => 1,
            (Some(_), -1, true) => -1,
            (Some(_), ..) => 0,
        };
        query(
            "INSERT INTO counters (user_type, identifier, counter_id, period, started_at, units, unique_units)
             VALUES ($1, $2, $3, $4, $5, MAX($6, 0), MAX($7, 0))
             ON CONFLICT (user_type, identifier, counter_id, period) DO UPDATE SET
                 units = MIN(MAX(IIF(started_at < $5, 0, units) + $6, 0), $8),
                 unique_units = MIN(MAX(IIF(started_at < $5, 0, unique_units) + $7, 0), $8),
                 started_at = MAX(started_at, $5)",
        )
        .bind(user_type(&update.user))
        .bind(&update.user.identifier)
        .bind(&update.counter_id)
        .bind(period.to_string())
        .bind(since)
        .bind(update.update)
        .bind(unique)
        .bind(MOST_UNITS)
        .execute(&mut *change)
        .await?;
    }
    note_use(change, update).await
}

/// When the resource was counted last.
async fn last_use(change: &mut SqliteConnection, update: &CounterUpdate) -> Result<Option<i64>, sqlx::Error> {
    let Some(resource_id) = &update.resource_id else { return Ok(None) };
    query_scalar(
        "SELECT used_at FROM counted_resources
         WHERE user_type = $1 AND identifier = $2 AND counter_id = $3 AND resource_id = $4",
    )
    .bind(user_type(&update.user))
    .bind(&update.user.identifier)
    .bind(&update.counter_id)
    .bind(resource_id)
    .fetch_optional(change)
    .await
}

/// Remembers that the resource has been counted, or that it no longer is.
async fn note_use(change: &mut SqliteConnection, update: &CounterUpdate) -> Result<(), sqlx::Error> {
    let Some(resource_id) = &update.resource_id else { return Ok(()) };
    let sql = match update.update {
        0 => return Ok(()),
        1.. => {
            "INSERT INTO counted_resources (user_type, identifier, counter_id, resource_id, used_at)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (user_type, identifier, counter_id, resource_id) DO UPDATE SET used_at = MAX(used_at, $5)"
        }
        ..0 => {
            "DELETE FROM counted_resources
             WHERE user_type = $1 AND identifier = $2 AND counter_id = $3 AND resource_id = $4"
        }
    };
    let mut statement = query(sql)
        .bind(user_type(&update.user))
        .bind(&update.user.identifier)
        .bind(&update.counter_id)
        .bind(resource_id);
    if update.update > 0 {
        statement = statement.bind(integer::stored(update.at_ms));
    }
    statement.execute(change).await.map(drop)
}

/// Reads what counters have come to, one reading for each query.
pub(crate) async fn read(
    view: &mut SqliteConnection,
    user: &User,
    queries: &[CounterQuery<'_>],
) -> Result<Vec<CounterReading>, sqlx::Error> {
    let counted = read_units(view, user, queries).await?;
    let used = read_uses(view, user, queries).await?;
    let reading = |query: &CounterQuery<'_>| {
        let since = integer::stored(query.since_ms);
        let counted = counted.get(&(query.counter_id.to_owned(), query.per.to_string()));
        let units = match counted {
            Some(counted) if counted.started_at >= since && query.unique_resources => counted.unique_units,
            Some(counted) if counted.started_at >= since => counted.units,
            Some(_) | None => 0,
        };
        let use_of = |id: &str| used.get(&(query.counter_id.to_owned(), id.to_owned()));
        let last_use = query.resource_id.filter(|_| query.unique_resources).and_then(use_of);
        Ok(CounterReading {
            units: integer::read(units)?,
            resource_used: last_use.is_some_and(|used_at| *used_at >= since),
        })
    };
    queries.iter().map(reading).collect()
}

struct Counted {
    started_at: i64,
    units: i64,
    unique_units: i64,
}

async fn read_units(
    view: &mut SqliteConnection,
    user: &User,
    queries: &[CounterQuery<'_>],
) -> Result<HashMap<(String, String), Counted>, sqlx::Error> {
    let rows = query(
        "SELECT counter_id, period, started_at, units, unique_units FROM counters
         WHERE user_type = $1 AND identifier = $2 AND counter_id IN (SELECT value FROM json_each($3))",
    )
    .bind(user_type(user))
    .bind(&user.identifier)
    .bind(json_list(queries.iter().map(|query| query.counter_id)))
    .fetch_all(view)
    .await?;
    let counted = |row: &sqlx::sqlite::SqliteRow| {
        let counted = Counted {
            started_at: row.try_get("started_at")?,
            units: row.try_get("units")?,
            unique_units: row.try_get("unique_units")?,
        };
        Ok(((row.try_get("counter_id")?, row.try_get("period")?), counted))
    };
    rows.iter().map(counted).collect()
}

/// When the resources that are asked about were counted last.
async fn read_uses(
    view: &mut SqliteConnection,
    user: &User,
    queries: &[CounterQuery<'_>],
) -> Result<HashMap<(String, String), i64>, sqlx::Error> {
    let unique = || queries.iter().filter(|query| query.unique_resources && query.resource_id.is_some());
    if unique().next().is_none() {
        return Ok(HashMap::new());
    }
    let rows = query(
        "SELECT counter_id, resource_id, used_at FROM counted_resources
         WHERE user_type = $1 AND identifier = $2 AND counter_id IN (SELECT value FROM json_each($3))
             AND resource_id IN (SELECT value FROM json_each($4))",
    )
    .bind(user_type(user))
    .bind(&user.identifier)
    .bind(json_list(unique().map(|query| query.counter_id)))
    .bind(json_list(unique().filter_map(|query| query.resource_id)))
    .fetch_all(view)
    .await?;
    let used = |row: &sqlx::sqlite::SqliteRow| {
        Ok(((row.try_get("counter_id")?, row.try_get("resource_id")?), row.try_get("used_at")?))
    };
    rows.iter().map(used).collect()
}

fn json_list<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    serde_json::Value::from_iter(texts).to_string()
}
