//! Standard output: what a command answers. Logs and errors go elsewhere.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

/// What was to be printed could not be.
#[derive(Debug, thiserror::Error)]
#[error("standard output cannot be written")]
pub(crate) struct OutputError(#[from] io::Error);

/// Prints text as it is, and makes sure that it is out.
pub(crate) fn text(text: &str) -> Result<(), OutputError> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    Ok(stdout.flush()?)
}

/// Prints a value as JSON, for machines that people read after.
pub(crate) fn json(value: &impl Serialize) -> Result<(), OutputError> {
    let mut json = serde_json::to_string_pretty(value).map_err(io::Error::from)?;
    json.push('\n');
    text(&json)
}

/// Prints a server's answer as it is, or in words.
pub(crate) fn answer(as_json: bool, answer: &Value, words: &str) -> Result<(), OutputError> {
    if as_json { json(answer) } else { text(words) }
}

/// Prints a value as one line of JSON.
pub(crate) fn json_line(value: &impl Serialize) -> Result<(), OutputError> {
    let mut json = serde_json::to_string(value).map_err(io::Error::from)?;
    json.push('\n');
    text(&json)
}
