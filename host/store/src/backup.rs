//! Backups: everything that is stored, as one file that does not depend on the database. What one of them has, the other can
//! be given.
//!
//! The file is a tar archive, written and read piece by piece. What is in it is described in `docs/backup.md`.

mod archive;
mod export;
mod import;
mod layout;
mod read;
mod table;
mod write;

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use self::archive::Fault;
pub use self::export::{ExportError, Overwrite};
pub use self::import::{ImportError, ImportKeys};
use self::layout::Totals;
use self::read::{BackupReader, Piece, Whole};
use crate::schema::newest_version;

/// Holds a backup that is whole: every byte of it was held against the digest that it ends with.
///
/// ```
/// # use std::sync::Arc;
/// # use usher_host::SystemClock;
/// # use usher_store::{Backup, ImportKeys, Location, Overwrite, Store};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// let clock = Arc::new(SystemClock);
/// let (old, new) = (Location::Folder(folder.path().join("old")), Location::Folder(folder.path().join("new")));
/// let store = Store::open(&old, clock.clone()).await?;
/// store.put_catalog("[plans.premium]").await?;
/// store.close().await;
///
/// let file = folder.path().join("usher-backup.tar");
/// let exported = Backup::create(&old, &file, Overwrite::No).await?;
///
/// let backup = Backup::open(&file)?;
/// assert_eq!(*backup.summary(), exported);
/// backup.restore(&new, clock.clone(), ImportKeys::Yes).await?;
/// let store = Store::open(&new, clock).await?;
/// assert_eq!(store.snapshot().await?.catalog.as_deref(), Some("[plans.premium]"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Backup {
    path: PathBuf,
    /// The very file that was looked at, whatever has its name by now.
    file: File,
    secret_check: Option<String>,
    summary: BackupSummary,
}

/// Says what is in a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BackupSummary {
    /// SHA-256 of the whole file, in lowercase hexadecimal digits.
    pub digest: String,
    /// How large the file is.
    pub size_bytes: u64,
    /// Its parts, in their order.
    pub parts: Vec<BackupPart>,
}

/// Says what is in one part of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BackupPart {
    /// What it is called, such as `customers`. Parts are folders of the archive.
    pub name: &'static str,
    /// How many rows it has, or modules.
    pub rows: u64,
    /// SHA-256 of its files' content, one after the other. The same rows make the same digest, whatever database they are from.
    pub digest: String,
}

/// Says why a file is no backup that can be relied on. The operator's move.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// It cannot be read.
    #[error("backup `{}`: expected a file that can be read to the end; the operator has to name another", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// It is another file.
    #[error(
        "backup `{}`: expected a file that an export of Usher has written, found another, or one whose beginning was changed; \
         the operator has to name another", path.display()
    )]
    Other {
        /// The file.
        path: PathBuf,
    },
    /// It is not what was written.
    #[error(
        "backup `{}`: expected the bytes that were exported, found others, or too few or too many, before byte {at} or at it; \
         the operator has to take another copy", path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// How far it could be read.
        at: u64,
    },
    /// A newer version of Usher has written it.
    #[error(
        "backup `{}`: expected at most format {} and schema version {}, found format {format} and schema version {schema}, written \
         by usher {usher}; the operator has to import it with that version",
        path.display(), layout::FORMAT, newest_version()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The format that it says it has.
        format: u32,
        /// The schema that it says its rows are of.
        schema: i64,
        /// The version that it says has written it.
        usher: String,
    },
}

impl BackupError {
    fn of(path: &Path, fault: Fault) -> Self {
        let path = path.to_owned();
        match fault {
            Fault::Io(source) => Self::Unreadable { path, source },
            Fault::Damaged { at } => Self::Damaged { path, at },
            Fault::Other => Self::Other { path },
            Fault::Newer { format, schema, usher } => Self::Newer { path, format, schema, usher },
        }
    }
}

impl Backup {
    /// Opens a backup, and reads all of it once: nothing is imported of one that is not whole. It reads in the thread that calls.
    ///
    /// # Errors
    ///
    /// See [`BackupError`].
    pub fn open(path: &Path) -> Result<Self, BackupError> {
        let opened = File::open(path).map_err(Fault::from).and_then(|file| Ok((verify(&file)?, file)));
        let (whole, file) = opened.map_err(|fault| BackupError::of(path, fault))?;
        let summary = BackupSummary::of(whole.digest, whole.bytes, &whole.totals);
        Ok(Self { path: path.to_owned(), file, secret_check: whole.header.secret_check, summary })
    }

    /// Returns what is in it.
    #[must_use]
    pub fn summary(&self) -> &BackupSummary {
        &self.summary
    }
}

impl BackupSummary {
    fn of(digest: String, size_bytes: u64, totals: &Totals) -> Self {
        let parts =
            totals.iter().map(|total| BackupPart { name: total.part, rows: total.rows, digest: total.sha256() });
        Self { digest, size_bytes, parts: parts.collect() }
    }

    /// Returns how many rows a part has; none when there is no such part.
    #[must_use]
    pub fn rows(&self, part: &str) -> u64 {
        self.parts.iter().find(|found| found.name == part).map_or(0, |found| found.rows)
    }
}

fn verify(from: impl io::Read) -> Result<Whole, Fault> {
    let mut reader = BackupReader::begin(BufReader::new(from))?;
    while let Piece::Content(..) = reader.next()? {}
    Ok(reader.whole())
}

#[cfg(test)]
mod tests;
