//! Artifacts on a disk, for the next start: `<folder>/<host key>/<digest>`. A host of another version looks into another
//! folder, so that two live side by side.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::held::HeldFile;
use super::seal::{self, Subject};
use super::{Artifact, Place};
use crate::admission::World;

/// Where a sandbox keeps the machine code of modules: a start, and a workflow that was seen before, compile nothing.
///
/// What is there is run as machine code, so each file is sealed with a keyed hash. A file without the right seal is as if it
/// were not there; removing the folder is safe at any time.
#[derive(Clone, PartialEq, Eq)]
pub struct ArtifactFolder {
    path: PathBuf,
    key: [u8; 32],
}

impl ArtifactFolder {
    /// A folder, and nothing else's; made if it is missing. The key is this host's secret.
    pub fn new(path: impl Into<PathBuf>, key: [u8; 32]) -> Self {
        Self { path: path.into(), key }
    }
}

impl fmt::Debug for ArtifactFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArtifactFolder").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The artifacts of one host in such a folder.
#[derive(Debug)]
pub(crate) struct Artifacts {
    folder: ArtifactFolder,
    path: PathBuf,
    host_key: String,
}

impl Artifacts {
    /// Those of this host. Nothing is read or made yet.
    pub(crate) fn of(folder: &ArtifactFolder, host_key: &str) -> Self {
        Self { folder: folder.clone(), path: folder.path.join(host_key), host_key: host_key.to_owned() }
    }

    /// The artifact of a module that is of one of these worlds, if there is one with the right seal.
    pub(crate) fn find(&self, digest: &str, worlds: &[World]) -> Option<Artifact> {
        let path = self.file(digest)?;
        let content = match fs::read(&path) {
            Ok(content) => content,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => {
                tracing::warn!(file = %path.display(), %error, "an artifact cannot be read, and is made anew");
                return None;
            }
        };
        let is_sealed = |world: &World| seal::is_sealed(&self.folder.key, self.subject(digest, *world), &content);
        let Some(world) = worlds.iter().copied().find(is_sealed) else {
            tracing::warn!(file = %path.display(), "an artifact is damaged, or not from here, and is made anew");
            return None;
        };
        Some(Artifact { code: Place::File(path), world, digest: digest.to_owned() })
    }

    /// Keeps an artifact, under its name at once or not at all, and returns the one that is in the file.
    pub(crate) fn keep(&self, artifact: &Artifact) -> io::Result<Artifact> {
        let path = self.file(&artifact.digest).ok_or_else(|| io::Error::other("its digest is none"))?;
        let code = artifact.code()?;
        fs::create_dir_all(&self.path)?;
        let mut file = NamedTempFile::new_in(&self.path)?;
        file.write_all(&code)?;
        file.write_all(&seal::seal(&self.folder.key, self.subject(&artifact.digest, artifact.world), &code))?;
        // One that does not reach the disk because the machine fails has no seal, and is made anew.
        file.persist(&path)?;
        Ok(Artifact { code: Place::File(path), world: artifact.world, digest: artifact.digest.clone() })
    }

    /// Opens what is kept of a module, to make code of it later.
    pub(crate) fn hold(&self, digest: &str) -> io::Result<HeldFile> {
        HeldFile::open(self.file(digest).ok_or_else(|| io::Error::other("its digest is none"))?)
    }

    /// Whether a file that is held has the right seal.
    pub(crate) fn is_sealed(&self, file: &HeldFile, digest: &str, world: World) -> io::Result<bool> {
        Ok(seal::is_sealed(&self.folder.key, self.subject(digest, world), &fs::read(file.name())?))
    }

    /// Removes what is kept of a module. What is mapped or held of it stays until it is let go of.
    pub(crate) fn forget(&self, digest: &str) {
        let Some(path) = self.file(digest) else { return };
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(file = %path.display(), %error, "an artifact that is no longer needed stays");
            }
            Ok(()) | Err(_) => {}
        }
    }

    /// Removes what is kept of all modules but these, and what a crash has left behind.
    pub(crate) fn forget_all_but(&self, is_needed: &dyn Fn(&str) -> bool) {
        let Ok(entries) = fs::read_dir(&self.path) else { return };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        for name in names.filter(|name| !is_needed(name)) {
            let path = self.path.join(name);
            if let Err(error) = fs::remove_file(&path) {
                tracing::warn!(file = %path.display(), %error, "an artifact that is no longer needed stays");
            }
        }
    }

    fn subject<'a>(&'a self, digest: &'a str, world: World) -> Subject<'a> {
        Subject { host_key: &self.host_key, world, digest }
    }

    /// The file of a module; none for what is no digest, and might be a path.
    fn file(&self, digest: &str) -> Option<PathBuf> {
        let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_digest.then(|| Path::join(&self.path, digest))
    }
}

#[cfg(test)]
mod tests;
