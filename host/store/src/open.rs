//! Opening a store, and why it may not open.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use usher_host::Clock;

use crate::audit::Author;
use crate::connections::Connections;
use crate::database_error::{DatabaseError, During};
use crate::environment;
use crate::key;
use crate::known_users::KnownUsers;
use crate::location::Location;
use crate::lock::DatabaseLock;
use crate::random::RandomnessError;
use crate::schema;
use crate::secret::Secret;
use crate::store::Store;

/// Says why a store did not open. The operator's move. Nothing that was stored has been changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The URL names no database that this version can use.
    #[error(
        "database URL: this version keeps its data in SQLite only; expected `sqlite://PATH`, found {found}; the \
         operator has to give another URL or a data folder"
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
    /// The file is a database of another program.
    #[error(
        "database `{}` belongs to another program; expected one of Usher's, or no file; nothing in it was changed; the \
         operator has to choose another place", file.display()
    )]
    Foreign {
        /// The file.
        file: PathBuf,
    },
    /// A newer version of Usher has used the database.
    #[error(
        "database `{}` has schema version {found}, written by a newer Usher; expected at most version {newest}; \
         nothing in it was changed; the operator has to run the newer Usher, or restore an older backup", file.display()
    )]
    NewerSchema {
        /// The file.
        file: PathBuf,
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
        "secret `{}`: expected the one that the API keys of `{}` are kept with, found {found}; none of them would be \
         known; the operator has to restore the file from a backup, or to begin with new keys, which the README of \
         usher-server says how to", file.display(), database.display()
    )]
    OtherSecret {
        /// The file of the secret.
        file: PathBuf,
        /// The database.
        database: PathBuf,
        /// `another` or `none`.
        found: &'static str,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The identifier of a new environment, or the secret of a new folder, could not be drawn.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
}

impl Store {
    /// Opens the store at a location, creates it when there is none, and brings an older one up to date.
    ///
    /// The clock says when things were created and changed.
    ///
    /// # Errors
    ///
    /// See [`OpenError`]. What is already stored stays as it is.
    pub async fn open(location: &Location, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let files = location.files()?;
        let (connections, lock) = match &files {
            None => (Connections::to_memory().await, None),
            Some(files) => {
                let lock = DatabaseLock::take(files)?;
                schema::inspect(&files.database).await?;
                (Connections::to_file(&files.database).await, Some(Arc::new(lock)))
            }
        };
        let connections = connections.during("opening the database")?;
        let (environment, is_new, secret, known_users) = {
            let mut writer = connections.writer.acquire().await.during("opening the database")?;
            schema::migrate(&mut writer).await?;
            let secret = key::secret_of(&mut writer, files.as_ref()).await?;
            let (environment, is_new) = environment::find_or_create(&mut writer, clock.now_ms()).await?;
            let known_users = KnownUsers::of(&mut writer, connections.readers.clone()).await;
            (environment, is_new, Arc::new(secret), known_users.during("opening the database")?)
        };
        Ok(Self {
            connections,
            environment,
            known_users,
            secret,
            author: Author::default(),
            is_new,
            clock,
            _lock: lock,
        })
    }
}
