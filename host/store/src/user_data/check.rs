//! What user data has to look like to be kept.

use std::ops::RangeInclusive;

use serde_json::Value;
use usher_host::User;

use crate::database_error::DatabaseError;

/// Bytes of an identifier: as many as the identity of a request may have.
const IDENTIFIER_BYTES: RangeInclusive<usize> = 1..=512;
/// Characters of a key: those of the contract's `read-custom-data`.
const KEY_CHARACTERS: RangeInclusive<usize> = 1..=999;
/// Characters of the mode of a link.
const MODE_CHARACTERS: RangeInclusive<usize> = 1..=64;
/// Bytes of one value.
const VALUE_BYTES: usize = 64 << 10;

/// Says why user data was not kept. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UserDataError {
    /// The identifier of a user cannot be that of any. The caller's move.
    #[error(
        "user identifier: expected 1 to {} bytes without control characters, found {found}; the caller has to correct \
         it",
        IDENTIFIER_BYTES.end()
    )]
    Identifier {
        /// What is wrong with it.
        found: String,
    },
    /// The key is empty or too long. The caller's move.
    #[error(
        "custom data key: expected 1 to {} characters, found {characters}; the caller has to choose another",
        KEY_CHARACTERS.end()
    )]
    Key {
        /// How many characters it has.
        characters: usize,
    },
    /// The mode of a link is empty or too long. The caller's move.
    #[error(
        "link mode: expected 1 to {} characters, found {characters}; the caller has to choose another",
        MODE_CHARACTERS.end()
    )]
    Mode {
        /// How many characters it has.
        characters: usize,
    },
    /// A key or a mode has a character that not every database can keep. The caller's move.
    #[error("{what}: expected text without the character NUL; the caller has to choose another")]
    Nul {
        /// What has it: `custom data key` or `link mode`.
        what: &'static str,
    },
    /// The value is not JSON. The caller's move.
    #[error("custom data value: expected JSON text; the caller has to correct it")]
    NotJson {
        /// Where it stops being JSON.
        source: serde_json::Error,
    },
    /// The value is too large. The caller's move.
    #[error("{what}: expected at most {VALUE_BYTES} bytes of JSON, found {bytes}; the caller has to keep less")]
    TooLarge {
        /// What is too large: `custom data value`, `product ids`, …
        what: &'static str,
        /// How many bytes it has.
        bytes: usize,
    },
    /// The database failed. The operator's move.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Accepts a user whom a request could be from.
pub(crate) fn user(user: &User) -> Result<(), UserDataError> {
    let bytes = user.identifier.len();
    if !IDENTIFIER_BYTES.contains(&bytes) {
        return Err(UserDataError::Identifier { found: format!("{bytes} bytes") });
    }
    if user.identifier.chars().any(char::is_control) {
        return Err(UserDataError::Identifier { found: "a control character".to_owned() });
    }
    Ok(())
}

/// Accepts a key that a workflow could ask for.
pub(super) fn key(key: &str) -> Result<(), UserDataError> {
    match key.chars().count() {
        _ if key.contains('\0') => Err(UserDataError::Nul { what: "custom data key" }),
        characters if KEY_CHARACTERS.contains(&characters) => Ok(()),
        characters => Err(UserDataError::Key { characters }),
    }
}

/// Accepts the mode of a link.
pub(super) fn mode(mode: &str) -> Result<(), UserDataError> {
    match mode.chars().count() {
        _ if mode.contains('\0') => Err(UserDataError::Nul { what: "link mode" }),
        characters if MODE_CHARACTERS.contains(&characters) => Ok(()),
        characters => Err(UserDataError::Mode { characters }),
    }
}

/// Accepts JSON text that every reader can read. It is parsed in full: skipping over it would let through numbers and
/// escapes that have no value.
pub(super) fn json(text: &str) -> Result<(), UserDataError> {
    small("custom data value", text)?;
    serde_json::from_str::<Value>(text).map(drop).map_err(|source| UserDataError::NotJson { source })
}

/// Returns a list as it is stored.
pub(super) fn list(what: &'static str, list: &[String]) -> Result<String, UserDataError> {
    let text = Value::from(list).to_string();
    small(what, &text)?;
    Ok(text)
}

fn small(what: &'static str, text: &str) -> Result<(), UserDataError> {
    match text.len() {
        bytes if bytes <= VALUE_BYTES => Ok(()),
        bytes => Err(UserDataError::TooLarge { what, bytes }),
    }
}

#[cfg(test)]
mod tests {
    use usher_host::UserType;

    use super::{User, UserDataError, VALUE_BYTES, json, key, mode, user};

    #[track_caller]
    fn check(checked: Result<(), UserDataError>, accepted: bool) {
        assert_eq!(checked.err().is_none(), accepted);
    }

    fn named(identifier: impl Into<String>) -> User {
        User { identifier: identifier.into(), user_type: UserType::Anonymous }
    }

    #[test]
    fn a_key_has_1_to_999_characters() {
        check(key(""), false);
        check(key("é"), true);
        check(key(&"é".repeat(999)), true);
        check(key(&"é".repeat(1000)), false);
        check(key("a\0b"), false);
    }

    #[test]
    fn an_identifier_has_1_to_512_bytes() {
        check(user(&named("")), false);
        check(user(&named("a".repeat(512))), true);
        check(user(&named("a".repeat(513))), false);
        check(user(&named("a\nb")), false);
    }

    #[test]
    fn a_mode_has_1_to_64_characters() {
        check(mode(""), false);
        check(mode(&"m".repeat(64)), true);
        check(mode(&"m".repeat(65)), false);
        check(mode("a\0b"), false);
    }

    #[test]
    fn a_value_is_json() {
        check(json(r#"{"a": [1, null, "é"]}"#), true);
        check(json("7"), true);
        check(json(""), false);
        check(json("{'a': 1}"), false);
        check(json("1 2"), false);
        check(json("1e999"), false);
        check(json(r#""\ud800""#), false);
        check(json(&"[".repeat(1000)), false);
    }

    #[test]
    fn a_value_has_at_most_64_kibibytes() {
        let text = |bytes: usize| format!("\"{}\"", "a".repeat(bytes - 2));
        check(json(&text(VALUE_BYTES)), true);
        check(json(&text(VALUE_BYTES + 1)), false);
    }
}
