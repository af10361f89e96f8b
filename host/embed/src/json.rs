//! JSON that others wrote: objects where objects are expected, and errors that say where.

mod mend;
mod seen;
mod text;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_path_to_error::{Path, Segment};

pub(crate) use mend::Numbers;
use mend::mended;
pub(crate) use seen::{Members as SeenMembers, Seen};
pub(crate) use text::JsonText;

/// Some editors and back ends write it at the beginning of what is UTF-8 anyway.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads a value that is written as an object. By itself, serde reads a struct from an array, too, member by member.
///
/// ```
/// #[derive(serde::Deserialize)]
/// struct Point { x: i64, y: i64 }
///
/// let usher_host::JsonObject(Point { x, y }) = usher_host::read_json(br#"{"x": 1, "y": 2}"#)?;
/// let error = usher_host::read_json::<usher_host::JsonObject<Point>>(b"[1, 2]").map(|_| ()).unwrap_err();
/// assert_eq!(error.to_string(), "expected an object, found an array");
/// # Ok::<(), usher_host::JsonError>(())
/// ```
#[derive(Debug)]
pub struct JsonObject<T>(pub T);

/// Why a text is not the JSON that is expected: where, what was expected, and what was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct JsonError {
    words: String,
}

/// Reads JSON. A byte order mark before it is left alone.
///
/// # Errors
///
/// It is not JSON, or not of the shape of `T`.
pub fn read_json<T: DeserializeOwned>(text: &[u8]) -> Result<T, JsonError> {
    let text = without_mark(text);
    serde_json::from_slice(text).or_else(|_error| read_again(text))
}

/// Where a text lies that had to be mended, for as long as somebody has borrowed of it.
#[derive(Debug, Default)]
pub(crate) struct Mended<'t>(OnceCell<Cow<'t, [u8]>>);

/// The same of what a visitor's browser or an edge wrote. A text that cannot be read is mended and read once more; one
/// that can be pays nothing for it.
pub(crate) fn read_mended<'t, T: Deserialize<'t>>(
    text: &'t [u8],
    numbers: Numbers,
    room: &'t Mended<'t>,
) -> Result<T, JsonError> {
    let text = without_mark(text);
    serde_json::from_slice(text).or_else(|_error| read_again(room.0.get_or_init(|| mended(text, numbers))))
}

fn without_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// Reads with an eye on the way to every value, which costs too much to do it every time.
#[cold]
fn read_again<'t, T: Deserialize<'t>>(text: &'t [u8]) -> Result<T, JsonError> {
    if text.trim_ascii().is_empty() {
        return Err(JsonError { words: "expected JSON, found nothing".to_owned() });
    }
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut deserializer);
    let value = value.map_err(|error| JsonError::new(error.path(), error.inner()))?;
    deserializer.end().map_err(|error| JsonError { words: error.to_string() })?;
    Ok(value)
}

impl JsonError {
    fn new(path: &Path, error: &serde_json::Error) -> Self {
        if !error.is_data() {
            // No JSON at all: then the position says more than the way to it.
            return Self { words: error.to_string() };
        }
        let words = error.to_string();
        let position = format!(" at line {} column {}", error.line(), error.column());
        let words = in_words_of_json(words.strip_suffix(&position).unwrap_or(&words));
        match shown(path) {
            path if path.is_empty() => Self { words },
            path => Self { words: format!("`{path}`: {words}") },
        }
    }
}

/// The way to a value, as JavaScript would write it.
fn shown(path: &Path) -> String {
    let mut shown = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => shown.push_str(&format!("[{index}]")),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                let dot = if shown.is_empty() { "" } else { "." };
                shown.push_str(&format!("{dot}{}", key.escape_debug()));
            }
            Segment::Unknown => {}
        }
    }
    shown
}

/// What serde says of a value that is not what is expected, with the names that JSON has for its types.
fn in_words_of_json(words: &str) -> String {
    const FOUND: [(&str, &str); 4] =
        [("integer ", "number "), ("floating point ", "number "), ("sequence", "an array"), ("map", "an object")];
    let wrong = words.strip_prefix("invalid type: ").or_else(|| words.strip_prefix("invalid value: "));
    let Some((found, expected)) = wrong.and_then(|wrong| wrong.rsplit_once(", expected ")) else {
        return words.to_owned();
    };
    let in_json = |(theirs, ours)| Some(format!("{ours}{}", found.strip_prefix(theirs)?));
    let found = FOUND.into_iter().find_map(in_json).unwrap_or_else(|| found.to_owned());
    let expected = match expected {
        "a map" => "an object",
        "a sequence" => "an array",
        other => other,
    };
    format!("expected {expected}, found {found}")
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for JsonObject<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData))
    }
}

/// Takes the members of an object and nothing else.
struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = JsonObject<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<JsonObject<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members)).map(JsonObject)
    }
}

#[cfg(test)]
mod tests;
