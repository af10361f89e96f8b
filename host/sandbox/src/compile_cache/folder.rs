//! The compile cache of a folder: one file a function, `ab/abcd….` by its key in hexadecimal.

use std::fs::{self, DirBuilder, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::least_recent::LeastRecent;
use super::{Key, entry};
use crate::admission::hex;

/// What files take of a disk comes in blocks, and these files are small.
const BLOCK: u64 = 4 << 10;
/// The ending of a file that is being written.
const UNFINISHED: &str = "tmp";

/// The folder of a compile cache cannot be used. The operator's move.
#[derive(Debug, thiserror::Error)]
#[error("the compile cache `{}`: expected a folder that this program can make and read", folder.display())]
pub(crate) struct FolderError {
    folder: PathBuf,
    source: io::Error,
}

/// Keeps functions in files.
#[derive(Debug)]
pub(super) struct FolderStore {
    folder: PathBuf,
    /// The files that are known to be there.
    files: Mutex<LeastRecent<()>>,
    /// Whether it was said that files cannot be written.
    has_complained: AtomicBool,
}

impl FolderStore {
    /// Makes the folder if it is missing, and looks what is in it. The order of the files' times stands for that in which
    /// they were used, until they are used again.
    pub(super) fn open(folder: &Path, bytes: u64) -> Result<Self, FolderError> {
        let unusable = |source| FolderError { folder: folder.to_owned(), source };
        make(folder).map_err(unusable)?;
        let mut found = Vec::new();
        for shelf in fs::read_dir(folder).map_err(unusable)?.filter_map(Result::ok) {
            found.extend(files(&shelf.path()));
        }
        found.sort_unstable();
        let store = Self {
            folder: folder.to_owned(),
            files: Mutex::new(LeastRecent::new(bytes)),
            has_complained: AtomicBool::new(false),
        };
        for (_, key, bytes) in found {
            store.note(key, bytes);
        }
        Ok(store)
    }

    pub(super) fn bytes(&self) -> u64 {
        self.files().bytes()
    }

    pub(super) fn get(&self, key: &Key) -> Option<Vec<u8>> {
        let content = fs::read(self.path(key)).ok();
        let bytes = content.as_ref().map(|content| on_disk(content.len()));
        let value = content.and_then(|content| entry::read(key, content));
        if let Some(bytes) = bytes.filter(|_| value.is_some()) {
            let is_known = self.files().touch(key).is_some();
            if !is_known {
                // Another process has written it.
                self.note(*key, bytes);
            }
        }
        value
    }

    pub(super) fn insert(&self, key: Key, value: &[u8]) -> bool {
        let content = entry::write(&key, value);
        let bytes = on_disk(content.len());
        if !self.files().can_hold(bytes) {
            return false;
        }
        match self.write(&key, &content) {
            Ok(()) => {
                self.note(key, bytes);
                true
            }
            // Somebody else is writing the very same file.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => false,
            Err(error) => {
                self.complain(&error);
                false
            }
        }
    }

    /// Writes a file: under its own name it is there as a whole, or not at all. It is not waited for the disk, since a
    /// file that a crash has torn is found out by its digest.
    fn write(&self, key: &Key, content: &[u8]) -> io::Result<()> {
        let path = self.path(key);
        path.parent().map_or(Ok(()), make)?;
        let unfinished = path.with_extension(UNFINISHED);
        let mut file = File::options().write(true).create_new(true).open(&unfinished)?;
        let written = file.write_all(content).and_then(|()| fs::rename(&unfinished, &path));
        if written.is_err() {
            // What remains of it is removed by the next start.
            let _gone = fs::remove_file(&unfinished);
        }
        written
    }

    /// Counts a file that is there, and removes those for which there is no more place.
    fn note(&self, key: Key, bytes: u64) {
        let gone = self.files().insert(key, (), bytes);
        for key in gone {
            // Whoever has removed it already is welcome.
            let _gone = fs::remove_file(self.path(&key));
        }
    }

    fn complain(&self, error: &io::Error) {
        if !self.has_complained.swap(true, Ordering::Relaxed) {
            let folder = self.folder.display();
            tracing::warn!(%folder, %error, "compiled code cannot be kept; it is compiled again when it is needed again");
        }
    }

    fn path(&self, key: &Key) -> PathBuf {
        let [first, ..] = key;
        self.folder.join(hex(&[*first])).join(hex(key))
    }

    fn files(&self) -> MutexGuard<'_, LeastRecent<()>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The functions in one of the folders, each with its time and its size. What is no function's is not looked at, and
/// what a crash has left unfinished is removed.
fn files(shelf: &Path) -> Vec<(SystemTime, Key, u64)> {
    let entries = fs::read_dir(shelf).into_iter().flatten().filter_map(Result::ok);
    let entries = entries.filter_map(|entry| Some((entry.path(), entry.metadata().ok()?)));
    let mut found = Vec::new();
    for (path, metadata) in entries.filter(|(_, metadata)| metadata.is_file()) {
        let Some(key) = path.file_stem().and_then(|stem| key(stem.to_str()?)) else { continue };
        match path.extension() {
            None => found.push((time(&metadata), key, blocks(metadata.len()))),
            Some(extension) if extension == UNFINISHED => {
                let _gone = fs::remove_file(&path);
            }
            Some(_) => {}
        }
    }
    found
}

fn time(metadata: &Metadata) -> SystemTime {
    metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH)
}

/// The key that a file is named after.
fn key(name: &str) -> Option<Key> {
    let digits: Option<Vec<u8>> = name.chars().map(|char| u8::try_from(char.to_digit(16)?).ok()).collect();
    let (pairs, rest) = digits.as_ref()?.as_chunks::<2>();
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    Key::try_from(bytes).ok().filter(|_| rest.is_empty())
}

fn on_disk(length: usize) -> u64 {
    blocks(u64::try_from(length).unwrap_or(u64::MAX))
}

fn blocks(bytes: u64) -> u64 {
    bytes.div_ceil(BLOCK).saturating_mul(BLOCK)
}

/// Makes a folder, and its parents, that no other user of the machine can write to or look into.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests;
