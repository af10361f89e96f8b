//! The server's secret: random bytes that belong to a data folder, beside its database and in no copy of that. Servers with one
//! database have one secret, each of them a copy of it in a folder of its own; the database has what tells it from others.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::open::OpenError;
use crate::random::{self, RandomnessError};

/// Bytes that are read of its file: one more than it has.
const MOST_READ: u64 = 33;

/// Holds what only this server and whoever may read its data folder knows. It is drawn when the database is made, never
/// changes, and never leaves the server: what is used of it are keys that are derived from it, one for each purpose.
///
/// ```
/// # use std::sync::Arc;
/// # use usher_host::SystemClock;
/// # use usher_store::{Location, Store};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = Store::open(&Location::Memory, Arc::new(SystemClock)).await?;
/// let key = store.secret().derive("usher 2026 an example");
/// assert_eq!(key, store.secret().derive("usher 2026 an example"));
/// assert_ne!(key, store.secret().derive("usher 2026 another one"));
/// # Ok(())
/// # }
/// ```
pub struct Secret([u8; Self::BYTES]);

impl Secret {
    /// How many random bytes it is.
    pub(crate) const BYTES: usize = 32;

    /// Returns the key for a purpose, by BLAKE3's key derivation. Nobody learns from it the secret, or the key for another
    /// purpose. The purpose is a constant of the program, with the year it was written in, and is no secret.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        blake3::derive_key(purpose, &self.0)
    }

    /// Draws a secret that nobody keeps.
    pub(crate) fn draw() -> Result<Self, RandomnessError> {
        random::bytes().map(Self)
    }

    /// Returns the secret of a folder. One that has none gets one.
    ///
    /// INVARIANT: it is on the disk before anything is made with it.
    pub(crate) fn find_or_create(file: &Path) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Secret { file: file.to_owned(), source };
        if !file.try_exists().map_err(failed)? {
            create(file, &Self::draw()?).map_err(failed)?;
        }
        let secret = read(file)?;
        // Whoever made it may have been killed before this.
        sync_folder(folder_of(file)).map_err(failed)?;
        Ok(secret)
    }

    /// Returns the secret of a folder, if it has one.
    pub(crate) fn find(file: &Path) -> Result<Option<Self>, OpenError> {
        let failed = |source| OpenError::Secret { file: file.to_owned(), source };
        file.try_exists().map_err(failed)?.then(|| read(file)).transpose()
    }
}

/// Leaves the bytes out.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secret").finish_non_exhaustive()
    }
}

/// Writes a secret, whole or not at all, and never over another one. The file is open to nobody but this user.
fn create(file: &Path, secret: &Secret) -> io::Result<()> {
    let mut written = NamedTempFile::new_in(folder_of(file))?;
    written.write_all(&secret.0)?;
    written.as_file().sync_all()?;
    match written.persist_noclobber(file) {
        Ok(_) => Ok(()),
        // The server of another database in this folder was faster: it is that one's secret now.
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.error),
    }
}

fn read(file: &Path) -> Result<Secret, OpenError> {
    let failed = |source| OpenError::Secret { file: file.to_owned(), source };
    let opened = File::open(file).map_err(failed)?;
    let metadata = opened.metadata().map_err(failed)?;
    let mut bytes = Vec::with_capacity(Secret::BYTES);
    opened.take(MOST_READ).read_to_end(&mut bytes).map_err(failed)?;
    let secret = <[u8; Secret::BYTES]>::try_from(bytes);
    let secret = secret.map_err(|bytes| OpenError::NoSecret { file: file.to_owned(), found: bytes.len() })?;
    if is_loose(&metadata) {
        tracing::warn!(
            file = %file.display(),
            "the server's secret: expected a file that its own user alone may read, found one that others may, too; the \
             operator has to change its permissions to 0600"
        );
    }
    Ok(Secret(secret))
}

/// Whether others than the file's owner may do anything with it.
#[cfg(unix)]
fn is_loose(metadata: &Metadata) -> bool {
    std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0
}

#[cfg(not(unix))]
fn is_loose(_: &Metadata) -> bool {
    false
}

fn folder_of(file: &Path) -> &Path {
    file.parent().unwrap_or(file)
}

/// Has the names in a folder on the disk.
fn sync_folder(folder: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened, and its names are as durable as they get.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::random::to_hex;

    #[test]
    fn a_folder_keeps_its_secret() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret.key");
        let first = Secret::find_or_create(&file).unwrap();
        assert_eq!(fs::read(&file).unwrap(), first.0);
        assert_eq!(Secret::find_or_create(&file).unwrap().0, first.0);
        assert_ne!(Secret::draw().unwrap().0, first.0);
        // Nothing but the secret is left behind.
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_secret_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret.key");
        let first = Secret::find_or_create(&file).unwrap();
        // As when two servers make theirs at the same time.
        create(&file, &Secret::draw().unwrap()).unwrap();
        assert_eq!(fs::read(&file).unwrap(), first.0);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_of_another_length_is_refused_and_left_alone() {
        for length in [0, Secret::BYTES - 1, Secret::BYTES + 1, 1 << 20] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("secret.key");
            fs::write(&file, vec![7; length]).unwrap();
            let error = Secret::find_or_create(&file).unwrap_err();
            assert!(matches!(error, OpenError::NoSecret { .. }), "{error:?}");
            let text = error.to_string();
            assert!(
                text.contains("secret.key") && text.contains("32 bytes") && text.contains("the operator"),
                "{text}"
            );
            assert_eq!(fs::read(&file).unwrap(), vec![7; length]);
        }
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret.key");
        fs::create_dir(&file).unwrap();
        let error = Secret::find_or_create(&file).unwrap_err();
        assert!(matches!(&error, OpenError::Secret { file: named, .. } if *named == file), "{error:?}");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret.key");
        Secret::find_or_create(&file).unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        for (mode, loose) in [(0o400, false), (0o600, false), (0o640, true), (0o604, true), (0o610, true)] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(is_loose(&file.metadata().unwrap()), loose, "{mode:o}");
            Secret::find_or_create(&file).unwrap();
        }
    }

    /// What is stored was made with these: another derivation would make every key and every artefact unknown.
    #[test]
    fn what_is_derived_never_changes() {
        let secret = Secret([1; Secret::BYTES]);
        assert_eq!(
            to_hex(&secret.derive("usher 2026 api keys")),
            "773ffd94d22f318b994a400a1d5c87013c52404ce5f603ce28c949a37dc99d3d"
        );
    }

    #[test]
    fn a_secret_is_not_shown() {
        let shown = format!("{:?}", Secret([0xa5; Secret::BYTES]));
        assert_eq!(shown, "Secret { .. }");
    }
}
