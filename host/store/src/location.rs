//! Locations: where a store keeps its data.

use std::path::{Path, PathBuf};

use crate::open::OpenError;

/// The database's name inside a data folder.
const DATABASE: &str = "usher.db";
/// The name of the server's secret, beside the database.
const SECRET: &str = "secret.key";

/// Says where a store keeps its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A folder of the store's own, created when it is missing; the database in it is `usher.db`.
    Folder(PathBuf),
    /// A database by its URL: `sqlite://PATH`, where the path is taken as it is and may be relative.
    Url(String),
    /// Nowhere: everything is gone with the last clone of the store. For tests.
    Memory,
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
    /// Returns the folder that the database is in; none in memory. Opening the store makes it.
    ///
    /// # Errors
    ///
    /// When the URL is not one of a database that can be opened.
    pub fn folder(&self) -> Result<Option<PathBuf>, OpenError> {
        Ok(self.files()?.map(|files| files.folder))
    }

    /// Returns the files of this location; none in memory.
    pub(crate) fn files(&self) -> Result<Option<Files>, OpenError> {
        match self {
            Self::Memory => Ok(None),
            Self::Folder(folder) => Files::of(&folder.join(DATABASE)).map(Some),
            Self::Url(url) => Files::of(path_in(url)?).map(Some),
        }
    }
}

impl Files {
    /// The lock's name is the database's with another ending, so a folder and a URL that mean the same database agree.
    fn of(database: &Path) -> Result<Self, OpenError> {
        let unusable = |source| OpenError::Folder { folder: database.to_owned(), source };
        // An absolute path means the same whatever the process does later, and is never `:memory:` to SQLite.
        let database = std::path::absolute(database).map_err(unusable)?;
        let folder = database.parent().unwrap_or(&database).to_owned();
        Ok(Self { folder, lock: database.with_extension("lock"), secret: database.with_file_name(SECRET), database })
    }
}

/// Takes the path out of a database URL. The message never repeats the URL: it may hold a password.
fn path_in(url: &str) -> Result<&Path, OpenError> {
    let Some((scheme, path)) = url.split_once("://") else {
        return Err(OpenError::Url { found: "text without `://`".to_owned() });
    };
    if scheme != "sqlite" {
        return Err(OpenError::Url { found: format!("`{scheme}://…`") });
    }
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
    use super::{Location, Path};

    #[track_caller]
    fn check(url: &str, expected: Result<&str, &str>) {
        match (Location::Url(url.to_owned()).files(), expected) {
            (Ok(Some(files)), Ok(path)) => assert_eq!(files.database, std::path::absolute(path).unwrap()),
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
        check("postgres://usher@db/usher", Err("found `postgres://…`"));
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
        let error = Location::Url("postgres://usher:hunter2@db/usher".to_owned()).files().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }

    #[test]
    fn the_folder_is_that_of_the_database() {
        assert_eq!(Location::Folder("/data".into()).folder().unwrap(), Some("/data".into()));
        assert_eq!(Location::Url("sqlite:///data/x.db".to_owned()).folder().unwrap(), Some("/data".into()));
        assert_eq!(Location::Memory.folder().unwrap(), None);
        Location::Url("postgres://db".to_owned()).folder().unwrap_err();
    }

    #[test]
    fn a_folder_and_its_url_share_a_lock_and_a_secret() {
        let folder = Location::Folder("/data".into()).files().unwrap().unwrap();
        let url = Location::Url("sqlite:///data/usher.db".to_owned()).files().unwrap().unwrap();
        assert_eq!(folder, url);
        assert_eq!(folder.lock, Path::new("/data/usher.lock"));
        assert_eq!(folder.secret, Path::new("/data/secret.key"));
    }
}
