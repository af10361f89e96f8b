//! The file that holds types: what is in it, and what replaces it.

use std::collections::HashSet;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::config::Language;

/// Why a file can be neither compared nor written. The caller's move.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    #[error("the file `{}` cannot be read", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        source: io::Error,
    },
    #[error("the file `{}` cannot be written; what was there is as before", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        source: io::Error,
    },
    /// Under another name it could be a module, whose interface is nobody's but its own.
    #[error("the file `{}`: expected a name that ends in `.d.ts`, as that of a declaration file", path.display())]
    NoDeclarationFile {
        /// Which file.
        path: PathBuf,
    },
}

/// Where types go.
pub(super) struct TypesFile<'a> {
    pub(super) path: &'a Path,
    language: Language,
}

/// What is there, beside what should be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The same, whatever its lines end in.
    Same,
    /// Something else.
    Other(Difference),
    /// Nothing.
    Missing,
}

/// What differs, as far as it can be said in a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    added: Vec<String>,
    removed: Vec<String>,
}

impl<'a> TypesFile<'a> {
    /// The file at this path, which has to be a possible name for one.
    pub(super) fn new(path: &'a Path, language: Language) -> Result<Self, FileError> {
        match language == Language::Ts && !path.as_os_str().to_string_lossy().ends_with(".d.ts") {
            true => Err(FileError::NoDeclarationFile { path: path.to_owned() }),
            false => Ok(Self { path, language }),
        }
    }

    /// Compares the file with the types that should be in it.
    pub(super) fn compare(&self, types: &str) -> Result<Found, FileError> {
        let found = match fs::read(self.path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).replace("\r\n", "\n"),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Missing),
            Err(source) => return Err(FileError::Read { path: self.path.to_owned(), source }),
        };
        if found == types {
            return Ok(Found::Same);
        }
        let (before, after) = (self.slugs(&found), self.slugs(types));
        let without = |all: &[String], others: &[String]| {
            let others: HashSet<_> = others.iter().collect();
            all.iter().filter(|slug| !others.contains(slug)).cloned().collect()
        };
        Ok(Found::Other(Difference { added: without(&after, &before), removed: without(&before, &after) }))
    }

    /// The slugs of plans in a text of types: the literals in the one place that has them all.
    fn slugs(&self, types: &str) -> Vec<String> {
        let (from, to) = match self.language {
            Language::Ts => ("\n  plan:", ";"),
            Language::Rust => ("match self {", "\n        }"),
        };
        let place = types.split_once(from).map_or("", |(_, rest)| rest.split(to).next().unwrap_or_default());
        place.split('"').skip(1).step_by(2).map(str::to_owned).collect()
    }

    /// Replaces the file with these types: at any moment it holds the old ones or the new ones.
    pub(super) fn write(&self, types: &str) -> Result<(), FileError> {
        // Behind a symbolic link it is the file that is replaced, not the link.
        let path = fs::canonicalize(self.path).unwrap_or_else(|_not_there| self.path.to_owned());
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.tmp", std::process::id()));
        let temporary = path.with_file_name(name);
        let written = write_new(&temporary, types).and_then(|()| fs::rename(&temporary, &path));
        written.map_err(|source| {
            // The error to tell is the first one; this file may not even be there.
            let _gone = fs::remove_file(&temporary);
            FileError::Write { path: self.path.to_owned(), source }
        })
    }
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { added, removed } = self;
        let list = |slugs: &[String]| slugs.iter().map(|slug| format!("`{slug}`")).collect::<Vec<_>>().join(", ");
        match (added.as_slice(), removed.as_slice()) {
            ([], []) => f.write_str("the plans are the same, and something else differs"),
            (added, []) => write!(f, "the catalog has gained {}", list(added)),
            ([], removed) => write!(f, "the catalog has lost {}", list(removed)),
            (added, removed) => write!(f, "the catalog has gained {} and lost {}", list(added), list(removed)),
        }
    }
}
