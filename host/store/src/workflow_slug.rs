//! Slugs: what workflows are called.

use std::fmt;
use std::str::FromStr;

/// The longest slug, in characters.
const LONGEST: usize = 64;

/// Names a workflow: 1 to 64 ASCII letters, digits, `-` or `_`, the first a letter or digit.
///
/// ```
/// use usher_store::WorkflowSlug;
///
/// let slug: WorkflowSlug = "summer-trial_2".parse()?;
/// assert_eq!(slug.as_str(), "summer-trial_2");
/// assert!("-trial".parse::<WorkflowSlug>().is_err());
/// # Ok::<(), usher_store::InvalidSlug>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WorkflowSlug(String);

/// Says why a text is not a workflow's slug. The caller's move.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "workflow slug: expected 1 to {LONGEST} ASCII letters, digits, `-` or `_`, the first a letter or digit; found \
     {found}; the caller has to choose another"
)]
pub struct InvalidSlug {
    found: String,
}

impl WorkflowSlug {
    /// Returns the slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WorkflowSlug {
    type Err = InvalidSlug;

    fn from_str(text: &str) -> Result<Self, InvalidSlug> {
        // A hostile text is not repeated at full length.
        if text.len() > LONGEST {
            return Err(InvalidSlug { found: format!("{} bytes", text.len()) });
        }
        let is_slug = text.starts_with(|first: char| first.is_ascii_alphanumeric())
            && text.chars().all(|char| char.is_ascii_alphanumeric() || char == '-' || char == '_');
        if !is_slug {
            return Err(InvalidSlug { found: format!("`{}`", text.escape_debug()) });
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for WorkflowSlug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, WorkflowSlug};

    #[track_caller]
    fn check(text: &str, is_slug: bool) {
        assert_eq!(text.parse::<WorkflowSlug>().is_ok(), is_slug, "{text}");
    }

    #[test]
    fn a_slug_has_letters_digits_and_two_signs() {
        check("a", true);
        check("7-Days_trial", true);
        check("", false);
        check("-a", false);
        check("_a", false);
        check("a b", false);
        check("a/b", false);
        check("é", false);
    }

    #[test]
    fn a_slug_has_at_most_64_characters() {
        check(&"a".repeat(LONGEST), true);
        check(&"a".repeat(LONGEST + 1), false);
    }
}
