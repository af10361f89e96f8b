//! Files of signing keys: open to one user, and never written over.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::key::{KeyTextError, SigningKey};

/// Bytes that are read of one: a key has 119.
const MOST_READ: u64 = 16 << 10;

/// Says why a file gives no signing key, or does not take one. The operator's move.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// There is something of that name.
    #[error(
        "signing key `{}`: there is a file of that name, and a key is never written over; the operator has to choose \
         another", file.display()
    )]
    Exists {
        /// Which file.
        file: PathBuf,
    },
    /// It cannot be read or written.
    #[error("signing key `{}`: expected a file that this user can read, or create; the operator has to change its permissions", file.display())]
    File {
        /// Which file.
        file: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It holds something else.
    #[error("in `{}`", file.display())]
    Key {
        /// Which file.
        file: PathBuf,
        /// What was expected.
        source: KeyTextError,
    },
}

impl SigningKey {
    /// Writes the key into a new file that only this user may read.
    ///
    /// # Errors
    ///
    /// There is a file of that name, which stays as it is; or it cannot be written.
    pub fn write_new(&self, file: &Path) -> Result<(), KeyFileError> {
        let pem = self.to_pem().map_err(|source| KeyFileError::Key { file: file.to_owned(), source })?;
        create(file)
            .and_then(|mut created| {
                created.write_all(pem.as_bytes())?;
                created.sync_all()
            })
            .map_err(|source| match source.kind() {
                io::ErrorKind::AlreadyExists => KeyFileError::Exists { file: file.to_owned() },
                _ => KeyFileError::File { file: file.to_owned(), source },
            })
    }

    /// Reads the key that is in a file.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn read(file: &Path) -> Result<Self, KeyFileError> {
        let mut text = String::new();
        let opened = File::open(file).and_then(|opened| opened.take(MOST_READ).read_to_string(&mut text));
        opened.map_err(|source| KeyFileError::File { file: file.to_owned(), source })?;
        Self::from_pem(&text).map_err(|source| KeyFileError::Key { file: file.to_owned(), source })
    }
}

fn create(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_for_one_user_and_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("release.key");
        let key = SigningKey::generate().unwrap();
        key.write_new(&file).unwrap();
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
        let other = SigningKey::generate().unwrap();
        assert!(matches!(other.write_new(&file), Err(KeyFileError::Exists { .. })));
        assert_eq!(SigningKey::read(&file).unwrap().public(), key.public());
        let error = SigningKey::read(&folder.path().join("none")).unwrap_err();
        assert!(matches!(error, KeyFileError::File { .. }), "{error}");
        std::fs::write(folder.path().join("text"), "text").unwrap();
        let error = SigningKey::read(&folder.path().join("text")).unwrap_err();
        assert!(matches!(error, KeyFileError::Key { .. }), "{error}");
    }
}
