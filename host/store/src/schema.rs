//! The schema: every version of it, as migrations that are applied in order and never change once released. Each database has
//! them in its own words; what has one number is the same change in both.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use crate::open::OpenError;

/// Where a database remembers the migrations it has been through. The name also tells a database of ours from others.
const TABLE: &str = "usher_migrations";
/// The newest of them.
const NEWEST: &str = "SELECT MAX(version) FROM usher_migrations";

/// Each migration: its version, what it does, its SQL.
type Migrations = [(i64, &'static str, &'static str)];

/// Which migrations a database has been through.
enum Versions {
    /// None so far, or it is empty.
    None,
    /// Those up to this one.
    UpTo(i64),
    /// None of ours: it belongs to another program.
    Foreign,
}

impl Versions {
    /// Refuses a database that cannot be brought up to date, before anything in it is changed.
    fn check(self, migrations: &Migrations, database: String) -> Result<(), OpenError> {
        let newest = migrations.iter().map(|&(version, ..)| version).max().unwrap_or(0);
        match self {
            Self::None => Ok(()),
            Self::UpTo(found) if found <= newest => Ok(()),
            Self::UpTo(found) => Err(OpenError::NewerSchema { database, found, newest }),
            Self::Foreign => Err(OpenError::Foreign { database }),
        }
    }
}

fn migrator(migrations: &Migrations) -> Migrator {
    let migrations = migrations.iter().map(|&(version, description, sql)| {
        Migration::new(version, description.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let mut migrator = Migrator::with_migrations(migrations.collect());
    migrator.dangerous_set_table_name(TABLE);
    migrator
}

#[cfg(test)]
mod tests {
    use super::{postgres, sqlite};

    #[test]
    fn both_databases_go_through_the_same_changes() {
        let named = |migrations: &super::Migrations| -> Vec<_> {
            migrations.iter().map(|&(version, description, _)| (version, description)).collect()
        };
        assert_eq!(named(sqlite::MIGRATIONS), named(postgres::MIGRATIONS));
    }
}
