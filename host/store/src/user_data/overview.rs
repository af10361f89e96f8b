//! Overviews: everything that is kept of one user, for an operator who looks.

use usher_host::{CustomerRecord, IdentityLink, Scope, User};

use super::user_type;
use super::view::View;
use crate::database_error::{DatabaseError, During, damaged};
use crate::integer;
use crate::row::Row;
use crate::statement::sql;
use crate::store::Store;

/// How many custom values, and how many counters, an overview has at most.
const MOST: i64 = 1_000;

/// Everything that is kept of one user, as it is at one moment.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct UserOverview {
    /// What billing knows of them, if it knows anything.
    pub customer: Option<CustomerRecord>,
    /// Their custom values by key, the first thousand.
    pub custom_data: Vec<CustomDatum>,
    /// The links whose target they are.
    pub linked_sources: Vec<IdentityLink>,
    /// The links whose source they are.
    pub linked_targets: Vec<IdentityLink>,
    /// Their counters by id and period, the first thousand.
    pub counters: Vec<CounterRow>,
}

/// One custom value of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CustomDatum {
    /// Its key.
    pub key: String,
    /// For whom it is.
    pub scope: Scope,
    /// The value, as JSON text.
    pub json: String,
}

/// What one counter has come to in the latest period of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CounterRow {
    /// Which counter.
    pub counter_id: String,
    /// Which kind of period: `lifetime`, `hour`, `day`, `week`, `month`.
    pub period: String,
    /// When the period began, in milliseconds since 1970-01-01T00:00:00Z.
    pub started_at_ms: u64,
    /// Every use.
    pub units: u64,
    /// The same, but each resource once.
    pub unique_units: u64,
}

impl Store {
    /// Reads everything that is kept of a user. One of whom nothing is kept has an empty overview.
    ///
    /// # Errors
    ///
    /// When the database fails, or holds something that Usher never wrote.
    pub async fn user_overview(&self, user: &User) -> Result<UserOverview, DatabaseError> {
        self.read_overview(user).await.during("reading what is kept of a user")
    }

    async fn read_overview(&self, user: &User) -> Result<UserOverview, sqlx::Error> {
        let view = View::open(self, user).await?;
        Ok(UserOverview {
            customer: view.read_customer(user).await?,
            custom_data: view.list_custom_data(user).await?,
            linked_sources: view.read_sources(user).await?,
            linked_targets: view.read_targets(user).await?,
            counters: view.list_counters(user).await?,
        })
    }
}

impl View {
    async fn list_custom_data(&self, user: &User) -> Result<Vec<CustomDatum>, sqlx::Error> {
        let mut moment = self.of(user).await?;
        let Some(reader) = moment.reader() else { return Ok(Vec::new()) };
        let query = sql("SELECT key, scope, value FROM custom_data WHERE user_type = $1 AND identifier = $2
             ORDER BY key, scope LIMIT $3");
        let query = query.bind(user_type(user)).bind(&user.identifier).bind(MOST);
        let rows = query.fetch_all(reader).await?;
        rows.iter().map(datum).collect()
    }

    async fn list_counters(&self, user: &User) -> Result<Vec<CounterRow>, sqlx::Error> {
        let mut moment = self.of(user).await?;
        let Some(reader) = moment.reader() else { return Ok(Vec::new()) };
        let query = sql("SELECT counter_id, period, started_at, units, unique_units FROM counters
             WHERE user_type = $1 AND identifier = $2 ORDER BY counter_id, started_at LIMIT $3");
        let query = query.bind(user_type(user)).bind(&user.identifier).bind(MOST);
        let rows = query.fetch_all(reader).await?;
        rows.iter().map(counter).collect()
    }
}

fn datum(row: &Row) -> Result<CustomDatum, sqlx::Error> {
    let scope = match row.get("scope")? {
        "brand" => Scope::Brand,
        "cross-brand" => Scope::CrossBrand,
        other => return Err(damaged(format!("custom data of scope `{other}`"))),
    };
    Ok(CustomDatum { key: row.get("key")?, scope, json: row.get("value")? })
}

fn counter(row: &Row) -> Result<CounterRow, sqlx::Error> {
    Ok(CounterRow {
        counter_id: row.get("counter_id")?,
        period: row.get("period")?,
        started_at_ms: integer::read(row.get("started_at")?)?,
        units: integer::read(row.get("units")?)?,
        unique_units: integer::read(row.get("unique_units")?)?,
    })
}
