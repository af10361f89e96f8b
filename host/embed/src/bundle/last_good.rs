//! The last good bundle, on the disk: what a host begins with when its source is down, and how it knows after a start which
//! release was live.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use usher_bundle::{Bundle, TrustedKeys, read_whole, remove_unfinished, write_whole};

use super::error::BundleError;

/// The file's name in its folder.
const FILE: &str = "last-good.usher";

/// The file of the last good bundle.
#[derive(Debug, Clone)]
pub(super) struct LastGoodBundle {
    folder: PathBuf,
    file: PathBuf,
}

impl LastGoodBundle {
    /// Makes the folder if it is missing, and removes what a crash has left there.
    pub(super) fn in_folder(folder: &Path) -> Result<Self, BundleError> {
        let this = Self { folder: folder.to_owned(), file: folder.join(FILE) };
        let ready = fs::create_dir_all(&this.folder).and_then(|()| remove_unfinished(&this.folder));
        ready.map_err(|source| this.not_kept(source))?;
        Ok(this)
    }

    /// The bundle that is kept, or in words why there is none. It is verified as if it came from anywhere.
    pub(super) fn find(&self, trusted: &TrustedKeys) -> Result<Bundle, String> {
        let file = match File::open(&self.file) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err("none was kept".to_owned()),
            Err(error) => return Err(error.to_string()),
        };
        let bytes = read_whole(file).map_err(|error| error.to_string())?;
        Bundle::open(bytes, trusted).map_err(|error| error.to_string())
    }

    /// Keeps a bundle instead. INVARIANT: when this has returned, it is on the disk, whole.
    pub(super) fn keep(&self, bundle: &Bundle) -> Result<(), BundleError> {
        write_whole(&self.file, bundle.as_bytes()).map_err(|source| self.not_kept(source))
    }

    fn not_kept(&self, source: io::Error) -> BundleError {
        BundleError::NotKept { file: self.file.clone(), source }
    }
}
