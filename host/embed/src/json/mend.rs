//! Mending: texts that JSON's grammar allows, that programs do write, and that no value of ours can hold.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde_json::Value;

/// Bytes of an escape such as `\ud83d`.
const ESCAPE: usize = 6;
/// The character that stands for what is none.
const REPLACEMENT: &[u8] = br"\ufffd";
const NULL: &[u8] = b"null";

/// What becomes of numbers that are out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Numbers {
    /// They become `null`.
    Dropped,
    /// They stay, and are refused.
    Kept,
}

/// The same text, in which half of a surrogate pair has become U+FFFD: it is what JavaScript writes of a string that was
/// cut between the halves.
pub(super) fn mended(text: &[u8], numbers: Numbers) -> Cow<'_, [u8]> {
    let (mut mended, mut copied, mut at, mut in_string) = (Vec::new(), 0, 0, false);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (length, replacement) = match rest {
            [b'"', ..] => {
                in_string = !in_string;
                (1, None)
            }
            [b'\\', b'u', ..] if in_string => escape(rest),
            [b'\\', ..] if in_string => (2, None),
            [b'-' | b'0'..=b'9', ..] if !in_string => number(rest, numbers),
            _ => (1, None),
        };
        if let Some(replacement) = replacement {
            mended.extend_from_slice(text.get(copied..at).unwrap_or_default());
            mended.extend_from_slice(replacement);
            copied = at + length;
        }
        at += length;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    mended.extend_from_slice(text.get(copied..).unwrap_or_default());
    Cow::Owned(mended)
}

/// The length of an escape that a text begins with, both halves of a pair together, and what to put in its place.
fn escape(text: &[u8]) -> (usize, Option<&'static [u8]>) {
    let next = || text.get(ESCAPE..).and_then(code_unit);
    match code_unit(text) {
        None => (2, None),
        Some(0xD800..=0xDBFF) if matches!(next(), Some(0xDC00..=0xDFFF)) => (2 * ESCAPE, None),
        Some(0xD800..=0xDFFF) => (ESCAPE, Some(REPLACEMENT)),
        Some(_) => (ESCAPE, None),
    }
}

/// The code unit whose escape a text begins with.
fn code_unit(text: &[u8]) -> Option<u16> {
    let digits =
        text.strip_prefix(br"\u")?.get(..ESCAPE - 2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
    u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}

/// The length of a number that a text begins with, and what to put in its place.
fn number(text: &[u8], numbers: Numbers) -> (usize, Option<&'static [u8]>) {
    let belongs = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    let length = text.iter().take_while(belongs).count();
    let number = text.get(..length).unwrap_or_default();
    // What is ignored is held to the grammar, and to nothing else.
    let is_out_of_range =
        || serde_json::from_slice::<Value>(number).is_err() && serde_json::from_slice::<IgnoredAny>(number).is_ok();
    (length, (numbers == Numbers::Dropped && is_out_of_range()).then_some(NULL))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mended = mended(text.as_bytes(), Numbers::Dropped);
        assert_eq!(str::from_utf8(&mended), Ok(expected));
        assert_eq!(matches!(mended, Cow::Borrowed(_)), text == expected, "{text}");
    }

    #[test]
    fn half_of_a_pair_is_replaced_and_a_whole_one_is_not() {
        for (text, expected) in [
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#"{"\uDC00a": "\ud83d\u0041"}"#, r#"{"\ufffda": "\ufffd\u0041"}"#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#),
            (r#""\ud83d\ude00\u00e9\n""#, r#""\ud83d\ude00\u00e9\n""#),
            // The backslash is one that is meant.
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\ud83d""#, r#""\\\ufffd""#),
            (r#""\"\ud83d""#, r#""\"\ufffd""#),
            // Not for this to put right.
            (r#""\ud8""#, r#""\ud8""#),
            (r#""\u+d83""#, r#""\u+d83""#),
            (r"\ud83d", r"\ud83d"),
            (r#""\"#, r#""\"#),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn a_number_out_of_range_becomes_null() {
        for (text, expected) in [
            ("1e400", "null"),
            (r#"{"a": -1e400, "b": [1E+999,2]}"#, r#"{"a": null, "b": [null,2]}"#),
            (r#"{"1e400": "1e400"}"#, r#"{"1e400": "1e400"}"#),
            (
                "[1e308, 1e-400, 123456789012345678901234567890, -0]",
                "[1e308, 1e-400, 123456789012345678901234567890, -0]",
            ),
            // No JSON before, none afterwards.
            ("01e400", "01e400"),
            ("1e400.5", "1e400.5"),
            ("-", "-"),
        ] {
            check(text, expected);
        }
        assert_eq!(&*mended(b"1e400", Numbers::Kept), b"1e400");
    }
}
