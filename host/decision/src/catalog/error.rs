//! What is wrong with a catalog file.

use std::fmt;

/// Says everything that is wrong with a catalog file. The operator who wrote the file is the one to mend it.
///
/// It shows as one line: the first problem, and how many more there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogError {
    /// INVARIANT: there is at least one.
    problems: Vec<Problem>,
}

impl CatalogError {
    /// Returns an error with these problems, of which there must be one.
    pub(super) fn new(mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| problem.line);
        Self { problems }
    }

    /// Returns all problems, at least one, in the order of their lines.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, others)) = self.problems.split_first() else { return Ok(()) };
        first.fmt(f)?;
        match others.len() {
            0 => Ok(()),
            more => write!(f, " (and {more} more)"),
        }
    }
}

impl std::error::Error for CatalogError {}

/// Says one thing that is wrong with a catalog file, and what would be right.
///
/// It shows as one line: ``line 12: `plans.premium.assing`: unknown key; expected one of `name`, …``.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub(super) line: usize,
    pub(super) key: String,
    pub(super) found: String,
    pub(super) expected: String,
}

impl Problem {
    /// Returns the line of the file, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the dotted path of the key, such as `plans.premium.assing`.
    ///
    /// Of a key that is defined twice it is the last part alone, as it stands in the file. It is empty if the file is
    /// no TOML at this place, so that there is no key to speak of.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns what is there, in words, such as ``string `yes` `` or `unknown key`.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }

    /// Returns what should be there, in words, such as `` `true` or `false` ``.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.expected
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, key, found, expected } = self;
        write!(f, "line {line}: ")?;
        if !key.is_empty() {
            write!(f, "`{key}`: ")?;
        }
        write!(f, "{found}; expected {expected}")
    }
}
