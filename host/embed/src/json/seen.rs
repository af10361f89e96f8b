//! Seen: a value as far as somebody may want to look at it. Its texts are borrowed from where they were read, its objects are not
//! indexed, and its lists are read and forgotten: most of what edges send is looked at once or not at all.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;

/// A value. It can be read wherever a [`serde_json::Value`] can, and cannot wherever that cannot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Seen<'t> {
    Text(Cow<'t, str>),
    Number(Number),
    Flag(bool),
    Object(Members<'t>),
    /// Null, or a list.
    Other,
}

/// The members of an object, as they stand there.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Members<'t>(Vec<(Cow<'t, str>, Seen<'t>)>);

impl<'t> Members<'t> {
    /// The member of this name; the last, where there are several.
    pub(crate) fn get(&self, name: &str) -> Option<&Seen<'t>> {
        self.0.iter().rev().find(|(of, _)| of == name).map(|(_, value)| value)
    }

    /// All of them, names that come again among them.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &Seen<'t>)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }
}

impl<'t> Seen<'t> {
    pub(crate) fn as_object(&self) -> Option<&Members<'t>> {
        if let Self::Object(members) = self { Some(members) } else { None }
    }

    pub(crate) fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        if let Self::Flag(flag) = self { Some(*flag) } else { None }
    }
}

impl<'de: 't, 't> Deserialize<'de> for Seen<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Anything)
    }
}

struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = Seen<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_unit<E>(self) -> Result<Seen<'de>, E> {
        Ok(Seen::Other)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Seen<'de>, E> {
        Ok(Seen::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Seen<'de>, E> {
        Ok(Seen::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Seen<'de>, E> {
        Ok(Seen::Number(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Seen<'de>, E> {
        Ok(Number::from_f64(number).map_or(Seen::Other, Seen::Number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Seen<'de>, E> {
        Ok(Seen::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Seen<'de>, E> {
        Ok(Seen::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Seen<'de>, A::Error> {
        while items.next_element::<Seen<'de>>()?.is_some() {}
        Ok(Seen::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Seen<'de>, A::Error> {
        let mut object = Vec::new();
        while let Some(Name(name)) = members.next_key()? {
            object.push((name, members.next_value()?));
        }
        Ok(Seen::Object(Members(object)))
    }
}

/// The name of a member.
struct Name<'t>(Cow<'t, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(AnyName)
    }
}

struct AnyName;

impl<'de> Visitor<'de> for AnyName {
    type Value = Name<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Name<'de>, E> {
        Ok(Name(Cow::Owned(text.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// The same value, from what was seen of it.
    fn agrees(seen: &Seen<'_>, value: &Value) -> bool {
        match (seen, value) {
            (Seen::Text(seen), Value::String(text)) => seen == text,
            (Seen::Number(seen), Value::Number(number)) => seen == number,
            (Seen::Flag(seen), Value::Bool(flag)) => seen == flag,
            (Seen::Other, Value::Null | Value::Array(_)) => true,
            (Seen::Object(members), Value::Object(object)) => {
                object.iter().all(|(name, value)| members.get(name).is_some_and(|seen| agrees(seen, value)))
            }
            _ => false,
        }
    }

    #[test]
    fn what_is_seen_is_what_a_value_would_be() {
        let deep = |depth: usize| format!(r#"{{"a": {}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        for text in [
            r#"{"a": "b", "c\n": "d\u00e9", "n": -7, "f": 1.5, "t": true, "z": null, "l": [1, {"a": "x"}], "o": {"a": {}}}"#,
            r#"{"a": 1, "b": 2, "a": 3}"#,
            r#"{"a": 18446744073709551615, "b": 123456789012345678901234567890, "c": -0, "d": 1e-400}"#,
            r#"{"a": 1e400}"#,
            r#"{"a": [1e400]}"#,
            r#"{"a": "\ud83d"}"#,
            r#"{"a": ["\ud83d"]}"#,
            r#"{"\ud83d": 1}"#,
            r#"{"a": 01}"#,
            r#"{"a": [1,]}"#,
            "",
            "[]",
            &deep(120),
            &deep(200),
        ] {
            let (seen, value) = (serde_json::from_str::<Seen<'_>>(text), serde_json::from_str::<Value>(text));
            match (seen, value) {
                (Ok(seen), Ok(value)) => assert!(agrees(&seen, &value), "{text}"),
                (seen, value) => {
                    let reasons = (seen.map_err(|error| error.to_string()), value.map_err(|error| error.to_string()));
                    assert!(matches!(&reasons, (Err(seen), Err(value)) if seen == value), "{reasons:?} {text}");
                }
            }
        }
    }

    #[test]
    fn texts_are_borrowed_unless_they_are_written_otherwise() {
        let seen: Seen<'_> = serde_json::from_str(r#"{"a": "b", "c": "\n"}"#).unwrap();
        let members = seen.as_object().unwrap();
        assert!(matches!(members.get("a"), Some(Seen::Text(Cow::Borrowed("b")))));
        assert!(matches!(members.get("c"), Some(Seen::Text(Cow::Owned(text))) if text == "\n"));
    }
}
