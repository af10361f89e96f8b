//! Whole numbers in bodies.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// A whole number, however JSON writes it: `7`, `7.0`, `7e0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(value_type = u64)]
pub(crate) struct Whole(pub(crate) u64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = serde_json::Number::deserialize(deserializer)?;
        let whole = number.as_u64().or_else(|| {
            let written = number.as_f64().filter(|number| number.fract() == 0.0)?;
            // A zero may have a sign, which this takes away.
            format!("{:.0}", written + 0.0).parse().ok()
        });
        whole.map(Self).ok_or_else(|| D::Error::custom(format_args!("expected a whole number, found `{number}`")))
    }
}

#[cfg(test)]
mod tests {
    use super::Whole;

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        let read = |text: &str| serde_json::from_str::<Whole>(text).ok().map(|Whole(number)| number);
        for (text, number) in
            [("0", 0), ("7", 7), ("7.0", 7), ("7e2", 700), ("-0.0", 0), ("18446744073709551615", u64::MAX)]
        {
            assert_eq!(read(text), Some(number), "{text}");
        }
        for text in ["-1", "0.5", "1e20", "18446744073709551616", "\"7\"", "null", "true"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
