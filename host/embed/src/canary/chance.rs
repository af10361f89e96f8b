//! Chance: how much of a difference between two releases is due to who happened to come by.
//!
//! A verdict is asked for again and again, so what chance does must hardly ever look like a departure. Two things would make
//! it look so, and both are accounted for:
//!
//! - *Few decisions.* The interval of a difference of two rates is Newcombe's, made of two of Wilson's, which holds for small
//!   counts and for rates near 0 and 1; or the plain one, whichever is wider.
//!   R. G. Newcombe, *Interval estimation for the difference between independent proportions*, Statistics in Medicine 17 (1998), method 10.
//! - *Few users.* One who asks a thousand times is not a thousand users. How much a rate varies between 64 random parts of the
//!   users, the folds, says how many independent decisions there really were: the design effect of survey statistics.
//!   K. M. Wolter, *Introduction to Variance Estimation* (2007), chapters 2 and 6. A fold that holds much of all
//!   decisions, because of somebody who asks all the time, is left out on both sides.
//!
//! The intervals reach four standard errors to each side. That a rate which departs by nothing is taken for one beyond its
//! bound is then less likely than one in ten thousand however often it is asked, since a bound that is above nothing comes on top.

use usher_decision::RolloutPlace;

use crate::interval::{ERRORS, interval, part, real};

/// How many folds there are.
#[expect(clippy::as_conversions, reason = "a constant has no other way")]
pub(super) const FOLDS: usize = RolloutPlace::FOLDS as usize;
/// A fold that holds more than one part in so many of a release's decisions says nothing.
const MOST_OF_ONE: u64 = 8;
/// Folds that there have to be for how much they vary to mean something.
pub(super) const LEAST_FOLDS: u32 = 16;

/// How often something happened, fold by fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rates {
    pub(super) happened: [u64; FOLDS],
    pub(super) of: [u64; FOLDS],
}

/// The folds that are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kept([bool; FOLDS]);

/// What a rate comes to over the folds that are looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rate {
    pub(super) happened: u64,
    pub(super) of: u64,
    /// By how many times its variance is that of as many independent decisions; at least once.
    pub(super) design_effect: f64,
}

/// By how much one rate is above another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Excess {
    /// As it was found.
    pub(super) found: f64,
    /// What chance does not explain.
    pub(super) at_least: f64,
}

impl Kept {
    /// Leaves out the folds that hold too much of what either of two releases decided.
    pub(super) fn of(one: &[u64; FOLDS], other: &[u64; FOLDS]) -> Self {
        let mut kept = Self([true; FOLDS]);
        while let Some(worst) = [one, other].into_iter().find_map(|decisions| kept.too_much(decisions)) {
            if let Some(fold) = kept.0.get_mut(worst) {
                *fold = false;
            }
        }
        kept
    }

    /// The fold that holds most of these decisions, when that is too much.
    fn too_much(&self, decisions: &[u64; FOLDS]) -> Option<usize> {
        let sum: u64 = self.look_at(decisions).map(|(_, count)| count).sum();
        let (fold, most) = self.look_at(decisions).max_by_key(|(_, count)| *count)?;
        // The last fold with anything in it holds everything.
        (most > 0 && most.saturating_mul(MOST_OF_ONE) > sum && self.parts(decisions) > 1).then_some(fold)
    }

    /// In how many folds there is anything.
    pub(super) fn parts(&self, decisions: &[u64; FOLDS]) -> u32 {
        self.look_at(decisions).map(|(_, count)| u32::from(count > 0)).sum()
    }

    /// How many decisions there are in all of them.
    pub(super) fn sum(&self, decisions: &[u64; FOLDS]) -> u64 {
        self.look_at(decisions).map(|(_, count)| count).sum()
    }

    /// Those of a list of folds that are looked at.
    pub(super) fn only<'a, T>(&'a self, folds: &'a [T]) -> impl Iterator<Item = &'a T> {
        self.0.iter().zip(folds).filter_map(|(is_kept, fold)| is_kept.then_some(fold))
    }

    fn look_at<'a>(&'a self, counts: &'a [u64; FOLDS]) -> impl Iterator<Item = (usize, u64)> + 'a {
        self.0.iter().zip(counts).enumerate().filter_map(|(fold, (is_kept, count))| is_kept.then_some((fold, *count)))
    }

    /// What a rate comes to in them.
    pub(super) fn rate(&self, rates: &Rates) -> Rate {
        let folds = || self.only(&rates.happened).zip(self.only(&rates.of)).filter(|(_, of)| **of > 0);
        // Decisions go on while they are counted: one may be in the one sum and not yet in the other.
        let of: u64 = folds().map(|(_, of)| *of).sum();
        let happened = folds().map(|(happened, _)| *happened).sum::<u64>().min(of);
        let mut rate = Rate { happened, of, design_effect: 1.0 };
        let (number, part) = (real(u64::try_from(folds().count()).unwrap_or_default()), rate.part());
        let plain = part * (1.0 - part) / real(of);
        if number > 1.0 && plain > 0.0 {
            let off = |(happened, of): (&u64, &u64)| real(*happened) - part * real(*of);
            let squares: f64 = folds().map(|fold| off(fold).powi(2)).sum();
            let variance = number / (number - 1.0) * squares / real(of).powi(2);
            rate.design_effect = (variance / plain).max(1.0);
        }
        rate
    }
}

impl Rate {
    /// The part of the decisions to which it happened, from 0 to 1.
    pub(super) fn part(&self) -> f64 {
        part(self.happened, self.of)
    }

    /// By how much this rate is above another one. The users of both are alike, so what is known of one's design effect holds for the
    /// other, which may have none to show: nothing varies where nothing ever happened.
    pub(super) fn above(&self, other: &Self) -> Excess {
        let design_effect = self.design_effect.max(other.design_effect);
        let [(this, these), (that, those)] = [self, other].map(|rate| (rate.part(), real(rate.of) / design_effect));
        let found = this - that;
        if self.of == 0 || other.of == 0 {
            return Excess { found, at_least: f64::NEG_INFINITY };
        }
        let ((lower, _), (_, upper)) = (interval(this, these), interval(that, those));
        let newcombe = ((this - lower).powi(2) + (upper - that).powi(2)).sqrt();
        let plain = ERRORS * (this * (1.0 - this) / these + that * (1.0 - that) / those).sqrt();
        Excess { found, at_least: found - newcombe.max(plain) }
    }
}

#[cfg(test)]
pub(super) mod tests;
