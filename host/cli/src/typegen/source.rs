//! The catalog that types are made of: from a file, or from a server.

use std::path::PathBuf;

use usher_decision::{Catalog, CatalogError};

use crate::client::{Call, ClientError};
use crate::config::CatalogSource;

/// Why there is no catalog.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    /// The caller's move.
    #[error("the catalog `{}` cannot be read", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        source: std::io::Error,
    },
    /// The move of whoever wrote the catalog.
    #[error("the catalog `{}` cannot be used", path.display())]
    Catalog {
        /// Which file.
        path: PathBuf,
        source: CatalogError,
    },
    /// The caller's move: the server is newer than this command.
    #[error(
        "the catalog of the server at `{url}` cannot be used; expected a server of the same version as this command"
    )]
    Served {
        /// Which server.
        url: String,
        source: CatalogError,
    },
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// Reads a catalog.
pub(super) fn read(source: &CatalogSource) -> Result<Catalog, SourceError> {
    match source {
        CatalogSource::File(path) => {
            let text = std::fs::read_to_string(path);
            let text = text.map_err(|source| SourceError::File { path: path.clone(), source })?;
            Catalog::parse(&text).map_err(|source| SourceError::Catalog { path: path.clone(), source })
        }
        CatalogSource::Server(server) => {
            let text = Call::new(server, "GET", "catalog").fetch("application/toml")?;
            Catalog::parse(&text).map_err(|source| SourceError::Served { url: server.url.clone(), source })
        }
    }
}
