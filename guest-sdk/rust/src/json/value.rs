//! The values of a text, and what is in them.

use std::marker::PhantomData;
use std::ops::Range;

use super::{Json, Node};

/// A value that is being read, where `E` is what becomes of the reason when it does not fit.
pub(super) struct Value<'de, E> {
    json: &'de Json,
    text: &'de str,
    /// Which of the nodes it is.
    place: usize,
    /// Names the type, and nothing else.
    error: PhantomData<E>,
}

/// What a value is.
pub(super) enum Kind<'de, E> {
    Null,
    Bool(bool),
    Number(&'de str),
    Text(&'de str),
    Array(Within<'de, E>),
    Object(Within<'de, E>),
}

impl<'de, E> Value<'de, E> {
    /// The whole of a text.
    pub(super) const fn of(json: &'de Json, text: &'de str) -> Self {
        Self { json, text, place: 0, error: PhantomData }
    }

    /// The member of this name, if this is an object and has one.
    pub(super) fn member(self, name: &str) -> Option<Self> {
        let Some(Node::Object(end)) = self.json.nodes.get(self.place) else { return None };
        let (mut key, mut found) = (self.place + 1, None);
        while key < *end {
            let value = Self { place: key + 1, ..self };
            key = value.end();
            if self.says(value.place - 1, name) {
                found = Some(value);
            }
        }
        found
    }

    /// Whether a node is this text. Most differ in length already.
    fn says(&self, place: usize, name: &str) -> bool {
        let (text, range) = match self.json.nodes.get(place) {
            Some(Node::Text(range)) => (self.text, range),
            Some(Node::Unescaped(range)) => (&*self.json.unescaped, range),
            _ => return false,
        };
        range.len() == name.len() && text.as_bytes().get(range.clone()) == Some(name.as_bytes())
    }

    pub(super) fn kind(&self) -> Kind<'de, E> {
        let within = |end: usize| Within { value: Self { place: self.place + 1, ..*self }, end };
        match self.json.nodes.get(self.place) {
            None | Some(Node::Null) => Kind::Null,
            Some(Node::Bool(value)) => Kind::Bool(*value),
            Some(Node::Number(digits)) => Kind::Number(part(self.text, digits)),
            Some(Node::Text(text)) => Kind::Text(part(self.text, text)),
            Some(Node::Unescaped(text)) => Kind::Text(part(&self.json.unescaped, text)),
            Some(Node::Array(end)) => Kind::Array(within(*end)),
            Some(Node::Object(end)) => Kind::Object(within(*end)),
        }
    }

    /// The node after this value and all that is in it.
    fn end(&self) -> usize {
        match self.json.nodes.get(self.place) {
            Some(Node::Array(end) | Node::Object(end)) => *end,
            _ => self.place + 1,
        }
    }
}

/// Part of a text. The parser took it between two characters.
fn part<'a>(text: &'a str, range: &Range<usize>) -> &'a str {
    text.get(range.clone()).unwrap_or_default()
}

/// The values in another one that are still to be read.
pub(super) struct Within<'de, E> {
    /// The next of them, if it is before the end.
    value: Value<'de, E>,
    end: usize,
}

impl<'de, E> Iterator for Within<'de, E> {
    type Item = Value<'de, E>;

    fn next(&mut self) -> Option<Self::Item> {
        let value = Value { ..self.value };
        self.value.place = value.end();
        (value.place < self.end).then_some(value)
    }
}

/// The members of an object that are still to be read.
pub(super) struct Members<'de, E>(pub(super) Within<'de, E>);

impl<'de, E> Members<'de, E> {
    /// Whether there is one, and no other.
    pub(super) fn is_one(&self) -> bool {
        let value = Value { place: self.0.value.place + 1, ..self.0.value };
        value.end() == self.0.end
    }
}

impl<'de, E> Iterator for Members<'de, E> {
    type Item = (&'de str, Value<'de, E>);

    fn next(&mut self) -> Option<Self::Item> {
        let (name, value) = (self.0.next()?, self.0.next()?);
        match name.kind() {
            Kind::Text(name) => Some((name, value)),
            _ => None,
        }
    }
}
