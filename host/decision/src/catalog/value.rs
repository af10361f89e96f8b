//! What a plan gives for a property.

use std::fmt;
use std::sync::Arc;

use super::word::Word;

/// Holds what a plan gives for a property, or what its fallback is.
///
/// In a catalog, the variant always fits the property's [`PropertyKind`](crate::PropertyKind).
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// The value of a meterable property.
    Meter(Meter),
    /// The value of a number property; always finite.
    Number(f64),
    /// The value of a boolean property.
    Boolean(bool),
    /// The value of a string property; always one of its `order`.
    Text(Arc<str>),
}

/// Says how much of a feature someone may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meter {
    /// No use at all.
    Off,
    /// So many uses per period.
    Metered {
        /// How many uses; 0 is allowed.
        limit: u64,
        /// How long they have to last.
        per: Period,
    },
    /// Any number of uses.
    On,
}

/// Names the time that a limit has to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// Forever: what is used up does not come back.
    Lifetime,
    /// One hour.
    Hour,
    /// One day.
    Day,
    /// One week.
    Week,
    /// One month.
    Month,
}

impl Word for Period {
    const ALL: &'static [Self] = &[Self::Lifetime, Self::Hour, Self::Day, Self::Week, Self::Month];

    fn word(self) -> &'static str {
        match self {
            Self::Lifetime => "lifetime",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// As people read it: `on`, `off`, `3 per month`, `true`, `720`, `high`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Meter(meter) => meter.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Boolean(flag) => flag.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl fmt::Display for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::Metered { limit, per } => write!(f, "{limit} per {per}"),
            Self::On => f.write_str("on"),
        }
    }
}
