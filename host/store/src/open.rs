//! Opening a store, and why it may not open.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use usher_host::Clock;

use crate::audit::Author;
use crate::connections::{Connections, PostgresConnections, SqliteConnections};
use crate::database_error::{DatabaseError, During};
use crate::environment;
use crate::key;
use crate::known_users::KnownUsers;
use crate::location::{Files, Location, Place, Server};
use crate::lock::FolderLock;
use crate::random::RandomnessError;
use crate::schema::postgres::Turn;
use crate::schema::sqlite;
use crate::secret::Secret;
use crate::shared::Shared;
use crate::store::Store;

/// Says why a store did not open. The operator's move. Nothing that was stored has been changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The URL names no database that this version can use.
    #[error(
        "database URL: expected `sqlite://PATH` or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, found {found}; the \
         operator has to give another URL, or none and a data folder"
    )]
    Url {
        /// What was found, without anything that could be a password.
        found: String,
    },
    /// The data folder cannot be created, or what has its name is not a folder.
    #[error(
        "data folder `{}`: expected a folder, or a place where one can be created; the operator has to choose another, \
         or change its permissions", folder.display()
    )]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The lock file cannot be created or locked.
    #[error(
        "lock file `{}`: expected a file that this process can create and lock; the operator has to change the \
         folder's permissions, or move it to a disk that supports locks", file.display()
    )]
    Lock {
        /// The lock file.
        file: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Another server uses the data folder.
    #[error(
        "data folder `{}` is in use by another server; expected one server per folder; the operator has to stop that \
         one, or choose another folder", folder.display()
    )]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// The file is no database, or no longer one.
    #[error(
        "database `{}` is damaged, or no database at all; nothing in it was changed; the operator has to restore it \
         from a backup, or move it away to start anew", file.display()
    )]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What the database said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// It is a database of another program.
    #[error(
        "database `{database}` belongs to another program; expected one of Usher's, or none that has anything in it; nothing \
         in it was changed; the operator has to choose another place"
    )]
    Foreign {
        /// Its file, or its URL without who connects.
        database: String,
    },
    /// A newer version of Usher has used the database.
    #[error(
        "database `{database}` has schema version {found}, written by a newer Usher; expected at most version {newest}; \
         nothing in it was changed; the operator has to run the newer Usher, or restore an older backup"
    )]
    NewerSchema {
        /// Its file, or its URL without who connects.
        database: String,
        /// The version of its schema.
        found: i64,
        /// The newest version that this Usher knows.
        newest: i64,
    },
    /// The server's secret cannot be read or created.
    #[error(
        "secret `{}`: expected a file that this process can read, or a folder that it can create one in; the operator \
         has to change the permissions", file.display()
    )]
    Secret {
        /// The file.
        file: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file of the server's secret holds something else.
    #[error(
        "secret `{}`: expected {} bytes, found {found}{}; nothing in it was changed; the operator has to restore it from a \
         backup", file.display(), Secret::BYTES, if *found > Secret::BYTES { " or more" } else { "" }
    )]
    NoSecret {
        /// The file.
        file: PathBuf,
        /// How many bytes were found; at most one more than expected are looked at.
        found: usize,
    },
    /// The keys of the database are kept with another secret: with this one, none of them would be known.
    #[error(
        "secret `{}`: expected the one that the API keys of `{database}` are kept with, found {found}; none of them would \
         be known; the operator has to restore the file from a backup, or copy it from another server of the same database, \
         or begin with new keys, which the README of usher-server says how to", file.display()
    )]
    OtherSecret {
        /// The file of the secret.
        file: PathBuf,
        /// The database: its file, or its URL without who connects.
        database: String,
        /// `another` or `none`.
        found: &'static str,
    },
    /// It is another database than the one that was there before.
    #[error(
        "database `{database}`: expected the one of environment `{expected}`, which this server remembers, found that of \
         `{found}`; the operator has to name the right one, or to give this server another folder"
    )]
    OtherEnvironment {
        /// The database: its URL without who connects.
        database: String,
        /// The identifier of the environment that is remembered.
        expected: String,
        /// The one that was found.
        found: String,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The identifier of a new environment, or the secret of a new folder, could not be drawn.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
}

impl Store {
    /// Opens the store at a location, creates it when there is none, and brings an older one up to date. A database server that
    /// cannot be reached does not keep a server of ours from starting that remembers what was in it: see [`Store::remembered`].
    ///
    /// The clock says when things were created and changed.
    ///
    /// # Errors
    ///
    /// See [`OpenError`]. What is already stored stays as it is.
    pub async fn open(location: &Location, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let place = location.place()?;
        let Place::Server(server) = &place else { return Self::open_at(&place, clock).await };
        let lock = FolderLock::take(&server.folder, &server.lock)?;
        let store = match Self::open_at(&place, Arc::clone(&clock)).await {
            Err(OpenError::Database(error)) if error.is_of_one_that_is_away() => {
                let remembered = Self::without_database(server, clock).inspect_err(|reason| {
                    tracing::warn!(reason, "nothing is remembered of the database that cannot be reached");
                });
                remembered.map_err(|_told| error)?
            }
            opened => opened?,
        };
        Ok(Self { _lock: Some(Arc::new(lock)), ..store })
    }

    /// The same, of a folder that is this server's already where the database is elsewhere.
    pub(crate) async fn open_at(place: &Place, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        const DOING: &str = "opening the database";
        let entered = match place {
            Place::Memory => Entered::memory().await,
            Place::File(files) => Entered::file(files).await,
            Place::Server(server) => Entered::server(server).await,
        };
        let Entered { connections, lock, turn } = entered?;
        let secret = key::secret_of(connections.begin_change().await.during(DOING)?, place).await?;
        let change = connections.begin_change().await.during(DOING)?;
        let (environment, is_new) = environment::find_or_create(change, clock.now_ms()).await?;
        if let Some(turn) = turn {
            turn.end().await;
        }
        Ok(Self {
            known_users: KnownUsers::of(&connections).await.during(DOING)?,
            connections,
            environment,
            secret: Arc::new(secret),
            author: Author::default(),
            is_new,
            clock,
            shared: match place {
                Place::Memory | Place::File(_) => None,
                Place::Server(server) => Some(Arc::new(Shared::opened(server))),
            },
            _lock: lock,
        })
    }
}

/// A database that is ours, is up to date, and that nobody else is opening.
struct Entered {
    connections: Connections,
    /// Of a file, which one server has for itself.
    lock: Option<Arc<FolderLock>>,
    /// Of a database that several servers have, while one of them opens it.
    turn: Option<Turn>,
}

impl Entered {
    async fn memory() -> Result<Self, OpenError> {
        let connections = SqliteConnections::to_memory().await.during("opening the database")?;
        Self::migrated(connections, None).await
    }

    async fn file(files: &Files) -> Result<Self, OpenError> {
        let lock = FolderLock::take(&files.folder, &files.lock)?;
        sqlite::inspect(&files.database).await?;
        let connections = SqliteConnections::to_file(&files.database).await.during("opening the database")?;
        Self::migrated(connections, Some(Arc::new(lock))).await
    }

    async fn migrated(connections: SqliteConnections, lock: Option<Arc<FolderLock>>) -> Result<Self, OpenError> {
        let mut writer = connections.writer.acquire().await.during("opening the database")?;
        sqlite::migrate(&mut writer).await?;
        drop(writer);
        Ok(Self { connections: Connections::Sqlite(connections), lock, turn: None })
    }

    async fn server(server: &Server) -> Result<Self, OpenError> {
        let mut turn = Turn::take(server).await?;
        turn.migrate(server).await?;
        let connections = Connections::Postgres(PostgresConnections::to(server));
        Ok(Self { connections, lock: None, turn: Some(turn) })
    }
}
