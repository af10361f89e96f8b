//! The environment: where releases are live.

use crate::database_error::During;
use crate::integer;
use crate::open::OpenError;
use crate::random;
use crate::statement::sql;
use crate::transaction::Transaction;

/// The one environment there is, for now.
const LIVE: &str = "live";

/// Says which environment a store belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Environment {
    /// Its identifier: `env_` and 12 lowercase letters and digits. Keys contain it, and clients split keys at `_`, so
    /// it has exactly one of these.
    pub id: String,
    /// Its name, such as `live`.
    pub name: String,
}

/// Returns the environment, and whether it had to be created. Nobody else is doing that at the same time.
pub(crate) async fn find_or_create(mut change: Transaction, now_ms: u64) -> Result<(Environment, bool), OpenError> {
    const DOING: &str = "reading the environment";
    let found = sql("SELECT id, name FROM environment").fetch_optional(&mut change).await.during(DOING)?;
    if let Some(row) = found {
        let (id, name) = (row.get("id").during(DOING)?, row.get("name").during(DOING)?);
        return Ok((Environment { id, name }, false));
    }
    let environment = Environment { id: format!("env_{}", random::hex::<6>()?), name: LIVE.to_owned() };
    sql("INSERT INTO environment (id, name, release, created_at) VALUES ($1, $2, 0, $3)")
        .bind(&environment.id)
        .bind(&environment.name)
        .bind(integer::stored(now_ms))
        .execute(&mut change)
        .await
        .during(DOING)?;
    change.commit().await.during(DOING)?;
    Ok((environment, true))
}
