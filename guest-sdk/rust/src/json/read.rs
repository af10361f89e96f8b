//! From a value to the author's types.
//!
//! Every method below answers for one kind of type and looks at one kind of value, so that a workflow links no more
//! than it asks for; only `deserialize_any` knows them all.

use std::fmt::{self, Display};

use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error, Expected, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use super::value::{Kind, Members, Value, Within};

impl<'de, E: Error> Value<'de, E> {
    fn mismatch(&self, expected: &dyn Expected) -> E {
        let unexpected = match self.kind() {
            Kind::Null => Unexpected::Unit,
            Kind::Bool(value) => Unexpected::Bool(value),
            Kind::Number(digits) => Unexpected::Other(digits),
            Kind::Text(text) => Unexpected::Str(text),
            Kind::Array(_) => Unexpected::Seq,
            Kind::Object(_) => Unexpected::Map,
        };
        E::invalid_type(unexpected, expected)
    }

    fn array<V: Visitor<'de>>(items: Within<'de, E>, visitor: V) -> Result<V::Value, E> {
        let mut items = SeqDeserializer::new(items);
        let value = visitor.visit_seq(&mut items)?;
        items.end()?;
        Ok(value)
    }

    fn object<V: Visitor<'de>>(within: Within<'de, E>, visitor: V) -> Result<V::Value, E> {
        let mut members = Self::members(Members(within));
        let value = visitor.visit_map(&mut members)?;
        members.end()?;
        Ok(value)
    }

    fn members(
        members: Members<'de, E>,
    ) -> MapDeserializer<'de, impl Iterator<Item = (BorrowedStrDeserializer<'de, E>, Self)>, E> {
        MapDeserializer::new(members.map(|(name, value)| (BorrowedStrDeserializer::new(name), value)))
    }
}

/// Reads numbers of one family of types, all of which their visitors narrow from the widest.
macro_rules! read_numbers {
    ($($method:ident)* => $visit:ident) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
            match self.kind() {
                Kind::Number(digits) => match digits.parse() {
                    Ok(number) => visitor.$visit(number),
                    Err(_) => Err(self.mismatch(&visitor)),
                },
                _ => Err(self.mismatch(&visitor)),
            }
        }
    )*};
}

impl<'de, E: Error> Deserializer<'de> for Value<'de, E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.kind() {
            Kind::Null => visitor.visit_unit(),
            Kind::Bool(value) => visitor.visit_bool(value),
            Kind::Number(digits) => {
                if let Ok(number) = digits.parse() {
                    visitor.visit_u64(number)
                // `-0` is no integer: none has its sign.
                } else if let Some(number) = digits.parse().ok().filter(|number| *number != 0) {
                    visitor.visit_i64(number)
                } else {
                    self.deserialize_f64(visitor)
                }
            }
            Kind::Text(text) => visitor.visit_borrowed_str(text),
            Kind::Array(items) => Self::array(items, visitor),
            Kind::Object(members) => Self::object(members, visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.kind() {
            Kind::Bool(value) => visitor.visit_bool(value),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    read_numbers!(deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 => visit_i64);
    read_numbers!(deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 => visit_u64);
    read_numbers!(deserialize_i128 => visit_i128);
    read_numbers!(deserialize_u128 => visit_u128);

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        let number = match self.kind() {
            Kind::Number(digits) => digits.parse::<f64>().ok(),
            _ => None,
        };
        // What is too large is read as infinity, which nobody can have written.
        match number.filter(|number| number.is_finite()) {
            Some(number) => visitor.visit_f64(number),
            None => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.kind() {
            Kind::Text(text) => visitor.visit_borrowed_str(text),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        self.deserialize_str(visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.kind() {
            Kind::Null => visitor.visit_unit(),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, E> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.kind() {
            Kind::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, E> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.kind() {
            Kind::Array(items) => Self::array(items, visitor),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _length: usize, visitor: V) -> Result<V::Value, E> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, E> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.kind() {
            Kind::Object(members) => Self::object(members, visitor),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        match self.kind() {
            Kind::Text(variant) => visitor.visit_enum(BorrowedStrDeserializer::new(variant)),
            Kind::Object(within) => {
                let members = Members(within);
                if !members.is_one() {
                    return Err(self.mismatch(&visitor));
                }
                visitor.visit_enum(MapAccessDeserializer::new(Self::members(members)))
            }
            _ => Err(self.mismatch(&visitor)),
        }
    }

    forward_to_deserialize_any! { bytes byte_buf }
}

impl<'de, E: Error> IntoDeserializer<'de, E> for Value<'de, E> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The reason of nobody who asks: it is not even written.
#[derive(Debug)]
pub(super) struct Unexplained;

impl Error for Unexplained {
    fn custom<T: Display>(_reason: T) -> Self {
        Self
    }
}

impl Display for Unexplained {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not of this type")
    }
}

impl std::error::Error for Unexplained {}

/// The reason in words.
#[derive(Debug)]
pub(super) struct Explained {
    reason: String,
}

impl Explained {
    pub(super) fn into_reason(self) -> String {
        self.reason
    }
}

impl Error for Explained {
    fn custom<T: Display>(reason: T) -> Self {
        Self { reason: reason.to_string() }
    }

    /// In words of our own: those of serde would print numbers, and link what prints floating-point ones.
    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self { reason: format!("expected {expected}, found {}", Found(unexpected)) }
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(unexpected, expected)
    }
}

impl Display for Explained {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.reason)
    }
}

impl std::error::Error for Explained {}

/// What was found in the place of something else.
struct Found<'a>(Unexpected<'a>);

impl Display for Found<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Unexpected::Unit => formatter.write_str("null"),
            Unexpected::Bool(value) => write!(formatter, "`{value}`"),
            Unexpected::Unsigned(number) => write!(formatter, "`{number}`"),
            Unexpected::Signed(number) => write!(formatter, "`{number}`"),
            Unexpected::Other(text) | Unexpected::Str(text) => write!(formatter, "`{text}`"),
            Unexpected::Seq => formatter.write_str("an array"),
            Unexpected::Map => formatter.write_str("an object"),
            _ => formatter.write_str("something else"),
        }
    }
}
