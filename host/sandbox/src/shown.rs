//! Words of whoever made a module, made fit to be shown to people: bounded, and nothing that a terminal or a log file obeys.

use std::fmt::{Result, Write};

/// What stands for a character that is not shown.
const HIDDEN: char = char::REPLACEMENT_CHARACTER;
/// What stands for the rest of a text that is too long.
const REST: char = '…';

/// Text that is cut when it is too long, and then takes no more.
#[derive(Debug)]
pub(crate) struct Shown {
    text: String,
    most: usize,
    breaks: bool,
    is_full: bool,
}

impl Shown {
    /// One line, of at most this many bytes and a mark where it was cut.
    pub(crate) fn line(most: usize) -> Self {
        Self { text: String::new(), most, breaks: false, is_full: false }
    }

    /// The same, in which line breaks stay what they are.
    pub(crate) fn lines(most: usize) -> Self {
        Self { breaks: true, ..Self::line(most) }
    }

    /// The text with this after it.
    pub(crate) fn with(mut self, text: &str) -> String {
        match self.write_str(text) {
            // Full is full: what does not fit is marked already.
            Ok(()) | Err(_) => self.text,
        }
    }

    fn shown(&self, letter: char) -> char {
        match letter {
            '\n' if self.breaks => letter,
            '\n' | '\r' | '\t' => ' ',
            // What hides letters, or turns the direction of those that follow.
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => HIDDEN,
            _ if letter.is_control() => HIDDEN,
            _ => letter,
        }
    }
}

impl Write for Shown {
    fn write_str(&mut self, text: &str) -> Result {
        for letter in text.chars() {
            let letter = self.shown(letter);
            if self.is_full {
                return Err(std::fmt::Error);
            }
            if self.text.len().saturating_add(letter.len_utf8()) > self.most {
                self.is_full = true;
                self.text.push(REST);
                return Err(std::fmt::Error);
            }
            self.text.push(letter);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_of_letters() {
        assert_eq!(Shown::line(99).with("no `tier`\r\nfor you\t"), "no `tier`  for you ");
        assert_eq!(Shown::line(99).with("a\u{1b}[2J\0\u{202e}b\u{200b}é"), "a\u{fffd}[2J\u{fffd}\u{fffd}b\u{fffd}é");
        assert_eq!(Shown::lines(99).with("a\nb\r"), "a\nb ");
    }

    #[test]
    fn what_is_too_long_is_cut_between_letters() {
        assert_eq!(Shown::line(3).with("abc"), "abc");
        assert_eq!(Shown::line(3).with("abcd"), "abc…");
        assert_eq!(Shown::line(2).with("aé"), "a…");
        assert_eq!(Shown::line(3).with("aé"), "aé");
    }
}
