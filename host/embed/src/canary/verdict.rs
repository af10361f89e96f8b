//! The verdict: whether a canary departs from the release beside it, and the evidence.

use std::fmt;

use serde::Serialize;

use super::chance::{Excess, Kept, LEAST_FOLDS, Rate};
use super::fuel::FuelDistribution;
use super::tally::Tallied;
use super::{Bounds, Canary, Share};
use crate::interval::{interval, real};

/// The part of the decisions that get by with the fuel that is compared.
const P99: f64 = 0.99;

/// What there is to say of a canary at one moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "verdict", rename_all = "camelCase")]
#[non_exhaustive]
pub enum CanaryVerdict {
    /// There is not enough to judge by.
    TooEarly {
        /// What is missing.
        lack: Lack,
    },
    /// It is within its bounds, or chance may explain why it is not.
    WithinBounds,
    /// It departs beyond its bounds. Whoever embeds the host ends it: see [`Host::end_canary`](crate::Host::end_canary).
    Departed {
        /// Everything by which it does; at least one.
        evidence: Vec<Evidence>,
    },
}

/// What a verdict lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "of", rename_all = "camelCase")]
#[non_exhaustive]
pub enum Lack {
    /// One of the two releases has not made the decisions that its bounds ask for.
    Decisions {
        /// Which release.
        release: u64,
        /// How many it has made.
        found: u64,
        /// How many it has to have made.
        expected: u64,
    },
    /// They are made for so few users that chance cannot be told from anything else. They are told by 64 random parts of all
    /// users: some have to have come by of sixteen of these at least, none of which makes up more than an eighth of the decisions.
    Users {
        /// Which release.
        release: u64,
        /// Of how many parts some have come by.
        found: u32,
        /// Of how many they have to.
        expected: u32,
    },
}

/// Says in what a canary departs beyond a bound, with the numbers that show it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Evidence {
    /// What was measured.
    #[serde(flatten)]
    pub measure: Measure,
    /// What it was for the release beside the canary.
    pub beside: Measured,
    /// What it was for the canary.
    pub canary: Measured,
    /// How far they are apart: in points, percent of decisions; for fuel the canary's in percent of the other's.
    pub departure: f64,
    /// What of that chance does not explain, in the same unit. It is beyond the bound.
    pub at_least: f64,
    /// The bound, in the same unit.
    pub bound: f64,
}

/// What is measured of two releases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "measure", rename_all = "camelCase")]
#[non_exhaustive]
pub enum Measure {
    /// How many decisions have a workflow that failed.
    Failed,
    /// How many decisions are degraded.
    Degraded,
    /// The fuel that 99 of 100 decisions get by with.
    Fuel,
    /// How many decisions hold a plan.
    Plan {
        /// The plan's slug.
        plan: String,
    },
}

/// What one measure came to for one release.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Measured {
    /// The release's number.
    pub release: u64,
    /// What it came to: percent of the decisions; for fuel, units.
    pub value: f64,
    /// To how many decisions it happened; none for fuel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Of how many decisions.
    pub decisions: u64,
}

/// `plan `premium`: 12.1 % of 9000 decisions by release 7, 2.0 % of 1000 by its canary, release 8; 10.1 points apart, at least 6.9, where
/// 5 are allowed`
impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { measure, beside, canary, departure, at_least, bound } = self;
        match measure {
            Measure::Failed => f.write_str("decisions with a workflow that failed")?,
            Measure::Degraded => f.write_str("degraded decisions")?,
            Measure::Plan { plan } => write!(f, "decisions with plan `{plan}`")?,
            Measure::Fuel => {
                return write!(
                    f,
                    "fuel that 99 of 100 decisions get by with: {:.0} of {} by release {}, {:.0} of {} by its canary, release \
                     {}; {departure:.0} % of the former, at least {at_least:.0} %, where {bound:.0} % is allowed",
                    beside.value, beside.decisions, beside.release, canary.value, canary.decisions, canary.release,
                );
            }
        }
        write!(
            f,
            ": {:.2} % of {} by release {}, {:.2} % of {} by its canary, release {}; {departure:.2} points apart, at least \
             {at_least:.2}, where {bound:.2} is allowed",
            beside.value, beside.decisions, beside.release, canary.value, canary.decisions, canary.release,
        )
    }
}

impl Canary {
    /// Says whether the canary departs from the release beside it. To be asked now and then, as once a second, by whoever can
    /// do something about it:
    ///
    /// ```
    /// use usher_host::{Host, CanaryVerdict};
    ///
    /// fn watch(host: &Host) {
    ///     let Some(canary) = host.canary() else { return };
    ///     if let CanaryVerdict::Departed { evidence } = canary.verdict() && host.end_canary(&canary) {
    ///         evidence.iter().for_each(|evidence| println!("rolled back: {evidence}"));
    ///     }
    /// }
    /// ```
    ///
    /// A bound counts as exceeded when the lower end of an interval around what was found is beyond it, four standard errors away,
    /// so that it can be asked again and again. The interval takes into account how many decisions there are, and how many users
    /// these were really made for. Users on the canary's lists do not count, since they are not there by chance.
    #[must_use]
    pub fn verdict(&self) -> CanaryVerdict {
        let [beside, canary] = self.tallies.each_ref().map(super::tally::Tally::now);
        let comparison = Comparison { kept: Kept::of(&beside.decisions, &canary.decisions), of: self, beside, canary };
        if let Some(lack) = comparison.lack() {
            return CanaryVerdict::TooEarly { lack };
        }
        let evidence: Vec<_> = comparison.rates().chain(comparison.plans()).chain(comparison.fuel()).collect();
        if evidence.is_empty() { CanaryVerdict::WithinBounds } else { CanaryVerdict::Departed { evidence } }
    }
}

/// The decisions of two releases, to be compared.
struct Comparison<'a> {
    of: &'a Canary,
    kept: Kept,
    beside: Tallied,
    canary: Tallied,
}

impl Comparison<'_> {
    fn bounds(&self) -> &Bounds {
        &self.of.bounds
    }

    fn lack(&self) -> Option<Lack> {
        let expected = self.bounds().least_decisions;
        [(&self.canary, self.of.release.number()), (&self.beside, self.of.beside.number())].into_iter().find_map(
            |(tallied, release)| {
                let all: u64 = tallied.decisions.iter().sum();
                let (kept, parts) = (self.kept.sum(&tallied.decisions), self.kept.parts(&tallied.decisions));
                if all < expected {
                    return Some(Lack::Decisions { release, found: all, expected });
                }
                if parts < LEAST_FOLDS {
                    return Some(Lack::Users { release, found: parts, expected: LEAST_FOLDS });
                }
                (kept < expected).then_some(Lack::Decisions { release, found: kept, expected })
            },
        )
    }

    /// How many decisions fail and are degraded: only more is a departure.
    fn rates(&self) -> impl Iterator<Item = Evidence> {
        let measures = [
            (Measure::Failed, [self.beside.failed(), self.canary.failed()], self.bounds().failed),
            (Measure::Degraded, [self.beside.degraded(), self.canary.degraded()], self.bounds().degraded),
        ];
        measures.into_iter().filter_map(|(measure, rates, bound)| {
            let rates = rates.map(|rates| self.kept.rate(&rates));
            self.beyond(measure, rates, rates[1].above(&rates[0]), bound)
        })
    }

    /// How many decisions hold each plan: more and fewer both are departures.
    fn plans(&self) -> impl Iterator<Item = Evidence> {
        self.of.plans.iter().enumerate().filter_map(|(place, plan)| {
            let rates = [&self.beside, &self.canary].map(|tallied| self.kept.rate(&tallied.plan(place)));
            let [beside, canary] = &rates;
            let (more, fewer) = (canary.above(beside), beside.above(canary));
            let excess = if more.at_least > fewer.at_least { more } else { fewer };
            self.beyond(Measure::Plan { plan: plan.to_string() }, rates, excess, self.bounds().of_plan(plan))
        })
    }

    /// The evidence that a rate is beyond its bound, if it is.
    fn beyond(&self, measure: Measure, rates: [Rate; 2], excess: Excess, bound: Share) -> Option<Evidence> {
        let (departure, at_least, bound) = (100.0 * excess.found, 100.0 * excess.at_least, bound.percent());
        let measured = |release, rate: Rate| Measured {
            release,
            value: 100.0 * rate.part(),
            count: Some(rate.happened),
            decisions: rate.of,
        };
        let [beside, canary] = rates;
        (at_least > bound).then(|| Evidence {
            measure,
            beside: measured(self.of.beside.number(), beside),
            canary: measured(self.of.release.number(), canary),
            departure,
            at_least,
            bound,
        })
    }

    /// The fuel that 99 of 100 decisions get by with: only more is a departure. Its interval is Woodruff's, which takes that of
    /// the part of decisions that get by with less. R. S. Woodruff, *Confidence intervals for medians and other position
    /// measures*, Journal of the American Statistical Association 47 (1952).
    fn fuel(&self) -> Option<Evidence> {
        let [beside, canary] =
            [&self.beside, &self.canary].map(|tallied| FuelDistribution::sum(self.kept.only(&tallied.fuel)));
        let (usual, now) = (beside.quantile(P99), canary.quantile(P99));
        if usual.most() == 0 {
            return None;
        }
        let rates = [&self.beside, &self.canary].map(|tallied| self.kept.rate(&tallied.beyond(usual)));
        let design_effect = rates.iter().map(|rate| rate.design_effect).fold(1.0, f64::max);
        let ends = |fuel: &FuelDistribution| interval(P99, real(fuel.decisions()) / design_effect);
        let (least, most) = (canary.quantile(ends(&canary).0).least(), beside.quantile(ends(&beside).1).most());
        let percent = |canary: u64, beside: u64| 100.0 * real(canary) / real(beside.max(1));
        let (at_least, bound) = (percent(least, most), f64::from(self.bounds().fuel_percent));
        let measured = |release, value, fuel: &FuelDistribution| Measured {
            release,
            value: real(value),
            count: None,
            decisions: fuel.decisions(),
        };
        (at_least > bound).then(|| Evidence {
            measure: Measure::Fuel,
            beside: measured(self.of.beside.number(), usual.middle(), &beside),
            canary: measured(self.of.release.number(), now.middle(), &canary),
            departure: percent(now.middle(), usual.middle()),
            at_least,
            bound,
        })
    }
}

#[cfg(test)]
mod tests;
