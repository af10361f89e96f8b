//! A file of the folder that is kept open: what was sealed in it is there for as long as that lasts, even when it has been
//! removed, or another has taken its place.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// A file of an artifact that is open.
#[derive(Debug)]
pub(crate) struct HeldFile {
    file: File,
    path: PathBuf,
}

impl HeldFile {
    pub(crate) fn open(path: PathBuf) -> io::Result<Self> {
        Ok(Self { file: File::open(&path)?, path })
    }

    /// A name of this very file, whatever has become of its own. Where the system gives none, it is its own.
    #[cfg(target_os = "linux")]
    pub(crate) fn name(&self) -> PathBuf {
        use std::os::fd::AsRawFd as _;

        let name = Path::new("/proc/self/fd").join(self.file.as_raw_fd().to_string());
        if name.exists() { name } else { self.path.clone() }
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn name(&self) -> PathBuf {
        self.path.clone()
    }
}
