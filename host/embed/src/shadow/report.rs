//! A report of a shadow: who would gain or lose what.

use std::collections::BTreeMap;

use serde::Serialize;
use uuid::Uuid;

use super::cohort::{Cohort, Dimension};
use super::difference::Change;

/// What a shadow has found so far.
///
/// Of those that were sampled, some may still be waiting: what is neither dropped nor evaluated nor inconclusive.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ShadowReport {
    /// The number of the shadow's release.
    pub release: u64,
    /// Live decisions that were to be made again.
    pub sampled: u64,
    /// Of these, those that were not, because too many were waiting already.
    pub dropped: u64,
    /// Of these, those that were made again and compared.
    pub evaluated: u64,
    /// Of these, those that say nothing, because a deadline, a place that was not free or a look-up without an answer got in the way
    /// of one of the two.
    pub inconclusive: u64,
    /// Of those that were evaluated, those with any difference.
    pub different: u64,
    /// What the shadow has had of a processor, in microseconds.
    pub processor_micros: u64,
    /// What would be different, the most frequent first.
    pub differences: Vec<Difference>,
    /// Differences beyond those that are told apart.
    pub other_differences: u64,
}

/// One thing that would be different, for whom.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Difference {
    /// What.
    #[serde(flatten)]
    pub change: Change,
    /// For how many of the decisions that were evaluated.
    pub decisions: u64,
    /// What percent of these that is.
    pub percent_of_evaluated: f64,
    /// What they have in common that the others have less, what tells most first; empty where chance may explain it.
    pub cohorts: Vec<Cohort>,
    /// A few of them, each of another user.
    pub examples: Vec<Example>,
}

/// A decision for which something would be different.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Example {
    /// The user: see [`hashed_user`](super::hashed_user).
    pub user: String,
    /// The id of the live decision, as in its answer and in logs.
    pub decision: Uuid,
    /// The instant that it was made for, in milliseconds since 1970-01-01T00:00:00Z.
    pub instant: u64,
    /// What it is, in every dimension.
    pub traits: BTreeMap<Dimension, String>,
}
