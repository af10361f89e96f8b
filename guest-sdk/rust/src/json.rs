//! JSON, read with as little code as possible.
//!
//! A workflow is instantiated for every decision and its size is paid for each time, so this is not `serde_json`:
//! asking for one claim through it links its error messages, and with them the printing of floating-point numbers,
//! which makes 122 kB of a small workflow that could have 67. Here every question links only what its type needs, and the
//! tests hold the results against those of `serde_json`.

mod parse;
mod read;

use serde::Deserialize;

use self::read::{Explained, Unexplained, Value};

/// A JSON value as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// The digits, for whoever asks to make a number of.
    Number(String),
    Text(String),
    Array(Vec<Self>),
    /// Members in the order they were written. Of several with one name, the last counts.
    Object(Vec<(String, Self)>),
}

impl Json {
    /// Parses a text; `None` when it is not JSON, or nested more deeply than 128 levels.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        parse::document(text)
    }

    /// The member of this name, if this is an object and has one.
    pub(crate) fn member(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else { return None };
        members.iter().rev().find_map(|(key, value)| (key == name).then_some(value))
    }

    /// The value as a type of the author's, if it is one.
    pub(crate) fn get<'a, T: Deserialize<'a>>(&'a self) -> Option<T> {
        T::deserialize(Value::<Unexplained>::new(self)).ok()
    }

    /// The value as a type of the author's, or why it is not one.
    pub(crate) fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T, String> {
        T::deserialize(Value::<Explained>::new(self)).map_err(Explained::into_reason)
    }
}

/// Reads a text as a type of the author's, or tells why it is not one.
pub(crate) fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    match Json::parse(text) {
        Some(json) => json.read(),
        None => Err("not well-formed JSON".to_owned()),
    }
}

#[cfg(test)]
mod tests;
