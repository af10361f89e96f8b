//! A share: how large a part of something is, to the hundredth of a percent.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use usher_decision::RolloutPlace;

/// A part of a whole in basis points, hundredths of a percent: from 0, nothing, to 10 000, all of it.
///
/// As text it is a percentage, and so it is in JSON, as a number.
///
/// ```
/// use usher_host::Share;
///
/// # fn main() -> Result<(), usher_host::ShareError> {
/// let share: Share = "2.5 %".parse()?;
/// assert_eq!(share, Share::new(250)?);
/// assert_eq!(share.to_string(), "2.5 %");
/// assert!(Share::new(10_001).is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Share(u16);

/// Why a share is none. The move of whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a share: expected 0 % to 100 %, in steps of 0.01 %; found {found}")]
pub struct ShareError {
    found: String,
}

impl Share {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Everything.
    pub const ALL: Self = Self(RolloutPlace::BUCKETS);

    /// A share of so many basis points.
    ///
    /// # Errors
    ///
    /// There are more than 10 000.
    pub fn new(basis_points: u16) -> Result<Self, ShareError> {
        let share = Some(Self(basis_points)).filter(|share| *share <= Self::ALL);
        share.ok_or_else(|| ShareError { found: format!("{basis_points} hundredths of a percent") })
    }

    /// How many basis points it is.
    #[must_use]
    pub fn basis_points(self) -> u16 {
        self.0
    }

    /// The share in percent, from 0 to 100.
    #[must_use]
    pub fn percent(self) -> f64 {
        f64::from(self.0) / 100.0
    }

    /// Whether a place among so many as there are basis points is within the share. What is within a share is within
    /// every larger one.
    pub(crate) fn has(self, place: u16) -> bool {
        place < self.0
    }
}

/// `10 %`, `0.25 %`.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.percent())
    }
}

impl FromStr for Share {
    type Err = ShareError;

    /// Reads a percentage; the sign may be left out.
    fn from_str(text: &str) -> Result<Self, ShareError> {
        let share = || {
            let text = text.trim();
            let number = text.strip_suffix('%').unwrap_or(text).trim_end();
            let (whole, hundredths) = number.split_once('.').unwrap_or((number, "0"));
            let are_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            if !are_digits(whole) || !are_digits(hundredths) || hundredths.len() > 2 {
                return None;
            }
            let scale = if hundredths.len() == 1 { 10 } else { 1 };
            let basis_points = whole.parse::<u16>().ok()?.checked_mul(100)?;
            Self::new(basis_points.checked_add(hundredths.parse::<u16>().ok()? * scale)?).ok()
        };
        share().ok_or_else(|| ShareError { found: format!("`{}`", text.escape_debug()) })
    }
}

impl Serialize for Share {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.percent())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<u16>) {
        assert_eq!(text.parse::<Share>().ok().map(Share::basis_points), expected, "{text:?}");
    }

    #[test]
    fn a_percentage_is_read_to_the_hundredth() {
        for (text, basis_points) in [
            ("0", 0),
            ("0 %", 0),
            ("0.01%", 1),
            ("0.25 %", 25),
            ("0.5%", 50),
            (" 10 % ", 1_000),
            ("99.99 %", 9_999),
            ("100%", 10_000),
            ("100.00", 10_000),
        ] {
            check(text, Some(basis_points));
        }
        for text in ["", "%", "100.01 %", "101", "65536", "-1 %", "+1 %", "1.", ".5", "0.001 %", "1e1", "1,5 %", "ten"]
        {
            check(text, None);
        }
        let error = "half".parse::<Share>().unwrap_err();
        assert_eq!(error.to_string(), "a share: expected 0 % to 100 %, in steps of 0.01 %; found `half`");
    }

    #[test]
    fn what_is_written_can_be_read() {
        for basis_points in 0..=10_000 {
            let share = Share::new(basis_points).unwrap();
            check(&share.to_string(), Some(basis_points));
        }
        assert!(Share::new(10_001).is_err());
    }
}
