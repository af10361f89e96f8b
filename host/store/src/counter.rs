//! Counters: uses, counted by user, counter and period. One update is one change of the database, and updates of one counter come
//! one after the other, whichever server makes them: concurrent ones lose nothing.

mod idempotency;

use std::collections::HashMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use usher_host::{CounterQuery, CounterReading, CounterUpdate, User};

pub use self::idempotency::IdempotencyKey;
use crate::database_error::{DatabaseError, During};
use crate::integer;
use crate::row::Row;
use crate::statement::{Text, sql};
use crate::store::Store;
use crate::transaction::Transaction;
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

/// Keeps what a counter has come to in several periods: `[["day", 1772409600000, 3, 2], …]`, in one statement, because others
/// may be waiting for the same counter.
const KEEP: Text = Text::Each {
    sqlite: "INSERT INTO counters (user_type, identifier, counter_id, period, started_at, units, unique_units)
         SELECT $1, $2, $3, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($4) WHERE TRUE
         ON CONFLICT (user_type, identifier, counter_id, period) DO UPDATE SET
             started_at = excluded.started_at, units = excluded.units, unique_units = excluded.unique_units",
    postgres: "INSERT INTO counters (user_type, identifier, counter_id, period, started_at, units, unique_units)
         SELECT $1, $2, $3, row ->> 0, (row ->> 1)::BIGINT, (row ->> 2)::BIGINT, (row ->> 3)::BIGINT
         FROM json_array_elements($4::JSON) AS row
         ON CONFLICT (user_type, identifier, counter_id, period) DO UPDATE SET
             started_at = excluded.started_at, units = excluded.units, unique_units = excluded.unique_units",
};

async fn count(change: &mut Transaction, update: &CounterUpdate) -> Result<(), sqlx::Error> {
    take_turn(change, update).await?;
    let last_use = last_use(change, update).await?;
    let before = read_units(change, &update.user, vec![&update.counter_id]).await?;
    let counted = update.periods.iter().map(|(period, since_ms)| {
        let since = integer::stored(*since_ms);
        let was_used = last_use.is_some_and(|used_at| used_at >= since);
        let unique = match (&update.resource_id, update.update.signum(), was_used) {
            (None, ..) => update.update,
            (Some(_), 1, false) => 1,
            (Some(_), -1, true) => -1,
            (Some(_), ..) => 0,
        };
        let period = period.to_string();
        let counted = before.get(&(update.counter_id.clone(), period.clone())).copied().unwrap_or_default();
        let counted = counted.with(since, update.update, unique);
        json!([period, counted.started_at, counted.units, counted.unique_units])
    });
    sql(KEEP)
        .bind(user_type(&update.user))
        .bind(&update.user.identifier)
        .bind(&update.counter_id)
        .bind(Value::from_iter(counted).to_string())
        .execute(change)
        .await?;
    note_use(change, update).await
}

/// Waits until no other change counts with the same counter of the same user. What is read after that stays so.
///
/// INVARIANT: it is the last lock that a change takes, so no two changes wait for each other.
async fn take_turn(change: &mut Transaction, update: &CounterUpdate) -> Result<(), sqlx::Error> {
    if let Transaction::Postgres(_) = change {
        // Two counters whose hashes begin alike only wait for each other for nothing.
        let counter = json!([user_type(&update.user), update.user.identifier, update.counter_id]);
        let [a, b, c, d, e, f, g, h, ..]: [u8; 32] = Sha256::digest(counter.to_string()).into();
        let lock = i64::from_be_bytes([a, b, c, d, e, f, g, h]);
        sql("SELECT pg_advisory_xact_lock($1)").bind(lock).execute(change).await?;
    }
    Ok(())
}

/// When the resource was counted last.
async fn last_use(change: &mut Transaction, update: &CounterUpdate) -> Result<Option<i64>, sqlx::Error> {
    let Some(resource_id) = &update.resource_id else { return Ok(None) };
    let row = sql("SELECT used_at FROM counted_resources
         WHERE user_type = $1 AND identifier = $2 AND counter_id = $3 AND resource_id = $4")
    .bind(user_type(&update.user))
    .bind(&update.user.identifier)
    .bind(&update.counter_id)
    .bind(resource_id)
    .fetch_optional(change)
    .await?;
    row.map(|row| row.get("used_at")).transpose()
}

/// Remembers that the resource has been counted, or that it no longer is.
async fn note_use(change: &mut Transaction, update: &CounterUpdate) -> Result<(), sqlx::Error> {
    let Some(resource_id) = &update.resource_id else { return Ok(()) };
    let text = match update.update {
        0 => return Ok(()),
        1.. => {
            "INSERT INTO counted_resources (user_type, identifier, counter_id, resource_id, used_at)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (user_type, identifier, counter_id, resource_id) DO UPDATE SET
                 used_at = excluded.used_at WHERE excluded.used_at > counted_resources.used_at"
        }
        ..0 => {
            "DELETE FROM counted_resources
             WHERE user_type = $1 AND identifier = $2 AND counter_id = $3 AND resource_id = $4"
        }
    };
    let mut statement = sql(text)
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
    view: &mut Transaction,
    user: &User,
    queries: &[CounterQuery<'_>],
) -> Result<Vec<CounterReading>, sqlx::Error> {
    let counted = read_units(view, user, queries.iter().map(|query| query.counter_id).collect()).await?;
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

/// What a counter has come to in the latest period of one kind.
#[derive(Clone, Copy, Default)]
struct Counted {
    started_at: i64,
    units: i64,
    unique_units: i64,
}

impl Counted {
    /// The same with more units, or fewer, of a period that began then. An earlier period is over.
    fn with(self, since: i64, units: i64, unique_units: i64) -> Self {
        let before = if self.started_at < since { Self { started_at: since, ..Self::default() } } else { self };
        let sum = |before: i64, more: i64| before.saturating_add(more).clamp(0, MOST_UNITS);
        Self {
            started_at: before.started_at,
            units: sum(before.units, units),
            unique_units: sum(before.unique_units, unique_units),
        }
    }
}

async fn read_units(
    view: &mut Transaction,
    user: &User,
    counter_ids: Vec<&str>,
) -> Result<HashMap<(String, String), Counted>, sqlx::Error> {
    const COUNTED: Text = Text::Each {
        sqlite: "SELECT counter_id, period, started_at, units, unique_units FROM counters
             WHERE user_type = $1 AND identifier = $2 AND counter_id IN (SELECT value FROM json_each($3))",
        postgres: "SELECT counter_id, period, started_at, units, unique_units FROM counters
             WHERE user_type = $1 AND identifier = $2 AND counter_id = ANY($3)",
    };
    let rows = sql(COUNTED).bind(user_type(user)).bind(&user.identifier).bind(counter_ids).fetch_all(view).await?;
    let counted = |row: &Row| {
        let counted = Counted {
            started_at: row.get("started_at")?,
            units: row.get("units")?,
            unique_units: row.get("unique_units")?,
        };
        Ok(((row.get("counter_id")?, row.get("period")?), counted))
    };
    rows.iter().map(counted).collect()
}

/// When the resources that are asked about were counted last.
async fn read_uses(
    view: &mut Transaction,
    user: &User,
    queries: &[CounterQuery<'_>],
) -> Result<HashMap<(String, String), i64>, sqlx::Error> {
    const USED: Text = Text::Each {
        sqlite: "SELECT counter_id, resource_id, used_at FROM counted_resources
             WHERE user_type = $1 AND identifier = $2 AND counter_id IN (SELECT value FROM json_each($3))
                 AND resource_id IN (SELECT value FROM json_each($4))",
        postgres: "SELECT counter_id, resource_id, used_at FROM counted_resources
             WHERE user_type = $1 AND identifier = $2 AND counter_id = ANY($3) AND resource_id = ANY($4)",
    };
    let unique = || queries.iter().filter(|query| query.unique_resources && query.resource_id.is_some());
    if unique().next().is_none() {
        return Ok(HashMap::new());
    }
    let rows = sql(USED)
        .bind(user_type(user))
        .bind(&user.identifier)
        .bind(unique().map(|query| query.counter_id).collect::<Vec<_>>())
        .bind(unique().filter_map(|query| query.resource_id).collect::<Vec<_>>())
        .fetch_all(view)
        .await?;
    let used = |row: &Row| Ok(((row.get("counter_id")?, row.get("resource_id")?), row.get("used_at")?));
    rows.iter().map(used).collect()
}
