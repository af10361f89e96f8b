//! `usher export` and `usher import`: everything that is stored, as one file.

mod view;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use usher_host::SystemClock;
use usher_store::{Backup, BackupError, ExportError, ImportError, ImportKeys, Overwrite};

use crate::config::{ExportOptions, ImportOptions};
use crate::output::{self, OutputError};
use view::{Done, MovedView};

/// Why there is no backup, or why nothing was imported of one.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BackupCommandError {
    #[error("this machine gives no threads or timers to use a database with")]
    Runtime(#[source] std::io::Error),
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The operator's move.
    #[error(
        "backup `{}`: expected digest sha256:{expected}, found sha256:{found}; nothing was imported; the operator has to take the \
         right file", path.display()
    )]
    AnotherDigest {
        /// Which file.
        path: PathBuf,
        /// The digest that was asked for.
        expected: String,
        /// The one it has.
        found: String,
    },
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// Writes a backup.
pub(crate) fn export(options: &ExportOptions) -> Result<ExitCode, BackupCommandError> {
    let overwrite = if options.force { Overwrite::Yes } else { Overwrite::No };
    let location = options.place.location();
    let summary = runtime()?.block_on(Backup::create(&location, &options.file, overwrite))?;
    print(&MovedView::of(Done::Exported, &options.file, &summary), options.json)
}

/// Reads a backup into a place without anything.
pub(crate) fn import(options: &ImportOptions) -> Result<ExitCode, BackupCommandError> {
    let backup = Backup::open(&options.file)?;
    let found = &backup.summary().digest;
    if let Some(expected) = options.expect.as_ref().filter(|expected| *expected != found) {
        let (path, expected, found) = (options.file.clone(), expected.clone(), found.clone());
        return Err(BackupCommandError::AnotherDigest { path, expected, found });
    }
    let (keys, done) = match options.without_keys {
        true => (ImportKeys::No, Done::ImportedWithoutKeys),
        false => (ImportKeys::Yes, Done::Imported),
    };
    let location = options.place.location();
    runtime()?.block_on(backup.restore(&location, Arc::new(SystemClock), keys))?;
    print(&MovedView::of(done, &options.file, backup.summary()), options.json)
}

fn runtime() -> Result<tokio::runtime::Runtime, BackupCommandError> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(BackupCommandError::Runtime)
}

fn print(view: &MovedView, json: bool) -> Result<ExitCode, BackupCommandError> {
    match json {
        true => output::json(view)?,
        false => output::text(&view.to_string())?,
    }
    Ok(ExitCode::SUCCESS)
}
