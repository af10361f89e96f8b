//! Exporting: everything that is stored at one moment, into a file.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::layout::{Header, json};
use super::table::{Column, Kind, Part, Table};
use super::write::{BackupWriter, Written};
use super::{Backup, BackupSummary};
use crate::connections::{Connections, PostgresConnections, SqliteConnections};
use crate::database_error::{DatabaseError, During, damaged};
use crate::location::{Location, Place};
use crate::lock::FolderLock;
use crate::module::ModuleDigest;
use crate::open::OpenError;
use crate::random::to_hex;
use crate::row::Row;
use crate::schema::postgres::Turn;
use crate::schema::{newest_version, sqlite};
use crate::statement::{Statement, sql};
use crate::transaction::Transaction;

/// What the database does meanwhile.
const DOING: &str = "reading everything that is stored";
/// What a file that is being written is called, so that one that a crash left behind is known.
const UNFINISHED: &str = ".unfinished-";

/// Says what becomes of a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    /// The backup takes its place, once it is whole.
    Yes,
    /// It stays, and there is no backup.
    No,
}

/// Says why there is no backup. The operator's move. Nothing that is stored has been changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// Nothing is stored there.
    #[error(
        "database `{database}`: expected one that a server has stored something in, found none; the operator has to name another"
    )]
    Nothing {
        /// Its file, or its URL without who connects.
        database: String,
    },
    /// An older version of Usher has written it.
    #[error(
        "database `{database}`: expected schema version {newest}, found version {found}, written by an older Usher; the operator \
         has to export it with that version, or to start a server of this one first"
    )]
    OlderSchema {
        /// Its file, or its URL without who connects.
        database: String,
        /// The version of its schema.
        found: i64,
        /// The one that is exported.
        newest: i64,
    },
    /// There is a file of that name.
    #[error("backup `{}`: expected a name that no file has, found a file; the operator has to choose another", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be written.
    #[error(
        "backup `{}`: expected a folder in which a file can be written, with free space; the operator has to choose another",
        path.display()
    )]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The database cannot be opened, or a server has it for itself.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Backup {
    /// Writes everything that is stored at a location into a file, as it is at one moment. A database in PostgreSQL may be in use
    /// meanwhile, and neither a folder nor the server's secret is needed for it; one in `SQLite` must not be.
    ///
    /// The file is there when it is whole and on the disk, and not before; it is open to this user alone. It is written in the
    /// thread that polls: this is for a program that does nothing else.
    ///
    /// # Errors
    ///
    /// See [`ExportError`]. There is no new file then.
    pub async fn create(location: &Location, path: &Path, overwrite: Overwrite) -> Result<BackupSummary, ExportError> {
        let failed = |source| ExportError::Write { path: path.to_owned(), source };
        // Before anything is read, so that a wrong name costs nothing.
        if overwrite == Overwrite::No && path.try_exists().map_err(failed)? {
            return Err(ExportError::Exists { path: path.to_owned() });
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let unfinished = Builder::new().prefix(UNFINISHED).tempfile_in(folder).map_err(failed)?;
        let (connections, lock) = enter(&location.place()?).await?;
        let written = write(&connections, unfinished).await;
        connections.close().await;
        drop(lock);
        let written = written.map_err(|error| match error {
            WriteError::Io(source) => failed(source),
            WriteError::Database(source) => DatabaseError::new(DOING, source).into(),
        })?;
        let summary = BackupSummary::of(written.digest, written.bytes, &written.totals);
        match keep(written.to, path, folder, overwrite) {
            Ok(()) => Ok(summary),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(ExportError::Exists { path: path.to_owned() })
            }
            Err(source) => Err(failed(source)),
        }
    }
}

/// Connections to a database that is there and of this version. It is changed in no way, and no file beside it is looked at.
async fn enter(place: &Place) -> Result<(Connections, Option<FolderLock>), ExportError> {
    let nothing = || ExportError::Nothing { database: place.name() };
    let (found, connections, lock) = match place {
        Place::Memory => return Err(nothing()),
        Place::File(files) => {
            // Taking its lock would make the folder.
            if !files.database.exists() {
                return Err(nothing());
            }
            let lock = FolderLock::take(&files.folder, &files.lock)?;
            let found = sqlite::inspect(&files.database).await?;
            let connections = SqliteConnections::to_file(&files.database).await.during("opening the database")?;
            (found, Connections::Sqlite(connections), Some(lock))
        }
        Place::Server(server) => {
            let mut turn = Turn::take(server).await?;
            let found = turn.inspect(server).await?;
            turn.end().await;
            (found, Connections::Postgres(PostgresConnections::to(server)), None)
        }
    };
    let refused = match found {
        Some(found) if found == newest_version() => return Ok((connections, lock)),
        Some(found) => ExportError::OlderSchema { database: place.name(), found, newest: newest_version() },
        None => nothing(),
    };
    connections.close().await;
    Err(refused)
}

/// Why not everything was written.
enum WriteError {
    Io(io::Error),
    Database(sqlx::Error),
}

impl From<io::Error> for WriteError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<sqlx::Error> for WriteError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

type UnfinishedWriter = BackupWriter<BufWriter<NamedTempFile>>;

async fn write(
    connections: &Connections,
    unfinished: NamedTempFile,
) -> Result<Written<BufWriter<NamedTempFile>>, WriteError> {
    let mut moment = connections.begin_view().await?;
    let check = sql("SELECT value FROM secret_check").fetch_optional(&mut moment).await?;
    let check: Option<Vec<u8>> = check.map(|row| row.get("value")).transpose()?;
    let header = Header::new(check.as_deref().map(to_hex));
    let mut backup = BackupWriter::begin(BufWriter::new(unfinished), &header)?;
    for part in Part::all() {
        match part {
            Part::Rows(table) => write_rows(&mut moment, table, &mut backup).await?,
            Part::Modules => write_modules(&mut moment, &mut backup).await?,
        }
    }
    moment.commit().await?;
    Ok(backup.end()?)
}

async fn write_rows(
    moment: &mut Transaction,
    table: &'static Table,
    backup: &mut UnfinishedWriter,
) -> Result<(), WriteError> {
    let mut after: Vec<KeyValue> = table.key.iter().map(|column| KeyValue::least(column.kind)).collect();
    let mut line = Vec::new();
    loop {
        let page = after.iter().fold(sql(table.page), |page, value| value.bind_to(page)).fetch_all(moment).await?;
        for row in &page {
            line.clear();
            write_line(row, table, &mut line)?;
            backup.row(table, &line)?;
        }
        let Some(last) = page.last() else { break };
        after = table.key.iter().map(|column| KeyValue::of(last, *column)).collect::<Result<_, _>>()?;
    }
    Ok(backup.end_rows(table)?)
}

async fn write_modules(moment: &mut Transaction, backup: &mut UnfinishedWriter) -> Result<(), WriteError> {
    let mut after = String::new();
    loop {
        let page = sql("SELECT digest FROM modules WHERE digest > $1 ORDER BY digest LIMIT 500").bind(&after);
        let page = page.fetch_all(moment).await?;
        for row in &page {
            let digest = ModuleDigest::from_stored(row.get("digest")?);
            let wasm =
                sql("SELECT wasm FROM modules WHERE digest = $1").bind(digest.as_str()).fetch_one(moment).await?;
            let wasm: &[u8] = wasm.get("wasm")?;
            let found = ModuleDigest::of(wasm);
            if found != digest {
                return Err(damaged(format!("expected module `{digest}`, found bytes of digest `{found}`")).into());
            }
            backup.module(&digest, wasm)?;
        }
        let Some(last) = page.last() else { return Ok(()) };
        after = last.get("digest")?;
    }
}

/// Writes a row as one line of JSON: an object with all columns in their order.
fn write_line(row: &Row, table: &Table, line: &mut Vec<u8>) -> Result<(), sqlx::Error> {
    for (index, Column { name, kind }) in table.columns.iter().enumerate() {
        line.extend_from_slice(if index == 0 { b"{\"" } else { b",\"" });
        line.extend_from_slice(name.as_bytes());
        line.extend_from_slice(b"\":");
        line.extend(match kind {
            Kind::Text => json(&row.get::<Option<&str>>(name)?),
            Kind::Number => json(&row.get::<Option<i64>>(name)?),
            Kind::Flag => json(&row.get::<Option<bool>>(name)?),
            Kind::Bytes => json(&row.get::<Option<&[u8]>>(name)?.map(to_hex)),
        });
    }
    line.push(b'}');
    Ok(())
}

/// A value of what rows are ordered by.
enum KeyValue {
    Text(String),
    Number(i64),
    Bytes(Vec<u8>),
}

impl KeyValue {
    /// One that comes before those of all rows: no row has an empty text in the first column of its key.
    fn least(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(String::new()),
            Kind::Number | Kind::Flag => Self::Number(i64::MIN),
            Kind::Bytes => Self::Bytes(Vec::new()),
        }
    }

    fn of(row: &Row, Column { name, kind }: Column) -> Result<Self, sqlx::Error> {
        Ok(match kind {
            Kind::Text => Self::Text(row.get(name)?),
            Kind::Number | Kind::Flag => Self::Number(row.get(name)?),
            Kind::Bytes => Self::Bytes(row.get(name)?),
        })
    }

    fn bind_to<'q>(&'q self, statement: Statement<'q>) -> Statement<'q> {
        match self {
            Self::Text(text) => statement.bind(text),
            Self::Number(number) => statement.bind(*number),
            Self::Bytes(bytes) => statement.bind(bytes.as_slice()),
        }
    }
}

/// Gives a file that is written its name, durably. Whenever the power fails, all of it is there under that name, or what was there
/// before.
fn keep(written: BufWriter<NamedTempFile>, path: &Path, folder: &Path, overwrite: Overwrite) -> io::Result<()> {
    let unfinished = written.into_inner().map_err(io::IntoInnerError::into_error)?;
    unfinished.as_file().sync_all()?;
    match overwrite {
        Overwrite::Yes => unfinished.persist(path)?,
        Overwrite::No => unfinished.persist_noclobber(path)?,
    };
    // Elsewhere a folder cannot be opened, and its names are as durable as they get.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
