//! Locations: where a store keeps its data.

mod server;

use std::fmt;
use std::fs::DirBuilder;
use std::path::{Path, PathBuf};

pub(crate) use self::server::Server;
use crate::open::OpenError;

/// The database's name inside a data folder.
const DATABASE: &str = "usher.db";
/// The name of the server's secret, beside the database.
const SECRET: &str = "secret.key";
/// The name of the lock of a folder that has no database: as that of one that has.
const LOCK: &str = "usher.lock";

/// Says where a store keeps its data.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A folder of the store's own, created when it is missing; the database in it is `usher.db`.
    Folder(PathBuf),
    /// A database by its URL.
    Url {
        /// `sqlite://PATH`, where the path is taken as it is and may be relative; or, for several servers that are one to
        /// their callers, `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, with the parameters of a PostgreSQL URL that say
        /// how to connect: `sslmode`, `sslrootcert`, `sslcert`, `sslkey`, `host`, `port`, `user`, `password`, `dbname`,
        /// `application_name`. It leads to the database itself: a pooler that gives each transaction another connection knows
        /// nothing of the locks and the notifications that outlive one. Only with `sslmode=verify-full` is it sure who
        /// answers.
        url: String,
        /// What one server keeps for itself when the database is elsewhere, its secret above all. Created when it is
        /// missing. Beside a database in `SQLite` there is room for that, and this is not used.
        folder: PathBuf,
    },
    /// Nowhere: everything is gone with the last clone of the store. For tests.
    Memory,
}

/// What a location comes to.
pub(crate) enum Place {
    Memory,
    File(Files),
    Server(Box<Server>),
}

/// The files of a database that is on a disk.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Files {
    /// The folder they are in.
    pub(crate) folder: PathBuf,
    /// The database itself. `SQLite` keeps two more files beside it while it is open.
    pub(crate) database: PathBuf,
    /// The file that is locked as long as the database is open.
    pub(crate) lock: PathBuf,
    /// The server's secret. Databases of one folder share it.
    pub(crate) secret: PathBuf,
}

impl Location {
    /// Returns the folder for what this server keeps for itself, which is where its database is, if that is a file; none in
    /// memory. Opening the store makes it.
    ///
    /// # Errors
    ///
    /// When the URL is not one of a database that can be opened.
    pub fn folder(&self) -> Result<Option<PathBuf>, OpenError> {
        Ok(match self.place()? {
            Place::Memory => None,
            Place::File(files) => Some(files.folder),
            Place::Server(server) => Some(server.folder),
        })
    }

    pub(crate) fn place(&self) -> Result<Place, OpenError> {
        match self {
            Self::Memory => Ok(Place::Memory),
            Self::Folder(folder) => Files::of(&folder.join(DATABASE)).map(Place::File),
            Self::Url { url, folder } => match url.split_once("://") {
                None => Err(OpenError::Url { found: "text without `://`".to_owned() }),
                Some(("sqlite", path)) => Files::of(path_in(path)?).map(Place::File),
                Some(("postgres" | "postgresql", _)) => {
                    Server::of(url, &absolute(folder)?).map(|server| Place::Server(Box::new(server)))
                }
                Some((scheme, _)) => Err(OpenError::Url { found: format!("`{scheme}://…`") }),
            },
        }
    }
}

/// Leaves out of a URL what may be a password.
impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("Memory"),
            Self::Folder(folder) => f.debug_tuple("Folder").field(folder).finish(),
            Self::Url { url, folder } => {
                let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
                f.debug_struct("Url").field("url", &format_args!("{scheme}://…")).field("folder", folder).finish()
            }
        }
    }
}

impl Place {
    /// The file of the server's secret; none in memory.
    pub(crate) fn secret(&self) -> Option<&Path> {
        match self {
            Self::Memory => None,
            Self::File(files) => Some(&files.secret),
            Self::Server(server) => Some(&server.secret),
        }
    }

    /// What the database is called in messages.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Memory => "in memory".to_owned(),
            Self::File(files) => files.database.display().to_string(),
            Self::Server(server) => server.name.clone(),
        }
    }
}

impl Files {
    /// The lock's name is the database's with another ending, so a folder and a URL that mean the same database agree.
    fn of(database: &Path) -> Result<Self, OpenError> {
        let database = absolute(database)?;
        let folder = database.parent().unwrap_or(&database).to_owned();
        Ok(Self { folder, lock: database.with_extension("lock"), secret: database.with_file_name(SECRET), database })
    }
}

/// A path that means the same whatever the process does later, and is never `:memory:` to `SQLite`.
fn absolute(path: &Path) -> Result<PathBuf, OpenError> {
    std::path::absolute(path).map_err(|source| OpenError::Folder { folder: path.to_owned(), source })
}

/// Creates a folder, and its parents, that other users of the machine cannot look into. One that exists stays as it is.
pub(crate) fn create_private(folder: &Path) -> Result<(), OpenError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| OpenError::Folder { folder: folder.to_owned(), source })
}

/// Takes what follows `sqlite://` for the path of a file.
fn path_in(path: &str) -> Result<&Path, OpenError> {
    let path_of_file = Path::new(path);
    if path.contains('?') {
        return Err(OpenError::Url { found: "a `sqlite://` URL with parameters".to_owned() });
    }
    if path.starts_with(':') || path_of_file.file_name().is_none() || path.ends_with('/') {
        return Err(OpenError::Url { found: "a `sqlite://` URL that names no file".to_owned() });
    }
    if path_of_file.extension().is_some_and(|extension| extension == "lock") {
        return Err(OpenError::Url { found: "a file name that ends in `.lock`, which is the lock's own".to_owned() });
    }
    if path_of_file.file_name().is_some_and(|name| name == SECRET) {
        return Err(OpenError::Url { found: "the file name `secret.key`, which is the secret's own".to_owned() });
    }
    Ok(path_of_file)
}

#[cfg(test)]
mod tests {
    use super::{Files, Location, OpenError, Path, Place};

    fn at(url: &str) -> Location {
        Location::Url { url: url.to_owned(), folder: "/own".into() }
    }

    fn files(location: &Location) -> Result<Files, OpenError> {
        match location.place()? {
            Place::File(files) => Ok(files),
            other => panic!("expected files, found {}", other.name()),
        }
    }

    #[track_caller]
    fn check(url: &str, expected: Result<&str, &str>) {
        match (files(&at(url)), expected) {
            (Ok(files), Ok(path)) => assert_eq!(files.database, std::path::absolute(path).unwrap()),
            (Err(error), Err(text)) => assert!(error.to_string().contains(text), "{url}: {error}"),
            (found, _) => panic!("{url}: {found:?}"),
        }
    }

    #[test]
    fn a_url_is_a_path() {
        check("sqlite:///var/lib/usher/usher.db", Ok("/var/lib/usher/usher.db"));
        check("sqlite://data/a b.sqlite", Ok("data/a b.sqlite"));
    }

    #[test]
    fn other_urls_are_refused() {
        check("mysql://db", Err("found `mysql://…`"));
        check("/var/lib/usher", Err("without `://`"));
        check("sqlite:///data/usher.db?mode=ro", Err("parameters"));
        check("sqlite://", Err("names no file"));
        check("sqlite://:memory:", Err("names no file"));
        check("sqlite://data/", Err("names no file"));
        check("sqlite://data/usher.lock", Err(".lock"));
        check("sqlite://data/secret.key", Err("secret.key"));
    }

    #[test]
    fn a_password_is_never_repeated() {
        let location = at("postgres://usher:hunter2@db/usher");
        assert_eq!(format!("{location:?}"), r#"Url { url: postgres://…, folder: "/own" }"#);
        assert_eq!(location.place().unwrap().name(), "postgres://db:5432/usher");
        for wrong in ["mysql://usher:hunter2@db/usher", "postgres://usher:hunter2@db:port/usher"] {
            let error = at(wrong).folder().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn the_folder_is_that_of_the_database_if_it_is_in_one() {
        assert_eq!(Location::Folder("/data".into()).folder().unwrap(), Some("/data".into()));
        assert_eq!(at("sqlite:///data/x.db").folder().unwrap(), Some("/data".into()));
        assert_eq!(at("postgres://db").folder().unwrap(), Some("/own".into()));
        assert_eq!(at("postgresql://db").place().unwrap().secret(), Some(Path::new("/own/secret.key")));
        assert_eq!(Location::Memory.folder().unwrap(), None);
    }

    #[test]
    fn a_folder_and_its_url_share_a_lock_and_a_secret() {
        let folder = files(&Location::Folder("/data".into())).unwrap();
        let url = files(&at("sqlite:///data/usher.db")).unwrap();
        assert_eq!(folder, url);
        assert_eq!(folder.lock, Path::new("/data/usher.lock"));
        assert_eq!(folder.secret, Path::new("/data/secret.key"));
    }
}
