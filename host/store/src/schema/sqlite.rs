//! The schema of a database in `SQLite`. Its file is looked at before anything opens it for writing.

use std::path::Path;

use sqlx::migrate::MigrateError;
use sqlx::{ConnectOptions, Connection, SqliteConnection, query_scalar};

use super::{Migrations, NEWEST, TABLE, Versions, migrator};
use crate::connections::sqlite::options_for;
use crate::database_error::DatabaseError;
use crate::open::OpenError;

pub(super) const MIGRATIONS: &Migrations = &[
    (1, "first schema", include_str!("../../migrations/sqlite/0001_first_schema.sql")),
    (2, "counters", include_str!("../../migrations/sqlite/0002_counters.sql")),
    (3, "module reports", include_str!("../../migrations/sqlite/0003_module_reports.sql")),
    (4, "keys and audit", include_str!("../../migrations/sqlite/0004_keys_and_audit.sql")),
    (5, "releases", include_str!("../../migrations/sqlite/0005_releases.sql")),
];

/// Result codes of `SQLite` for a file that is no database, or no longer one.
const CORRUPT: i32 = 11;
const NOT_A_DATABASE: i32 = 26;

/// Looks at a database file and refuses one that this version cannot use, before anything in it is changed. Returns its version;
/// none when nothing is there.
pub(crate) async fn inspect(database: &Path) -> Result<Option<i64>, OpenError> {
    let unreadable = |source| OpenError::Database(DatabaseError::new("looking for the database file", source));
    if !database.try_exists().map_err(unreadable)? {
        return Ok(None);
    }
    let found = match options_for(database).pragma("query_only", "ON").connect().await {
        Ok(mut connection) => {
            let versions = versions(&mut connection).await;
            // Whatever closing meets, opening meets next, and reports.
            drop(connection.close().await);
            versions
        }
        Err(error) => Err(error),
    };
    match found {
        Ok(versions) => versions.check(MIGRATIONS, database.display().to_string()),
        Err(source) if is_damage(&source) => {
            Err(OpenError::Damaged { file: database.to_owned(), source: source.into() })
        }
        Err(source) => Err(DatabaseError::new("reading the schema version", source).into()),
    }
}

/// Brings the schema up to date.
pub(crate) async fn migrate(connection: &mut SqliteConnection) -> Result<(), DatabaseError> {
    let migrated: Result<(), MigrateError> = migrator(MIGRATIONS).run_direct(None, connection, false).await;
    migrated.map_err(|source| DatabaseError::new("bringing the schema up to date", source))
}

async fn versions(connection: &mut SqliteConnection) -> Result<Versions, sqlx::Error> {
    let tables: Vec<String> =
        query_scalar("SELECT name FROM sqlite_master WHERE type = 'table'").fetch_all(&mut *connection).await?;
    if tables.is_empty() {
        return Ok(Versions::None);
    }
    if !tables.iter().any(|table| table == TABLE) {
        return Ok(Versions::Foreign);
    }
    let newest: Option<i64> = query_scalar(NEWEST).fetch_one(connection).await?;
    Ok(newest.map_or(Versions::None, Versions::UpTo))
}

/// Returns whether an error says that the file is damaged. The low byte of an extended code is the code itself.
fn is_damage(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, CORRUPT | NOT_A_DATABASE))
}
