//! The split: who gets the new release of two.

use std::collections::BTreeSet;

use usher_decision::RolloutPlace;

use super::share::Share;

/// Says which identities a canary decides for: those of a share of the 10 000 buckets, and those of two lists.
///
/// The bucket is a hash of the identifier, the same on every host and after every start: see
/// [`RolloutPlace`](usher_decision::RolloutPlace). A larger share takes in the buckets of a smaller one, so nobody who is in moves out.
/// Who is on a list is in, or out, whatever the share. An anonymous visitor and a user with an account who have the same
/// identifier are in together: whoever embeds writes identifiers into lists, and need not know what they were used for.
///
/// ```
/// use usher_host::{Share, Split};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let split = Split::new("10 %".parse()?, ["tester@news.example"], ["ceo@news.example"])?;
/// assert!(split.has("tester@news.example") && !split.has("ceo@news.example"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Split {
    share: Share,
    included: BTreeSet<Box<str>>,
    /// INVARIANT: none of them is included.
    excluded: BTreeSet<Box<str>>,
}

/// Why a split is none. The operator's move.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SplitError {
    /// Somebody is to be in and out.
    #[error(
        "a canary's lists: expected each identifier on one of them; found `{}` on both, and the operator has to take it off one",
        identifier.escape_debug()
    )]
    OnBothLists {
        /// Who.
        identifier: String,
    },
}

/// Where an identity falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seat {
    /// Whether the canary decides.
    pub(crate) is_canary: bool,
    /// Which fold of the users it is in; none when a list has it, so that it was not by chance.
    pub(crate) fold: Option<u8>,
}

impl Split {
    /// A split by share, with those who are in and those who are out in any case.
    ///
    /// # Errors
    ///
    /// An identifier is on both lists.
    pub fn new<T: Into<Box<str>>>(
        share: Share,
        included: impl IntoIterator<Item = T>,
        excluded: impl IntoIterator<Item = impl Into<Box<str>>>,
    ) -> Result<Self, SplitError> {
        let included: BTreeSet<_> = included.into_iter().map(Into::into).collect();
        let excluded: BTreeSet<_> = excluded.into_iter().map(Into::into).collect();
        match included.intersection(&excluded).next() {
            Some(both) => Err(SplitError::OnBothLists { identifier: both.to_string() }),
            None => Ok(Self { share, included, excluded }),
        }
    }

    /// A split by share alone.
    #[must_use]
    pub fn of(share: Share) -> Self {
        Self { share, ..Self::default() }
    }

    /// The same lists with another share.
    #[must_use]
    pub fn with_share(self, share: Share) -> Self {
        Self { share, ..self }
    }

    /// The share of those whom no list has.
    #[must_use]
    pub fn share(&self) -> Share {
        self.share
    }

    /// Who is in whatever the share, in the order of their bytes.
    pub fn included(&self) -> impl ExactSizeIterator<Item = &str> {
        self.included.iter().map(|identifier| &**identifier)
    }

    /// Who is out whatever the share, in the order of their bytes.
    pub fn excluded(&self) -> impl ExactSizeIterator<Item = &str> {
        self.excluded.iter().map(|identifier| &**identifier)
    }

    /// Whether an identity of this identifier is in.
    #[must_use]
    pub fn has(&self, identifier: &str) -> bool {
        self.seat(identifier).is_canary
    }

    pub(crate) fn seat(&self, identifier: &str) -> Seat {
        if self.included.contains(identifier) || self.excluded.contains(identifier) {
            return Seat { is_canary: self.included.contains(identifier), fold: None };
        }
        let place = RolloutPlace::of(identifier);
        Seat { is_canary: self.share.has(place.bucket()), fold: Some(place.fold()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(basis_points: u16) -> Split {
        Split::of(Share::new(basis_points).unwrap())
    }

    fn identifiers() -> impl Iterator<Item = String> {
        (0..100_000).map(|number| format!("reader-{number}"))
    }

    #[test]
    fn a_tenth_is_a_tenth_of_a_hundred_thousand() {
        let tenth = split(1_000);
        let is_in = identifiers().filter(|identifier| tenth.has(identifier)).count();
        assert!((9_700..=10_300).contains(&is_in), "{is_in}");
    }

    #[test]
    fn a_larger_share_moves_nobody_out() {
        let splits = [0, 1, 1_000, 2_000, 5_000, 9_999, 10_000].map(split);
        for identifier in identifiers() {
            let seats: Vec<_> = splits.iter().map(|split| split.has(&identifier)).collect();
            assert!(seats.is_sorted(), "{identifier} {seats:?}");
        }
    }

    #[test]
    fn a_share_ends_with_its_last_bucket() {
        let in_bucket = |bucket: u16| {
            let mut identifiers = (0..1_000_000).map(|number| format!("reader-{number}"));
            identifiers.find(|identifier| RolloutPlace::of(identifier).bucket() == bucket).unwrap()
        };
        let [first, second, before_last, last] = [0, 1, 9_998, 9_999].map(in_bucket);
        for (basis_points, expected) in [
            (0, [false, false, false, false]),
            (1, [true, false, false, false]),
            (9_999, [true, true, true, false]),
            (10_000, [true, true, true, true]),
        ] {
            let split = split(basis_points);
            let found = [&first, &second, &before_last, &last].map(|identifier| split.has(identifier));
            assert_eq!(found, expected, "{basis_points}");
        }
    }

    #[test]
    fn lists_come_before_the_share() {
        for basis_points in [0, 1, 9_999, 10_000] {
            let share = Share::new(basis_points).unwrap();
            let split = Split::new(share, ["ada", "user-2"], ["bob", "user-3"]).unwrap();
            assert_eq!(["ada", "user-2", "bob", "user-3"].map(|who| split.has(who)), [true, true, false, false]);
            assert!(
                ["ada", "bob"].iter().all(|listed| split.seat(listed).fold.is_none()),
                "they are not there by chance"
            );
            assert!(split.seat("carol").fold.is_some());
        }
    }

    #[test]
    fn nobody_is_on_both_lists() {
        let error = Split::new(Share::NONE, ["ada", "bob"], ["bob"]).unwrap_err();
        assert_eq!(error, SplitError::OnBothLists { identifier: "bob".to_owned() });
    }
}
