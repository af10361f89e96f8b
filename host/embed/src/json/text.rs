//! Text: JSON that is put together of what was known before, which is copied as it is, and of values in between.

use std::fmt::{self, Display, Write};

use serde::Serialize;

/// JSON that grows. Whoever writes keeps it JSON.
#[derive(Debug, Default)]
pub(crate) struct JsonText(Vec<u8>);

impl JsonText {
    /// With room for so many bytes, so that it is not moved while it grows.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    /// Copies what is JSON already, or a part of it.
    pub(crate) fn raw(&mut self, json: &str) -> &mut Self {
        self.0.extend_from_slice(json.as_bytes());
        self
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.raw("\"");
        self.escaped(text);
        self.raw("\"")
    }

    /// Writes something as the text that it is shown as.
    pub(crate) fn shown(&mut self, value: impl Display) -> &mut Self {
        self.raw("\"");
        // Nothing can go wrong where memory is all that is written to.
        let _impossible = write!(Escaped(self), "{value}");
        self.raw("\"")
    }

    pub(crate) fn flag(&mut self, flag: bool) -> &mut Self {
        self.raw(if flag { "true" } else { "false" })
    }

    /// Writes any value whose keys are texts.
    pub(crate) fn value(&mut self, value: &(impl Serialize + ?Sized)) -> &mut Self {
        // Such a value has a text, and memory takes it.
        let _impossible = serde_json::to_writer(&mut self.0, value);
        self
    }

    /// Writes an array.
    pub(crate) fn list<T>(&mut self, items: impl IntoIterator<Item = T>, write: impl FnMut(&mut Self, T)) -> &mut Self {
        self.raw("[").separated(items, write).raw("]")
    }

    /// Writes an object, each member of which is written with its name.
    pub(crate) fn members<T>(
        &mut self,
        members: impl IntoIterator<Item = T>,
        write: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        self.raw("{").separated(members, write).raw("}")
    }

    fn separated<T>(&mut self, parts: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Self, T)) -> &mut Self {
        for (position, part) in parts.into_iter().enumerate() {
            if position > 0 {
                self.raw(",");
            }
            write(self, part);
        }
        self
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn into_text(self) -> String {
        // Everything that is written is.
        String::from_utf8(self.0).unwrap_or_default()
    }

    /// What stands between the quotes of a text.
    fn escaped(&mut self, text: &str) {
        // Hardly any text has something to escape. All of it is looked at, which is quicker than to stop at the first.
        let is_plain = text.bytes().fold(true, |plain, byte| plain & (byte >= b' ' && byte != b'"' && byte != b'\\'));
        if is_plain {
            self.raw(text);
            return;
        }
        let quoted = serde_json::to_string(text).unwrap_or_default();
        self.raw(quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default());
    }
}

/// Escapes what is written to it.
struct Escaped<'a>(&'a mut JsonText);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.escaped(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_escaped_as_everywhere() {
        for text in ["", "plain", "é😀\u{7f}\u{2028}", "\"", "\\", "a\"b\\c", "\n\t\u{0}\u{1f}\u{8}\u{c}\r", "/'<>&"]
        {
            let expected = serde_json::to_string(text).unwrap();
            let mut json = JsonText::default();
            json.text(text).shown(text).value(text);
            assert_eq!(String::from_utf8(json.into_bytes()).unwrap(), expected.repeat(3));
        }
    }

    #[test]
    fn a_list_has_commas_between_its_items() {
        for (items, expected) in [(&[][..], "[]"), (&[true], "[true]"), (&[true, false], "[true,false]")] {
            let mut json = JsonText::default();
            json.list(items, |json, item| {
                json.flag(*item);
            });
            assert_eq!(json.into_bytes(), expected.as_bytes());
        }
    }
}
