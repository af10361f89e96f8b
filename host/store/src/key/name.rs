//! Names of keys, for the people who keep them apart.

use std::str::FromStr;

/// Characters of a name.
const CHARACTERS: std::ops::RangeInclusive<usize> = 1..=64;

/// Says what a key is for, in the operator's words. Two keys may have the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyName(String);

/// Says that a text cannot be the name of a key. The caller's move.
#[derive(Debug, thiserror::Error)]
#[error(
    "key name: expected 1 to {} characters, none of them a control character, found {found}; the caller has to choose \
     another", CHARACTERS.end()
)]
#[non_exhaustive]
pub struct InvalidKeyName {
    found: String,
}

impl KeyName {
    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn from_stored(name: String) -> Self {
        Self(name)
    }
}

impl FromStr for KeyName {
    type Err = InvalidKeyName;

    fn from_str(name: &str) -> Result<Self, InvalidKeyName> {
        let characters = name.chars().count();
        if !CHARACTERS.contains(&characters) {
            return Err(InvalidKeyName { found: format!("{characters} characters") });
        }
        if name.chars().any(char::is_control) {
            return Err(InvalidKeyName { found: "a control character".to_owned() });
        }
        Ok(Self(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_1_to_64_characters() {
        for (name, good) in
            [("", false), ("é", true), (&*"é".repeat(64), true), (&*"é".repeat(65), false), ("a\nb", false)]
        {
            assert_eq!(name.parse::<KeyName>().is_ok(), good, "{name:?}");
        }
    }
}
