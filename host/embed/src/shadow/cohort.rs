//! Cohorts: of whom decisions are made, and what those have in common for whom something is different.

use std::collections::HashMap;

use serde::Serialize;
use usher_sandbox::request::{DeviceClass, Request, UserType};

use crate::interval::{interval, part, real};

/// Values of one dimension that are told apart; what else comes is `other`.
const VALUES: usize = 300;
/// Bytes that a value may have: a country has two, and callers may send anything.
const VALUE_BYTES: usize = 16;
/// Cohorts that are named at most.
const NAMED: usize = 3;

/// In what decisions are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Dimension {
    /// Where the visitor is: an ISO 3166-1 alpha-2 country code, or `unknown`.
    Country,
    /// `anonymous` or `authenticated`.
    UserType,
    /// `desktop`, `mobile`, `tablet`, `tv` or `unknown`.
    Device,
    /// `verified` for a bot that was, `claimed` for what says it is one, `none` otherwise.
    Bot,
    /// `customer` for whom billing knows, `none` otherwise.
    Customer,
}

/// What the decisions of one difference have in common.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Cohort {
    /// In what they are alike.
    pub dimension: Dimension,
    /// What it is for them.
    pub value: String,
    /// How many of them.
    pub decisions: u64,
    /// What percent of those with the difference that is.
    pub percent_of_difference: f64,
    /// Of how many that were evaluated it is the same, with the difference or without.
    pub evaluated: u64,
    /// What percent of all that were evaluated that is.
    pub percent_of_evaluated: f64,
}

/// What one decision is, in every dimension, as numbers that the census gave them.
pub(super) type Traits = [usize; 5];

/// Counts what decisions are.
#[derive(Debug, Default)]
pub(super) struct Census {
    numbers: HashMap<(Dimension, Box<str>), usize>,
    values: Vec<(Dimension, Box<str>, u64)>,
    told_apart: HashMap<Dimension, usize>,
    decisions: u64,
}

impl Census {
    /// Takes note of a decision.
    pub(super) fn take(&mut self, request: &Request) -> Traits {
        self.decisions += 1;
        traits(request).map(|(dimension, value)| {
            let number = self.number(dimension, value);
            if let Some((_, _, count)) = self.values.get_mut(number) {
                *count += 1;
            }
            number
        })
    }

    fn number(&mut self, dimension: Dimension, value: &str) -> usize {
        let told_apart = self.told_apart.entry(dimension).or_default();
        let known = self.numbers.get(&(dimension, value.into())).copied();
        known.unwrap_or_else(|| {
            let is_other = value.len() > VALUE_BYTES || *told_apart >= VALUES;
            let value: Box<str> = if is_other { "other".into() } else { value.into() };
            *self.numbers.entry((dimension, value)).or_insert_with_key(|(_, value)| {
                *told_apart += 1;
                self.values.push((dimension, value.clone(), 0));
                self.values.len() - 1
            })
        })
    }

    pub(super) fn decisions(&self) -> u64 {
        self.decisions
    }

    /// What these traits are called.
    pub(super) fn names(&self, traits: &Traits) -> impl Iterator<Item = (Dimension, &str)> {
        traits.iter().filter_map(|number| self.values.get(*number).map(|(dimension, value, _)| (*dimension, &**value)))
    }

    /// What decisions have in common of which so many have each trait: what is more frequent among them than among all, beyond
    /// chance, and of that what tells most. That is what adds most to the Kullback–Leibler divergence of theirs from all.
    pub(super) fn in_common(&self, counts: &HashMap<usize, u64>, of: u64) -> Vec<Cohort> {
        let mut cohorts: Vec<(f64, Cohort)> = counts
            .iter()
            .filter_map(|(number, decisions)| {
                let (dimension, value, evaluated) = self.values.get(*number)?;
                let (here, everywhere) = (part(*decisions, of), part(*evaluated, self.decisions));
                let cohort = Cohort {
                    dimension: *dimension,
                    value: value.to_string(),
                    decisions: *decisions,
                    percent_of_difference: 100.0 * here,
                    evaluated: *evaluated,
                    percent_of_evaluated: 100.0 * everywhere,
                };
                let (least, _) = interval(here, real(of));
                (least > everywhere).then(|| (here * (here / everywhere).ln(), cohort))
            })
            .collect();
        let key = |cohort: &Cohort| (cohort.dimension, cohort.value.clone());
        cohorts.sort_by(|(one, a), (other, b)| other.total_cmp(one).then_with(|| key(a).cmp(&key(b))));
        cohorts.into_iter().map(|(_, cohort)| cohort).take(NAMED).collect()
    }
}

fn traits(request: &Request) -> [(Dimension, &str); 5] {
    let context = &request.context;
    let user_type = match request.identity.user_type {
        UserType::Anonymous => "anonymous",
        UserType::Authenticated => "authenticated",
    };
    let device = match context.device_class {
        DeviceClass::Desktop => "desktop",
        DeviceClass::Mobile => "mobile",
        DeviceClass::Tablet => "tablet",
        DeviceClass::Tv => "tv",
        DeviceClass::Unknown => "unknown",
    };
    let bot = match (context.is_verified_bot_request, context.bot_tags.is_empty()) {
        (Some(true), _) => "verified",
        (_, false) => "claimed",
        (_, true) => "none",
    };
    [
        (Dimension::Country, context.country_code.as_deref().unwrap_or("unknown")),
        (Dimension::UserType, user_type),
        (Dimension::Device, device),
        (Dimension::Bot, bot),
        (Dimension::Customer, if request.customer.is_customer { "customer" } else { "none" }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(country: &str) -> Request {
        let mut request = Request::default();
        request.context.country_code = Some(country.to_owned());
        request
    }

    #[test]
    fn what_is_more_frequent_than_everywhere_is_in_common() {
        let (mut census, mut counts) = (Census::default(), HashMap::new());
        for number in 0..1_000 {
            let mut request = from(["DE", "FR", "AT"][number % 3]);
            request.identity.user_type = [UserType::Anonymous, UserType::Authenticated][number % 2];
            let traits = census.take(&request);
            if number % 6 == 5 {
                traits.iter().for_each(|number| *counts.entry(*number).or_default() += 1);
            }
        }
        let found = census.in_common(&counts, 166);
        let names: Vec<_> = found.iter().map(|cohort| (cohort.dimension, &*cohort.value)).collect();
        assert_eq!(names, [(Dimension::Country, "AT"), (Dimension::UserType, "authenticated")]);
        let [country, _] = &found[..] else { panic!("{found:?}") };
        assert_eq!((country.decisions, country.evaluated, country.percent_of_difference), (166, 333, 100.0));
        assert!((country.percent_of_evaluated - 33.3).abs() < 1e-9);
    }

    #[test]
    fn a_few_of_the_kind_that_everybody_is_have_nothing_in_common() {
        let (mut census, mut counts) = (Census::default(), HashMap::new());
        for number in 0..1_000 {
            let traits = census.take(&from(["DE", "FR"][number % 2]));
            if number < 3 {
                traits.iter().for_each(|number| *counts.entry(*number).or_default() += 1);
            }
        }
        assert_eq!(census.in_common(&counts, 3), []);
        assert_eq!(census.in_common(&HashMap::new(), 0), []);
    }

    #[test]
    fn values_are_bounded_in_number_and_in_length() {
        let mut census = Census::default();
        for number in 0..10_000 {
            census.take(&from(&format!("{number}")));
        }
        census.take(&from(&"x".repeat(VALUE_BYTES + 1)));
        let countries = census.values.iter().filter(|(dimension, ..)| *dimension == Dimension::Country);
        let (number, counted) = countries.fold((0, 0), |(number, sum), (_, _, count)| (number + 1, sum + count));
        assert_eq!((number, counted), (VALUES + 1, 10_001));
        assert!(census.values.iter().any(|(_, value, count)| &**value == "other" && *count == 9_701));
    }
}
