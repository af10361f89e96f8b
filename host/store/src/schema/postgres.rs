//! The schema of a database in PostgreSQL. Servers that are started at the same time bring it up to date one after the other.

use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::{ConnectOptions, Connection, PgConnection, query, query_scalar};

use super::{Migrations, NEWEST, TABLE, Versions, migrator};
use crate::connections::within;
use crate::database_error::{DatabaseError, During};
use crate::location::Server;
use crate::open::OpenError;

pub(super) const MIGRATIONS: &Migrations = &[
    (1, "first schema", include_str!("../../migrations/postgres/0001_first_schema.sql")),
    (2, "counters", include_str!("../../migrations/postgres/0002_counters.sql")),
    (3, "module reports", include_str!("../../migrations/postgres/0003_module_reports.sql")),
    (4, "keys and audit", include_str!("../../migrations/postgres/0004_keys_and_audit.sql")),
    (5, "releases", include_str!("../../migrations/postgres/0005_releases.sql")),
];

/// Names the lock of whoever opens the database: `usher` in ASCII. Such a lock belongs to one database of the server.
const LOCK: i64 = 0x75_73_68_65_72;
/// How long to wait for the database to let a first connection in.
const CONNECT: Duration = Duration::from_secs(10);
/// How long to wait for a server that is opening the database, which takes long only when it brings much data up to date.
const TURN: Duration = Duration::from_secs(120);

/// The tables of our part of the database. Those that came with an extension are nobody's data.
const TABLES: &str = "SELECT relname::text FROM pg_class
     WHERE relnamespace = to_regnamespace(current_schema()::text) AND relkind IN ('r', 'p') AND NOT EXISTS
         (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')";

/// The turn of one server to open a database. The next one waits until it is over, or its connection is.
pub(crate) struct Turn {
    connection: PgConnection,
}

impl Turn {
    /// Waits for it.
    pub(crate) async fn take(server: &Server) -> Result<Self, DatabaseError> {
        let options = server.options.clone().options([
            ("lock_timeout", format!("{}ms", TURN.as_millis())),
            // That all tables are there already is nothing to speak of.
            ("client_min_messages", "warning".to_owned()),
        ]);
        let mut connection = within(CONNECT, options.connect()).await.during("connecting")?;
        let lock = query("SELECT pg_advisory_lock($1)").bind(LOCK).execute(&mut connection);
        let locked = within(TURN.saturating_add(CONNECT), lock).await;
        locked.during("waiting for another server that opens the database")?;
        Ok(Self { connection })
    }

    /// Refuses a database that this version cannot use, and returns the version of others; none when nothing is there.
    pub(crate) async fn inspect(&mut self, database: &Server) -> Result<Option<i64>, OpenError> {
        let found = self.versions().await.during("reading the schema version")?;
        found.check(MIGRATIONS, database.name.clone())
    }

    /// Refuses a database that this version cannot use, before anything in it is changed, and brings others up to date.
    pub(crate) async fn migrate(&mut self, database: &Server) -> Result<(), OpenError> {
        self.inspect(database).await?;
        let mut migrator = migrator(MIGRATIONS);
        // It is taken for longer than that.
        migrator.set_locking(false);
        let migrated: Result<(), MigrateError> = migrator.run_direct(None, &mut self.connection, false).await;
        migrated.map_err(|source| DatabaseError::new("bringing the schema up to date", source).into())
    }

    /// Lets the next one have it.
    pub(crate) async fn end(self) {
        // Where this fails the connection is gone, and the lock with it.
        drop(self.connection.close().await);
    }

    async fn versions(&mut self) -> Result<Versions, sqlx::Error> {
        let tables: Vec<String> = query_scalar(TABLES).fetch_all(&mut self.connection).await?;
        if tables.is_empty() {
            return Ok(Versions::None);
        }
        if !tables.iter().any(|table| table == TABLE) {
            return Ok(Versions::Foreign);
        }
        let newest: Option<i64> = query_scalar(NEWEST).fetch_one(&mut self.connection).await?;
        Ok(newest.map_or(Versions::None, Versions::UpTo))
    }
}
