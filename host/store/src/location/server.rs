//! A database server: how it is reached, and what one server of ours keeps for itself beside it.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

use super::{LOCK, SECRET};
use crate::open::OpenError;

/// What a URL may say of how to connect. Anything else is refused: the library would leave out what it does not know, and a
/// mistyped `sslmode` must not cost anybody the encryption.
const PARAMETERS: [&str; 10] =
    ["sslmode", "sslrootcert", "sslcert", "sslkey", "host", "port", "user", "password", "dbname", "application_name"];

/// A PostgreSQL server. It has no `Debug`, as it knows a password.
#[derive(Clone)]
pub(crate) struct Server {
    /// How it is reached.
    pub(crate) options: PgConnectOptions,
    /// What it is called in messages: a URL that nobody can connect with.
    pub(crate) name: String,
    /// The folder for what this server of ours keeps for itself.
    pub(crate) folder: PathBuf,
    /// The file that is locked as long as this server of ours runs.
    pub(crate) lock: PathBuf,
    /// The server's secret.
    pub(crate) secret: PathBuf,
}

impl Server {
    /// Takes a URL apart. The messages never repeat it: it may hold a password.
    pub(super) fn of(url: &str, folder: &Path) -> Result<Self, OpenError> {
        let unusable = |found: &str| OpenError::Url { found: format!("a `postgres://` URL {found}") };
        let parameters = url.split_once('?').map_or("", |(_, parameters)| parameters);
        let mut names = parameters.split('&').filter_map(|parameter| parameter.split('=').next());
        if names.any(|name| !name.is_empty() && !PARAMETERS.contains(&name)) {
            return Err(unusable(&format!("with a parameter that is none of {}", PARAMETERS.join(", "))));
        }
        let options = PgConnectOptions::from_str(url).map_err(|_hidden| unusable("that cannot be read"))?;
        let host = options.get_socket().map_or_else(|| options.get_host().into(), |socket| socket.to_string_lossy());
        let database = options.get_database().unwrap_or(options.get_username());
        let name = format!("postgres://{host}:{}/{database}", options.get_port());
        Ok(Self { options, name, folder: folder.to_owned(), lock: folder.join(LOCK), secret: folder.join(SECRET) })
    }
}

#[cfg(test)]
mod tests {
    use super::{Path, Server};

    #[track_caller]
    fn check(url: &str, expected: Result<&str, &str>) {
        match (Server::of(url, Path::new("/own")), expected) {
            (Ok(server), Ok(name)) => assert_eq!(server.name, name),
            (Err(error), Err(text)) => assert!(error.to_string().contains(text), "{url}: {error}"),
            (found, _) => panic!("{url}: {:?}", found.map(|server| server.name)),
        }
    }

    #[test]
    fn a_server_is_named_without_who_connects() {
        check("postgres://ada:secret@db.example:6000/usher?sslmode=require", Ok("postgres://db.example:6000/usher"));
        check("postgresql://ada@db/", Ok("postgres://db:5432/ada"));
        check("postgres://ada@%2Frun%2Fpostgresql/usher", Ok("postgres:///run/postgresql:5432/usher"));
        check("postgres://db/usher?user=ada&password=secret", Ok("postgres://db:5432/usher"));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        check("postgres://db:port/usher", Err("cannot be read"));
        check("postgres://db/usher?sslmode=perhaps", Err("cannot be read"));
        check("postgres://db/usher?sslmod=require", Err("a parameter that is none of sslmode, "));
        check("postgres://db/usher?options=-cfsync%3Doff", Err("a parameter that is none of"));
    }
}
