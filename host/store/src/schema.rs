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
    /// Refuses a database that cannot be brought up to date, before anything in it is changed. Returns the newest migration that
    /// it has been through, if there is one.
    fn check(self, migrations: &Migrations, database: String) -> Result<Option<i64>, OpenError> {
        let newest = newest(migrations);
        match self {
            Self::None => Ok(None),
            Self::UpTo(found) if found <= newest => Ok(Some(found)),
            Self::UpTo(found) => Err(OpenError::NewerSchema { database, found, newest }),
            Self::Foreign => Err(OpenError::Foreign { database }),
        }
    }
}

/// The version that a database is brought up to, the same in both.
pub(crate) fn newest_version() -> i64 {
    newest(sqlite::MIGRATIONS)
}

fn newest(migrations: &Migrations) -> i64 {
    migrations.iter().map(|&(version, ..)| version).max().unwrap_or(0)
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
    use sqlx::{Connection, Executor, PgConnection, SqliteConnection, query_as};
    use usher_test_postgres::Cluster;

    use super::{migrator, postgres, sqlite};

    /// What was in a database before there were releases.
    const BEFORE_RELEASES: &str = "
        INSERT INTO environment (id, name, release, created_at) VALUES ('env_1', 'live', 7, 1);
        INSERT INTO catalog (environment_id, text, updated_at) VALUES ('env_1', 'the catalog', 2);
        INSERT INTO keys (id, kind, hash, created_at, scopes) VALUES
            ('key_all', 'admin', 'HASH', 3, 'read workflows catalog users-read users-write keys audit'),
            ('key_some', 'admin', 'hash', 3, 'read workflows')";
    const DRAFT: &str = "SELECT number, catalog FROM draft";
    const KEYS: &str = "SELECT environment_id, scopes FROM keys ORDER BY id";

    /// What becomes of it in either database.
    macro_rules! check_upgrade {
        ($connection:ident, $migrations:expr, $one:literal, $other:literal) => {
            migrator(&$migrations[..4]).run(&mut $connection).await.unwrap();
            let before = BEFORE_RELEASES.replace("'HASH'", $one).replace("'hash'", $other);
            $connection.execute(sqlx::AssertSqlSafe(before)).await.unwrap();
            migrator($migrations).run(&mut $connection).await.unwrap();
            let draft: (i64, String) = query_as(DRAFT).fetch_one(&mut $connection).await.unwrap();
            assert_eq!(draft, (7, "the catalog".to_owned()));
            let keys: Vec<(String, String)> = query_as(KEYS).fetch_all(&mut $connection).await.unwrap();
            let [(env, all), (_, some)] = keys.as_slice() else { panic!("expected two keys: {keys:?}") };
            assert_eq!(env, "env_1");
            assert_eq!(all, "read workflows catalog users-read users-write keys audit deploy");
            assert_eq!(some, "read workflows");
        };
    }

    #[tokio::test]
    async fn what_was_live_becomes_the_draft() {
        let mut file = SqliteConnection::connect("sqlite::memory:").await.unwrap();
        check_upgrade!(file, sqlite::MIGRATIONS, "zeroblob(32)", "randomblob(32)");
        let Some(cluster) = Cluster::shared() else { return };
        let mut server = PgConnection::connect(&cluster.new_database()).await.unwrap();
        check_upgrade!(
            server,
            postgres::MIGRATIONS,
            "decode(repeat('00', 32), 'hex')",
            "decode(repeat('01', 32), 'hex')"
        );
    }

    #[test]
    fn both_databases_go_through_the_same_changes() {
        let named = |migrations: &super::Migrations| -> Vec<_> {
            migrations.iter().map(|&(version, description, _)| (version, description)).collect()
        };
        assert_eq!(named(sqlite::MIGRATIONS), named(postgres::MIGRATIONS));
    }
}
