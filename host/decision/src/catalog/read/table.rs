//! The tables of a TOML document, and which keys they may have.

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::message;
use super::node::Node;
use super::report::{Place, Report};

/// Holds a table of a document, and hands out its keys one by one.
#[derive(Debug)]
pub(super) struct Table<'d> {
    /// Where the table begins.
    pub(super) place: Place,
    /// What nobody has taken yet, in file order.
    entries: Vec<Node<'d>>,
    /// The keys that somebody asked for: all that the table may have.
    known: Vec<&'static str>,
}

impl<'d> Table<'d> {
    /// Returns the table that is the whole document.
    pub(super) fn root(document: &'d DeTable<'d>, report: &Report) -> Self {
        Self::new(Place { line: 1, key: String::new() }, document, report)
    }

    /// Returns the table at this place.
    pub(super) fn new(place: Place, table: &'d DeTable<'d>, report: &Report) -> Self {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let node = |(key, value): (&'d Spanned<DeString<'d>>, &'d Spanned<DeValue<'d>>)| {
            let name = key.get_ref();
            let line = report.line_of(key.span().start);
            Node { place: Place { line, key: message::path(&place.key, name) }, name, value: value.get_ref() }
        };
        let entries = entries.into_iter().map(node).collect();
        Self { place, entries, known: Vec::new() }
    }

    /// Takes the value of a key that the table may have.
    pub(super) fn take(&mut self, key: &'static str) -> Option<Node<'d>> {
        self.known.push(key);
        let position = self.entries.iter().position(|node| node.name == key)?;
        Some(self.entries.remove(position))
    }

    /// Takes the value of a key that the table must have.
    pub(super) fn require(&mut self, key: &'static str, expected: &str, report: &mut Report) -> Option<Node<'d>> {
        let node = self.take(key);
        if node.is_none() {
            report.add(&self.place.at(key), "missing", expected);
        }
        node
    }

    /// Reports everything that nobody has taken.
    pub(super) fn finish(self, report: &mut Report) {
        for node in &self.entries {
            report.add(&node.place, "unknown key", message::one_of(self.known.iter().copied()));
        }
    }

    /// Returns everything that nobody has taken, in file order: for tables whose keys are for the operator to choose.
    pub(super) fn into_entries(self) -> Vec<Node<'d>> {
        self.entries
    }
}

/// Reads a table whose keys are for the operator to choose, and returns them in file order.
///
/// The table may be missing, and is empty then.
pub(super) fn entries<'d>(node: Option<Node<'d>>, report: &mut Report) -> Vec<Node<'d>> {
    node.and_then(|node| node.table(report)).map(Table::into_entries).unwrap_or_default()
}
