//! The problems found so far while a catalog file is read.

use super::message;
use crate::catalog::{CatalogError, Problem};

/// Names a place in a catalog file.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The line, counted from 1.
    pub(super) line: usize,
    /// The dotted path of the key.
    pub(super) key: String,
}

impl Place {
    /// Names the place of a key of the table that is here, on the table's line.
    pub(super) fn at(&self, key: &str) -> Self {
        Self { line: self.line, key: message::path(&self.key, key) }
    }
}

/// Collects the problems of a catalog file, so that reading it does not end with the first.
#[derive(Debug)]
pub(super) struct Report {
    /// Where each line begins, the first left out.
    line_breaks: Vec<usize>,
    problems: Vec<Problem>,
}

impl Report {
    /// Returns a report without problems on this text.
    pub(super) fn new(text: &str) -> Self {
        let line_breaks = text.match_indices('\n').map(|(offset, _)| offset + 1).collect();
        Self { line_breaks, problems: Vec::new() }
    }

    /// Returns the line that the byte at this offset is on, counted from 1.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        self.line_breaks.partition_point(|start| *start <= offset) + 1
    }

    /// Adds a problem.
    pub(super) fn add(&mut self, place: &Place, found: impl Into<String>, expected: impl Into<String>) {
        let Place { line, key } = place.clone();
        self.problems.push(Problem { line, key, found: found.into(), expected: expected.into() });
    }

    /// Returns whether there is any problem.
    pub(super) fn has_problems(&self) -> bool {
        !self.problems.is_empty()
    }

    /// Ends the report with an error that holds all its problems.
    pub(super) fn into_error(self) -> CatalogError {
        CatalogError::new(self.problems)
    }
}
