//! The lock: one database, one server.

use std::fs::{File, TryLockError};

use crate::location::{Files, create_private};
use crate::open::OpenError;

/// Holds a database for this process. The operating system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct DatabaseLock {
    file: File,
}

impl DatabaseLock {
    /// Takes the lock of a database, and creates the folder it is in.
    pub(crate) fn take(files: &Files) -> Result<Self, OpenError> {
        create_private(&files.folder)?;
        let failed = |source| OpenError::Lock { file: files.lock.clone(), source };
        let file = File::options().create(true).truncate(false).write(true).open(&files.lock).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse { folder: files.folder.clone() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

impl Drop for DatabaseLock {
    /// Closing the file is not enough: a process that is just being started holds a copy of it for a moment, and with
    /// it the lock.
    fn drop(&mut self) {
        // Where this fails, closing the file is what remains, and comes next.
        drop(self.file.unlock());
    }
}

#[cfg(test)]
mod tests {
    use super::DatabaseLock;
    use crate::location::{Location, Place};

    #[test]
    fn a_lock_ends_even_if_a_starting_process_has_a_copy() {
        let folder = tempfile::tempdir().unwrap();
        let Place::File(files) = Location::Folder(folder.path().to_owned()).place().unwrap() else {
            panic!("no files")
        };
        let lock = DatabaseLock::take(&files).unwrap();
        let copy = lock.file.try_clone().unwrap();
        DatabaseLock::take(&files).unwrap_err();
        drop(lock);
        DatabaseLock::take(&files).unwrap();
        drop(copy);
    }
}
