//! The parts that messages about a catalog file are made of. Whatever the file holds, they have no line break.

use toml::de::DeValue;

/// How many characters of a text, and how many names of a list, a message repeats.
const LONGEST_TEXT: usize = 60;
const LONGEST_LIST: usize = 12;

/// Puts a text of the file into backticks; shortens it if it is long.
pub(super) fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST_TEXT).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST_TEXT).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// Says that one of these names would be right.
pub(super) fn one_of<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut names = names.into_iter();
    let shown: Vec<String> = names.by_ref().take(LONGEST_LIST).map(quoted).collect();
    match (shown.as_slice(), names.count()) {
        ([], _) => "none, because there is none".into(),
        ([only], 0) => only.clone(),
        (_, 0) => format!("one of {}", shown.join(", ")),
        (_, more) => format!("one of {} and {more} more", shown.join(", ")),
    }
}

/// Says what a value of the file is.
pub(super) fn found(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) if text.is_empty() => "empty string".into(),
        DeValue::String(text) => format!("string {}", quoted(text)),
        DeValue::Integer(integer) => format!("integer {}", quoted(&integer.to_string())),
        DeValue::Float(float) => format!("float {}", quoted(float.as_str())),
        DeValue::Boolean(boolean) => format!("boolean `{boolean}`"),
        DeValue::Datetime(datetime) => format!("date-time `{datetime}`"),
        DeValue::Array(_) => "array".into(),
        DeValue::Table(_) => "table".into(),
    }
}

/// Extends the dotted path of a table by one of its keys, spelled as TOML would spell it.
pub(super) fn path(table: &str, key: &str) -> String {
    let is_bare = |char: char| char.is_ascii_alphanumeric() || char == '-' || char == '_';
    let is_quoted = key.is_empty() || !key.chars().all(is_bare);
    let key = if is_quoted { format!("\"{}\"", key.escape_debug()) } else { key.into() };
    if table.is_empty() { key } else { format!("{table}.{key}") }
}
