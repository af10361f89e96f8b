//! Terms: for whom a canary decides and how far it may depart, and how a shadow goes about it. They are asked for, stored and shown in
//! the same form.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use usher_host::{Bounds, Share, ShareError, Split, SplitError};
use utoipa::ToSchema;

use crate::whole::Whole;

/// Identifiers that a list may have.
const LISTED: usize = 10_000;
/// Bytes that each may have.
const IDENTIFIER_BYTES: usize = 512;

/// For whom a canary decides, and how far it may depart before it is ended.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CanaryTerms {
    /// Percent of the users, from 0 to 100, in steps of 0.01.
    #[serde(default)]
    pub(crate) percent: Percent,
    /// Identifiers of users that it decides for in any case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 10_000)]
    pub(crate) include: Vec<String>,
    /// Identifiers of users that it does not decide for in any case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 10_000)]
    pub(crate) exclude: Vec<String>,
    /// How far it may depart from the release beside it.
    #[serde(default)]
    pub(crate) bounds: BoundsTerms,
}

/// How far a canary may depart from the release beside it before it is ended. What is not said is as by default.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BoundsTerms {
    /// Decisions of each release before anything is said of them: 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    least_decisions: Option<Whole>,
    /// Points by which more decisions may have a workflow that failed: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<Percent>,
    /// Points by which more decisions may be degraded: 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    degraded: Option<Percent>,
    /// The fuel that 99 of 100 decisions may take, in percent of what it is beside it: 150.
    #[serde(skip_serializing_if = "Option::is_none")]
    fuel_percent: Option<Whole>,
    /// Points by which more or fewer decisions may hold any one plan: 5.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<Percent>,
    /// The same for single plans, by slug; 100 leaves one out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    plans: BTreeMap<String, Percent>,
}

/// How a shadow goes about it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ShadowTerms {
    /// Percent of the decisions that are to be made again: 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sample: Option<Percent>,
    /// Percent of one processor that it may take on each server: 10.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) processor: Option<Percent>,
}

/// A share, in percent, in steps of 0.01.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ToSchema)]
#[schema(value_type = f64, minimum = 0, maximum = 100, multiple_of = 0.01)]
pub(crate) struct Percent(pub(crate) Share);

/// Why terms are none. The caller's move.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TermsError {
    #[error(transparent)]
    Split(#[from] SplitError),
    #[error(
        "a canary's lists: expected at most {LISTED} identifiers of 1 to {IDENTIFIER_BYTES} bytes each; the caller has to shorten them"
    )]
    Lists,
    #[error(
        "a canary: expected a release beside it, found the draft, which changes; the caller has to deploy a release first"
    )]
    BesideDraft,
    #[error("`{what}` of an environment: expected one, found none; the caller has to deploy one first")]
    None { what: &'static str },
}

impl CanaryTerms {
    /// For whom it decides.
    pub(crate) fn split(&self) -> Result<Split, TermsError> {
        let is_fine = |list: &Vec<String>| {
            list.len() <= LISTED && list.iter().all(|identifier| (1..=IDENTIFIER_BYTES).contains(&identifier.len()))
        };
        if !is_fine(&self.include) || !is_fine(&self.exclude) {
            return Err(TermsError::Lists);
        }
        let [included, excluded] = [&self.include, &self.exclude].map(|list| list.iter().map(String::as_str));
        Ok(Split::new(self.percent.0, included, excluded)?)
    }

    /// How far it may depart.
    pub(crate) fn bounds(&self) -> Bounds {
        let (asked, mut bounds) = (&self.bounds, Bounds::default());
        bounds.least_decisions = asked.least_decisions.map_or(bounds.least_decisions, |Whole(number)| number);
        let fuel = |Whole(percent)| u32::try_from(percent).unwrap_or(u32::MAX);
        bounds.fuel_percent = asked.fuel_percent.map_or(bounds.fuel_percent, fuel);
        for (bound, asked) in
            [(&mut bounds.failed, asked.failed), (&mut bounds.degraded, asked.degraded), (&mut bounds.plan, asked.plan)]
        {
            *bound = asked.map_or(*bound, |Percent(share)| share);
        }
        bounds.plans = asked.plans.iter().map(|(plan, Percent(share))| (plan.clone(), *share)).collect();
        bounds
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // What has come of arithmetic is a little beside its step.
        let number = f64::deserialize(deserializer)?;
        let share: Result<Share, ShareError> =
            format!("{number:.9}").trim_end_matches('0').trim_end_matches('.').parse();
        share.map(Self).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(json: &str) -> Result<CanaryTerms, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn what_is_not_said_is_as_by_default() {
        let read = terms(r#"{"percent": 10}"#).unwrap();
        assert_eq!(read.split().unwrap(), Split::of("10 %".parse().unwrap()));
        assert_eq!(read.bounds(), Bounds::default());
        let read = terms(r#"{"bounds": {"failed": 0.25, "plans": {"spring": 100}, "leastDecisions": 50}}"#).unwrap();
        let bounds = read.bounds();
        assert_eq!((bounds.failed.basis_points(), bounds.least_decisions), (25, 50));
        assert_eq!((bounds.plans.get("spring"), bounds.degraded), (Some(&Share::ALL), Bounds::default().degraded));
    }

    #[test]
    fn what_is_stored_is_what_was_asked_for() {
        let all = r#"{"percent":0.01,"include":["ada"],"exclude":["bob"],"bounds":{"leastDecisions":9,"failed":1.0,"degraded":2.5,"fuelPercent":120,"plan":7.0,"plans":{"gold":100.0}}}"#;
        assert_eq!(serde_json::to_string(&terms(all).unwrap()).unwrap(), all);
        let shadow = r#"{"sample":25.0,"processor":5.0}"#;
        let read: ShadowTerms = serde_json::from_str(shadow).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), shadow);
    }

    #[test]
    fn a_percentage_has_steps_and_ends() {
        for (percent, is_one) in [
            ("0", true),
            ("100", true),
            ("99.99", true),
            ("0.01", true),
            ("100.01", false),
            ("-1", false),
            ("0.001", false),
            ("\"10\"", false),
        ] {
            assert_eq!(terms(&format!(r#"{{"percent": {percent}}}"#)).is_ok(), is_one, "{percent}");
        }
    }

    #[test]
    fn lists_end_and_hold_nobody_twice() {
        let with = |include: Vec<String>| CanaryTerms { include, ..CanaryTerms::default() }.split();
        let people = |number: usize| (0..number).map(|number| number.to_string()).collect::<Vec<_>>();
        assert!(with(people(LISTED)).is_ok() && with(people(LISTED + 1)).is_err());
        assert!(
            with(vec!["a".repeat(IDENTIFIER_BYTES)]).is_ok() && with(vec!["a".repeat(IDENTIFIER_BYTES + 1)]).is_err()
        );
        assert!(with(vec![String::new()]).is_err());
        let both = terms(r#"{"include": ["ada"], "exclude": ["ada"]}"#).unwrap();
        assert!(matches!(both.split(), Err(TermsError::Split(_))));
    }
}
