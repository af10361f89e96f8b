//! Texts of a release that people read, and what they may consist of.

/// The longest slug or environment, in characters. The store's slugs have the same rule.
const LONGEST_NAME: usize = 64;
/// The longest author or note, in bytes.
const LONGEST_REMARK: usize = 1 << 10;

/// Holds a name of a workflow or an environment to its rule, or says what was expected and found.
pub(crate) fn check_name(text: &str) -> Result<(), String> {
    let is_name = text.len() <= LONGEST_NAME
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text.chars().all(|char| char.is_ascii_alphanumeric() || char == '-' || char == '_');
    is_name.then_some(()).ok_or_else(|| {
        format!(
            "expected 1 to {LONGEST_NAME} ASCII letters, digits, `-` or `_`, the first a letter or digit; found {}",
            found(text)
        )
    })
}

/// Holds a text that is shown on terminals and in logs to one short line.
pub(crate) fn check_remark(text: &str) -> Result<(), String> {
    let is_remark = text.len() <= LONGEST_REMARK && !text.chars().any(char::is_control);
    is_remark.then_some(()).ok_or_else(|| {
        format!("expected one line of at most {LONGEST_REMARK} bytes without control characters; found {}", found(text))
    })
}

/// What was found, never at a hostile length.
fn found(text: &str) -> String {
    if text.len() > LONGEST_NAME { format!("{} bytes", text.len()) } else { format!("`{}`", text.escape_debug()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        for name in ["a", "7-Days_trial", &"a".repeat(LONGEST_NAME)] {
            check_name(name).unwrap();
        }
        for other in ["", "-a", "_a", "a b", "a/b", "..", "é", &"a".repeat(LONGEST_NAME + 1)] {
            check_name(other).unwrap_err();
        }
    }

    #[test]
    fn a_remark_is_one_short_line() {
        check_remark("Summer trial — ärgerlich, but long").unwrap();
        check_remark(&"a".repeat(LONGEST_REMARK)).unwrap();
        check_remark(&"a".repeat(LONGEST_REMARK + 1)).unwrap_err();
        assert_eq!(
            check_remark("\u{1b}[2J").unwrap_err(),
            "expected one line of at most 1024 bytes without control characters; found `\\u{1b}[2J`"
        );
    }
}
