//! Which release somebody means, and what they say about it.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use usher_store::{InvalidDigest, ModuleDigest, Target};
use utoipa::ToSchema;

use crate::echo::Echo;
use crate::whole::Whole;

/// Characters that a note may have.
const NOTE_CHARS: usize = 500;

/// A release, or the draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    Draft,
    Release(u64),
}

/// The same in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(untagged)]
pub(in crate::admin) enum WhichView {
    Release(Whole),
    Draft(Draft),
}

/// The word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::admin) enum Draft {
    Draft,
}

/// Why what is said of a release is not understood, or names nothing. The caller's move.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WhichError {
    #[error("release: expected a number or `draft`, found `{}`; the caller has to correct it", Echo(text))]
    Malformed { text: String },
    #[error(
        "note: expected 1 to {NOTE_CHARS} characters without control characters; the caller has to choose other words"
    )]
    Note,
    #[error(transparent)]
    Digest(InvalidDigest),
    #[error(
        "module `{digest}`: expected one that the draft or a release uses, found none; the caller has to look at the release again"
    )]
    UnknownModule { digest: ModuleDigest },
}

impl FromStr for Which {
    type Err = WhichError;

    fn from_str(text: &str) -> Result<Self, WhichError> {
        match text {
            "draft" => Ok(Self::Draft),
            number => {
                number.parse().map(Self::Release).map_err(|_no_number| WhichError::Malformed { text: text.to_owned() })
            }
        }
    }
}

impl From<WhichView> for Target {
    fn from(which: WhichView) -> Self {
        match which {
            WhichView::Draft(Draft::Draft) => Self::Draft,
            WhichView::Release(Whole(number)) => Self::Release(number),
        }
    }
}

impl From<Target> for WhichView {
    fn from(target: Target) -> Self {
        target.release().map_or(Self::Draft(Draft::Draft), |number| Self::Release(Whole(number)))
    }
}

/// A note, if it is one that can be kept.
pub(in crate::admin) fn note(note: Option<String>) -> Result<Option<String>, WhichError> {
    let is_fine = |note: &str| (1..=NOTE_CHARS).contains(&note.chars().count()) && !note.chars().any(char::is_control);
    match note {
        Some(note) if !is_fine(&note) => Err(WhichError::Note),
        note => Ok(note),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_a_number_or_the_draft() {
        assert_eq!("draft".parse::<Which>().unwrap(), Which::Draft);
        assert_eq!("0".parse::<Which>().unwrap(), Which::Release(0));
        for text in ["", "Draft", "-1", "1.0", "18446744073709551616"] {
            assert!(matches!(text.parse::<Which>(), Err(WhichError::Malformed { .. })), "{text}");
        }
    }

    #[test]
    fn a_note_has_1_to_500_characters() {
        let of = |chars: usize| note(Some("é".repeat(chars)));
        assert!(of(0).is_err() && of(1).is_ok() && of(500).is_ok() && of(501).is_err());
        assert!(note(Some("two\nlines".to_owned())).is_err());
        assert_eq!(note(None).unwrap(), None);
    }
}
