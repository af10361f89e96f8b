//! The lock: one folder, and the database in it, one server.

use std::fs::{File, TryLockError};
use std::path::Path;

use crate::location::create_private;
use crate::open::OpenError;

/// Holds a folder for this process. The operating system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct FolderLock {
    file: File,
}

impl FolderLock {
    /// Takes a lock, and creates the folder it is in.
    pub(crate) fn take(folder: &Path, lock: &Path) -> Result<Self, OpenError> {
        create_private(folder)?;
        let failed = |source| OpenError::Lock { file: lock.to_owned(), source };
        let file = File::options().create(true).truncate(false).write(true).open(lock).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse { folder: folder.to_owned() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

impl Drop for FolderLock {
    /// Closing the file is not enough: a process that is just being started holds a copy of it for a moment, and with
    /// it the lock.
    fn drop(&mut self) {
        // Where this fails, closing the file is what remains, and comes next.
        drop(self.file.unlock());
    }
}

#[cfg(test)]
mod tests {
    use super::FolderLock;
    use crate::location::{Location, Place};

    #[test]
    fn a_lock_ends_even_if_a_starting_process_has_a_copy() {
        let folder = tempfile::tempdir().unwrap();
        let Place::File(files) = Location::Folder(folder.path().to_owned()).place().unwrap() else {
            panic!("no files")
        };
        let lock = FolderLock::take(&files.folder, &files.lock).unwrap();
        let copy = lock.file.try_clone().unwrap();
        FolderLock::take(&files.folder, &files.lock).unwrap_err();
        drop(lock);
        FolderLock::take(&files.folder, &files.lock).unwrap();
        drop(copy);
    }
}
