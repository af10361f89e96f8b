//! JSON, read with as little code and as little work as possible.
//!
//! A workflow is instantiated for every decision and its size is paid for each time, so this is not `serde_json`:
//! asking for one claim through it links its error messages, and with them the printing of floating-point numbers,
//! which makes 122 kB of a small workflow that could have 67. Here every question links only what its type needs, and the
//! tests hold the results against those of `serde_json`.
//!
//! Most of a token is never asked for. So its text stays where it is, and a list says what begins where in it.

mod parse;
mod read;
mod value;

use std::ops::Range;

use serde::Deserialize;

use self::read::{Explained, Unexplained};
use self::value::Value;

/// What is where in a text of JSON. It is asked together with that text.
#[derive(Clone, Debug)]
pub(crate) struct Json {
    /// All values in the order they are written, the first of which has all others in it.
    nodes: Vec<Node>,
    /// What texts say that are written with escapes, one behind the other.
    unescaped: String,
}

/// One value, and where it is.
#[derive(Clone, Debug)]
enum Node {
    Null,
    Bool(bool),
    /// The digits, for whoever asks to make a number of.
    Number(Range<usize>),
    Text(Range<usize>),
    /// A text of those that are unescaped.
    Unescaped(Range<usize>),
    /// Its items follow, up to the node of this number.
    Array(usize),
    /// Its members follow in the order they are written, each a text and a value, up to the node of this number. Of several with
    /// one name, the last counts.
    Object(usize),
}

impl Json {
    /// Finds out what is where in a text; `None` when it is not JSON, or nested more deeply than 128 levels.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        parse::document(text)
    }

    /// What an empty text holds: nothing.
    pub(crate) const fn nothing() -> Self {
        Self { nodes: Vec::new(), unescaped: String::new() }
    }

    /// What is found along these names in the text, as a type of the author's, if it is one.
    pub(crate) fn get<'a, 'p, T: Deserialize<'a>>(
        &'a self,
        text: &'a str,
        mut path: impl Iterator<Item = &'p str>,
    ) -> Option<T> {
        let value = path.try_fold(Value::<Unexplained>::of(self, text), |value, name| value.member(name))?;
        T::deserialize(value).ok()
    }

    /// The whole of the text as a type of the author's, or why it is not one.
    pub(crate) fn read<'a, T: Deserialize<'a>>(&'a self, text: &'a str) -> Result<T, String> {
        T::deserialize(Value::<Explained>::of(self, text)).map_err(Explained::into_reason)
    }
}

/// Reads a text as a type of the author's, or tells why it is not one.
pub(crate) fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    match Json::parse(text) {
        Some(json) => json.read(text),
        None => Err("not well-formed JSON".to_owned()),
    }
}

#[cfg(test)]
mod tests;
