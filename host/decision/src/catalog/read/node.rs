//! The values of a TOML document, each with its place, and what they can be read as.

use std::collections::HashSet;
use std::hash::Hash;

use toml::Spanned;
use toml::de::{DeArray, DeValue};

use super::message;
use super::report::{Place, Report};
use super::table::Table;
use crate::catalog::word::Word;

/// The longest slug, in characters.
const LONGEST_SLUG: usize = 64;

/// Holds one key of a document with its value.
#[derive(Debug, Clone)]
pub(super) struct Node<'d> {
    /// Where the key is.
    pub(super) place: Place,
    /// The key itself: the last part of its path.
    pub(super) name: &'d str,
    /// What it is set to.
    pub(super) value: &'d DeValue<'d>,
}

impl<'d> Node<'d> {
    /// Reports that the value is not what is expected here, and returns nothing in its place.
    pub(super) fn refuse<T>(&self, report: &mut Report, expected: impl Into<String>) -> Option<T> {
        report.add(&self.place, message::found(self.value), expected);
        None
    }

    /// Reads a table.
    pub(super) fn table(&self, report: &mut Report) -> Option<Table<'d>> {
        match self.value {
            DeValue::Table(table) => Some(Table::new(self.place.clone(), table, report)),
            _ => self.refuse(report, "a table"),
        }
    }

    /// Reads an array: its elements, each at the place of the array, but on its own line.
    pub(super) fn array(&self, report: &mut Report) -> Option<Vec<Self>> {
        match self.value {
            DeValue::Array(array) => Some(self.elements(array, report)),
            _ => self.refuse(report, "an array"),
        }
    }

    /// Reads an array, each of its elements with `read`, and checks that no two are equal.
    pub(super) fn distinct<T: Copy + Eq + Hash>(
        &self,
        read: impl Fn(&Self, &mut Report) -> Option<T>,
        report: &mut Report,
    ) -> Option<Vec<T>> {
        let elements = self.array(report)?;
        let mut seen = HashSet::new();
        let read_element = |element: &Self| {
            let value = read(element, report)?;
            if !seen.insert(value) {
                report.add(&element.place, format!("{} twice", message::found(element.value)), "each value once");
            }
            Some(value)
        };
        // All elements are read, so that all problems come out, before one that is missing makes the whole missing.
        let values: Vec<_> = elements.iter().map(read_element).collect();
        values.into_iter().collect()
    }

    fn elements(&self, array: &'d DeArray<'d>, report: &Report) -> Vec<Self> {
        let element = |value: &'d Spanned<DeValue<'d>>| Self {
            place: Place { line: report.line_of(value.span().start), ..self.place.clone() },
            name: self.name,
            value: value.get_ref(),
        };
        array.iter().map(element).collect()
    }

    /// Reads a string, which may be empty.
    pub(super) fn text(&self, report: &mut Report) -> Option<&'d str> {
        match self.value {
            DeValue::String(text) => Some(text),
            _ => self.refuse(report, "a string"),
        }
    }

    /// Reads a string that is not blank.
    pub(super) fn label(&self, report: &mut Report) -> Option<&'d str> {
        match self.value {
            DeValue::String(text) if !text.trim().is_empty() => Some(text),
            _ => self.refuse(report, "a string that is not blank"),
        }
    }

    /// Reads a boolean.
    pub(super) fn boolean(&self, report: &mut Report) -> Option<bool> {
        match self.value {
            DeValue::Boolean(boolean) => Some(*boolean),
            _ => self.refuse(report, "`true` or `false`"),
        }
    }

    /// Reads an integer from 0 to `most`.
    pub(super) fn integer(&self, most: u64, report: &mut Report) -> Option<u64> {
        let integer = match self.value {
            DeValue::Integer(integer) => u64::from_str_radix(integer.as_str(), integer.radix()).ok(),
            _ => None,
        };
        match integer {
            Some(integer) if integer <= most => Some(integer),
            _ => self.refuse(report, format!("an integer from 0 to {most}")),
        }
    }

    /// Reads one word out of a few.
    pub(super) fn word<W: Word>(&self, report: &mut Report) -> Option<W> {
        let word = match self.value {
            DeValue::String(text) => W::ALL.iter().find(|word| word.word() == text),
            _ => None,
        };
        match word {
            Some(word) => Some(*word),
            None => self.refuse(report, message::one_of(W::ALL.iter().map(|word| word.word()))),
        }
    }

    /// Checks that the key is a slug.
    pub(super) fn check_slug(&self, report: &mut Report) {
        if !is_slug(self.name, LONGEST_SLUG) {
            report.add(&self.place, format!("key {}", message::quoted(self.name)), slug_rule(LONGEST_SLUG));
        }
    }
}

/// Returns whether a text can be a slug of at most this length.
pub(super) fn is_slug(text: &str, longest: usize) -> bool {
    text.len() <= longest
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.chars().all(|char| char.is_ascii_alphanumeric() || char == '-' || char == '_')
}

/// Says what a slug of at most this length looks like.
pub(super) fn slug_rule(longest: usize) -> String {
    format!("1 to {longest} ASCII letters, digits, `-` or `_`, the first a letter or digit")
}
