//! Importing: a backup into a place where nothing was ever stored, all of it or nothing.

use std::io::{BufReader, Seek};
use std::sync::Arc;

use usher_host::Clock;

use super::archive::Fault;
use super::read::{BackupReader, Piece};
use super::table::{KEYS, Part, Table};
use super::{Backup, BackupError};
use crate::audit::Deed;
use crate::database_error::{DatabaseError, During};
use crate::key::check_of;
use crate::location::{Location, Place};
use crate::module::{self, ModuleDigest, NewModule};
use crate::open::OpenError;
use crate::random::to_hex;
use crate::schema::postgres::Turn;
use crate::schema::{newest_version, sqlite};
use crate::secret::Secret;
use crate::statement::sql;
use crate::store::Store;
use crate::transaction::Transaction;

/// What the database does meanwhile.
const DOING: &str = "importing";

/// Finds the first thing that somebody has stored. A database that was only ever opened has two environments that follow an empty
/// draft, and nothing else.
const FIRST_FOUND: &str = "SELECT 'a catalog or workflows' AS found WHERE EXISTS
         (SELECT 1 FROM draft WHERE number > 0 OR catalog IS NOT NULL)
     UNION ALL SELECT 'workflows' WHERE EXISTS (SELECT 1 FROM workflows)
     UNION ALL SELECT 'modules' WHERE EXISTS (SELECT 1 FROM modules)
     UNION ALL SELECT 'releases' WHERE EXISTS (SELECT 1 FROM releases)
     UNION ALL SELECT 'environments' WHERE EXISTS (SELECT 1 FROM environment WHERE name NOT IN ('live', 'preview'))
     UNION ALL SELECT 'deployments' WHERE EXISTS (SELECT 1 FROM deployments WHERE release IS NOT NULL OR id > 2)
     UNION ALL SELECT 'keys' WHERE EXISTS (SELECT 1 FROM keys)
     UNION ALL SELECT 'customers' WHERE EXISTS (SELECT 1 FROM customers)
     UNION ALL SELECT 'custom data' WHERE EXISTS (SELECT 1 FROM custom_data)
     UNION ALL SELECT 'identity links' WHERE EXISTS (SELECT 1 FROM identity_links)
     UNION ALL SELECT 'counters' WHERE EXISTS (SELECT 1 FROM counters)
     UNION ALL SELECT 'counters' WHERE EXISTS (SELECT 1 FROM counted_resources)
     UNION ALL SELECT 'idempotency keys' WHERE EXISTS (SELECT 1 FROM idempotency_keys)
     UNION ALL SELECT 'an audit log' WHERE EXISTS (SELECT 1 FROM audit)
     LIMIT 1";

/// Says whether API keys are imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportKeys {
    /// They are. The place has to have the secret that they are kept with.
    Yes,
    /// They are left out: the next server that starts there makes first ones.
    No,
}

/// Says why nothing was imported. The operator's move. What is stored is as it was before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// Something is stored there already.
    #[error(
        "database `{database}`: expected one in which nothing was ever stored, found {found}; nothing in it was changed; the \
         operator has to import into another one"
    )]
    NotEmpty {
        /// Its file, or its URL without who connects.
        database: String,
        /// What is in it.
        found: String,
    },
    /// The place has not the secret that the backup's keys are kept with.
    #[error(
        "secret `{secret}`: expected the one that the API keys of the backup are kept with, found {found}; nothing was imported; \
         the operator has to put the `secret.key` of the exported server there first, or to import without the keys and make \
         new ones"
    )]
    OtherSecret {
        /// Its file.
        secret: String,
        /// `another` or `none`.
        found: &'static str,
    },
    /// The database does not take a part of the backup.
    #[error(
        "backup, part `{part}`: expected rows that the database can keep, found one that it refuses; nothing was imported; the \
         operator has to look at what it says, and to bear in mind that PostgreSQL keeps no text with the character NUL"
    )]
    Refused {
        /// Which part.
        part: &'static str,
        /// What the database said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The backup is no longer what it was when it was opened.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Backup {
    /// Imports it into a place where nothing was ever stored, which is made when it is missing. No server may run there meanwhile.
    ///
    /// All of it is one change: whatever happens, everything is there or nothing. The audit log has one entry more, which says
    /// that it was imported. The file is read in the thread that polls: this is for a program that does nothing else.
    ///
    /// # Errors
    ///
    /// See [`ImportError`]. It can be tried again.
    pub async fn restore(
        &self,
        location: &Location,
        clock: Arc<dyn Clock>,
        keys: ImportKeys,
    ) -> Result<(), ImportError> {
        let place = location.place()?;
        if keys == ImportKeys::Yes && self.summary.rows(KEYS) > 0 {
            self.check_secret(&place)?;
        }
        // One that is older would be brought up to date before it is refused.
        if found_version(&place).await?.is_some_and(|found| found < newest_version()) {
            return Err(ImportError::NotEmpty {
                database: place.name(),
                found: "what an older Usher has stored".to_owned(),
            });
        }
        let store = Store::open(location, clock).await?;
        let imported = store.import(self, keys, &place).await;
        store.close().await;
        imported
    }

    /// Holds the secret of a place to be the one that the keys are kept with. None is made there.
    fn check_secret(&self, place: &Place) -> Result<(), ImportError> {
        let found = place.secret().map(Secret::find).transpose()?.flatten();
        let is_right = |secret: &Secret| self.secret_check.as_deref() == Some(&to_hex(check_of(secret).as_slice()));
        let found = match found {
            Some(secret) if is_right(&secret) => return Ok(()),
            Some(_) => "another",
            None => "none",
        };
        let secret = place.secret().map_or_else(|| place.name(), |file| file.display().to_string());
        Err(ImportError::OtherSecret { secret, found })
    }
}

/// Which version of the schema is there; none when there is nothing.
async fn found_version(place: &Place) -> Result<Option<i64>, OpenError> {
    match place {
        Place::Memory => Ok(None),
        Place::File(files) => sqlite::inspect(&files.database).await,
        Place::Server(server) => {
            let mut turn = Turn::take(server).await?;
            let found = turn.inspect(server).await;
            turn.end().await;
            found
        }
    }
}

impl Store {
    async fn import(&self, backup: &Backup, keys: ImportKeys, place: &Place) -> Result<(), ImportError> {
        let mut change = self.begin_in_turn().await.during(DOING)?;
        if let Some(row) = sql(FIRST_FOUND).fetch_optional(&mut change).await.during(DOING)? {
            let found: String = row.get("found").during(DOING)?;
            return Err(ImportError::NotEmpty { database: place.name(), found });
        }
        for statement in ["DELETE FROM deployments", "DELETE FROM environment"] {
            sql(statement).execute(&mut change).await.during(DOING)?;
        }
        put_all(&mut change, backup, keys).await?;
        count_on(&mut change).await.during(DOING)?;
        let left_out = if keys == ImportKeys::No { ", without keys" } else { "" };
        let detail = format!("sha256:{}{left_out}", backup.summary.digest);
        let deed = Deed { action: "import", subject: "backup", detail: Some(&detail) };
        self.note(&mut change, &deed).await.during(DOING)?;
        Ok(change.commit().await.during(DOING)?)
    }
}

/// Puts everything into the database, and holds what is read to be what was there when the backup was opened.
async fn put_all(change: &mut Transaction, backup: &Backup, keys: ImportKeys) -> Result<(), ImportError> {
    let failed = |fault: Fault| ImportError::Backup(BackupError::of(&backup.path, fault));
    let mut file = &backup.file;
    file.rewind().map_err(|error| failed(error.into()))?;
    let mut reader = BackupReader::begin(BufReader::new(file)).map_err(failed)?;
    while let Piece::Content(part, content) = reader.next().map_err(failed)? {
        if part.name() == KEYS && keys == ImportKeys::No {
            continue;
        }
        let put = match part {
            Part::Rows(table) => put_rows(change, table, content).await,
            Part::Modules => put_module(change, &content).await,
        };
        put.map_err(|error| blame(change, part, error))?;
        tracing::debug!(part = part.name(), "a file of the backup was imported");
    }
    let whole = reader.whole();
    if whole.digest == backup.summary.digest { Ok(()) } else { Err(failed(Fault::Damaged { at: whole.bytes })) }
}

async fn put_module(change: &mut Transaction, wasm: &[u8]) -> Result<(), sqlx::Error> {
    module::keep(change, &ModuleDigest::of(wasm), NewModule::from(wasm)).await
}

/// Puts in rows, one a line: the lines become an array, which the database takes apart.
async fn put_rows(change: &mut Transaction, table: &Table, lines: Vec<u8>) -> Result<(), sqlx::Error> {
    let lines = String::from_utf8(lines).map_err(|error| sqlx::Error::Encode(error.into()))?;
    // JSON has no line ends of its own.
    let array = format!("[{}]", lines.trim_end().replace('\n', ","));
    sql(table.put).bind(array).execute(change).await?;
    Ok(())
}

/// Whether it is the rows or the database that is not right.
fn blame(change: &Transaction, part: Part, error: sqlx::Error) -> ImportError {
    let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default();
    let is_of_the_rows = match change {
        // The classes of values, and of what the schema demands of them.
        Transaction::Postgres(_) => code.starts_with("22") || code.starts_with("23"),
        // Values that are none, that the schema does not allow, that are of another type. The low byte is the code itself.
        Transaction::Sqlite(_) => code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, 1 | 19 | 20)),
    };
    match is_of_the_rows || matches!(error, sqlx::Error::Encode(_)) {
        true => ImportError::Refused { part: part.name(), source: error.into() },
        false => DatabaseError::new(DOING, error).into(),
    }
}

/// Has the numbers of the audit log go on behind those that were imported. `SQLite` does that by itself.
async fn count_on(change: &mut Transaction) -> Result<(), sqlx::Error> {
    if let Transaction::Postgres(_) = change {
        sql("SELECT setval(pg_get_serial_sequence('audit', 'id'), MAX(id)) FROM audit HAVING MAX(id) IS NOT NULL")
            .execute(change)
            .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sqlx::query;
    use usher_host::SystemClock;

    use super::*;
    use crate::connections::Connections;
    use crate::{Enabled, LimitOverrides, Overwrite};

    #[tokio::test]
    async fn a_full_disk_leaves_the_place_empty_and_may_be_emptied() {
        let folder = tempfile::tempdir().unwrap();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let at = |name: &str| Location::Folder(folder.path().join(name));
        let store = Store::open(&at("old"), Arc::clone(&clock)).await.unwrap();
        let slug = "trial".parse().unwrap();
        store.put_workflow(&slug, &[1; 1 << 20], Enabled::Yes, LimitOverrides::default()).await.unwrap();
        let expected = store.snapshot().await.unwrap();
        store.close().await;
        let file = folder.path().join("backup.tar");
        Backup::create(&at("old"), &file, Overwrite::No).await.unwrap();
        let backup = Backup::open(&file).unwrap();

        let store = Store::open(&at("new"), Arc::clone(&clock)).await.unwrap();
        let before = store.state().await.unwrap();
        let place = at("new").place().unwrap();
        let Connections::Sqlite(connections) = &store.connections else { panic!("expected a file") };
        for _ in 0..3 {
            // The disk seems to be full to this connection.
            query("PRAGMA max_page_count = 1").execute(&connections.writer).await.unwrap();
            let error = store.import(&backup, ImportKeys::Yes, &place).await.unwrap_err();
            assert!(error.to_string().contains("free space"), "{error}");
            assert_eq!(store.state().await.unwrap(), before);
        }
        query("PRAGMA max_page_count = 4294967294").execute(&connections.writer).await.unwrap();
        store.import(&backup, ImportKeys::Yes, &place).await.unwrap();
        assert_eq!(store.snapshot().await.unwrap(), expected);
    }
}
