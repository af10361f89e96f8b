//! Files: read within bounds, and written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::Builder;

use crate::bundle::Bundle;

/// What a file that is being written is called, so that one that a crash left behind is known.
const UNFINISHED: &str = ".unfinished-";

/// Says why there are no bytes. The move of whoever offers them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// They cannot be read, or not to the end.
    #[error("expected bytes that can be read to the end")]
    Broken(#[from] io::Error),
    /// There are more than a bundle can have.
    #[error("expected at most {} bytes, found more", Bundle::MAX_BYTES)]
    TooLarge,
}

/// Reads what may be a bundle, and no more than one can have. Memory is taken as bytes come.
///
/// # Errors
///
/// See [`ReadError`].
pub fn read_whole(reader: impl Read) -> Result<Vec<u8>, ReadError> {
    let most = u64::try_from(Bundle::MAX_BYTES).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    reader.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() > Bundle::MAX_BYTES { Err(ReadError::TooLarge) } else { Ok(bytes) }
}

/// Writes a file, in the place of the one of that name if there is one. Whenever the power fails, there is one or the other,
/// whole; when this has returned, it is the new one.
///
/// # Errors
///
/// The system's; the file is then as before.
pub fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(file);
    let mut unfinished = Builder::new().prefix(UNFINISHED).tempfile_in(&folder)?;
    unfinished.write_all(bytes)?;
    open_to_all(unfinished.as_file())?;
    unfinished.as_file().sync_all()?;
    unfinished.persist(file)?;
    // Elsewhere a folder cannot be opened, and its names are as durable as they get.
    if cfg!(unix) { File::open(&folder)?.sync_all() } else { Ok(()) }
}

/// Removes from a folder what writing left behind that did not come to its end.
///
/// # Errors
///
/// The system's.
pub fn remove_unfinished(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn folder_of(file: &Path) -> PathBuf {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new(".")).to_owned()
}

/// A bundle is signed, not secret: whoever serves it or loads it may be another user.
#[cfg(unix)]
fn open_to_all(file: &File) -> io::Result<()> {
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
}

#[cfg(not(unix))]
fn open_to_all(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_in_the_place_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bundle");
        for content in ["one", "other"] {
            write_whole(&file, content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), content);
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        write_whole(&folder.path().join("no/folder"), b"").unwrap_err();
    }

    #[test]
    fn what_a_crash_left_behind_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let unfinished = Builder::new().prefix(UNFINISHED).tempfile_in(folder.path()).unwrap();
        // As if the process had been killed: nobody removes it.
        let (_file, _path) = unfinished.keep().unwrap();
        write_whole(&folder.path().join("bundle"), b"whole").unwrap();
        remove_unfinished(folder.path()).unwrap();
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["bundle"]);
    }

    #[test]
    fn no_more_is_read_than_a_bundle_can_have() {
        let most = u64::try_from(Bundle::MAX_BYTES).unwrap();
        assert_eq!(read_whole(io::repeat(0).take(most)).unwrap().len(), Bundle::MAX_BYTES);
        assert!(matches!(read_whole(io::repeat(0)), Err(ReadError::TooLarge)));
    }
}
