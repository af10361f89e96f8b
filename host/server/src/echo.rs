//! Echoes: a caller's own words in a message or in the log, as far as they help and no further.

use std::fmt;

/// Characters that are repeated of what a caller sent.
const ECHO_CHARS: usize = 64;
/// Characters of a whole message, for those in which another crate quotes the caller.
const MESSAGE_CHARS: usize = 1_000;

/// Shows the beginning of what a caller sent, on one line.
pub(crate) struct Echo<'a>(pub(crate) &'a str);

impl fmt::Display for Echo<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // As most are.
        if self.0.len() <= ECHO_CHARS && self.0.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return f.write_str(self.0);
        }
        let (beginning, rest) = split(self.0, ECHO_CHARS);
        write!(f, "{}{}", beginning.escape_debug(), if rest.is_empty() { "" } else { "…" })
    }
}

/// A message that is short, whatever it quotes.
pub(crate) fn message(text: String) -> String {
    match split(&text, MESSAGE_CHARS) {
        (_, "") => text,
        (beginning, _) => format!("{beginning}…"),
    }
}

fn split(text: &str, chars: usize) -> (&str, &str) {
    let end = text.char_indices().nth(chars).map_or(text.len(), |(end, _)| end);
    text.split_at_checked(end).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(chars: usize, cut: impl Fn(&str) -> String) {
        let whole = "ü".repeat(chars);
        assert_eq!(cut(&whole), whole);
        assert_eq!(cut(&format!("{whole}ü")), format!("{whole}…"));
    }

    #[test]
    fn what_is_too_long_is_cut_between_two_characters() {
        check(64, |text| Echo(text).to_string());
        check(1_000, |text| message(text.to_owned()));
    }

    #[test]
    fn an_echo_is_on_one_line() {
        assert_eq!(Echo("a\nb\u{1b}").to_string(), "a\\nb\\u{1b}");
    }
}
