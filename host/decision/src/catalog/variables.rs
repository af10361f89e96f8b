//! What workflows read through `env`.

use std::collections::HashMap;

/// Holds named texts, in file order, and finds them by name.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Variables {
    entries: Vec<(String, String)>,
    positions: HashMap<String, usize>,
}

impl Variables {
    pub(super) fn new(entries: Vec<(String, String)>) -> Self {
        let positions = entries.iter().zip(0..).map(|((name, _), position)| (name.clone(), position)).collect();
        Self { entries, positions }
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.entries.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.entries.get(*self.positions.get(name)?)?;
        Some(value)
    }
}
