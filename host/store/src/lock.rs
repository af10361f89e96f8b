//! The lock: one database, one server.

use std::fs::{DirBuilder, File, TryLockError};
use std::path::Path;

use crate::location::Files;
use crate::open::OpenError;

/// Holds a database for this process. The operating system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct DatabaseLock {
    _file: File,
}

impl DatabaseLock {
    /// Takes the lock of a database, and creates the folder it is in.
    pub(crate) fn take(files: &Files) -> Result<Self, OpenError> {
        create_private(&files.folder).map_err(|source| OpenError::Folder { folder: files.folder.clone(), source })?;
        let failed = |source| OpenError::Lock { file: files.lock.clone(), source };
        let file = File::options().create(true).truncate(false).write(true).open(&files.lock).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse { folder: files.folder.clone() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

/// Creates a folder, and its parents, that other users of the machine cannot look into. One that exists stays as it is.
fn create_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
