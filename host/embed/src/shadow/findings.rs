//! Findings: the differences so far, grouped by what they are, in memory that is bounded whatever comes.

use std::collections::HashMap;
use std::time::Duration;

use usher_sandbox::request::{Request, UserType};

use super::cohort::{Census, Traits};
use super::difference::Change;
use super::report::{Difference, Example};
use super::sample::Sample;

/// Differences that are told apart; what else there is is counted together.
const GROUPS: usize = 256;

/// What a shadow has found so far.
#[derive(Debug)]
pub(super) struct Findings {
    examples: usize,
    key: ExampleKey,
    census: Census,
    groups: HashMap<Change, Group>,
    /// Decisions with any difference.
    pub(super) different: u64,
    /// Differences for which there is no group any more.
    pub(super) others: u64,
    /// Decisions that could not be compared, because what came of one of the two was due to the moment.
    pub(super) inconclusive: u64,
    pub(super) processor_time: Duration,
}

/// The decisions with one difference.
#[derive(Debug, Default)]
struct Group {
    decisions: u64,
    traits: HashMap<usize, u64>,
    examples: Vec<Example>,
}

/// What users are called in examples by: a keyed hash, so that whoever has the key finds a user again, and nobody else does.
#[derive(Clone, Copy)]
pub(super) struct ExampleKey(pub(super) [u8; 32]);

impl std::fmt::Debug for ExampleKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ExampleKey(..)")
    }
}

impl Findings {
    pub(super) fn new(examples: usize, key: ExampleKey) -> Self {
        Self {
            examples,
            key,
            census: Census::default(),
            groups: HashMap::new(),
            different: 0,
            others: 0,
            inconclusive: 0,
            processor_time: Duration::ZERO,
        }
    }

    /// Takes note of what would be different for the user of a decision.
    pub(super) fn take(&mut self, sample: &Sample, changes: Vec<Change>) {
        let traits = self.census.take(&sample.request);
        self.different += u64::from(!changes.is_empty());
        for change in changes {
            if !self.groups.contains_key(&change) && self.groups.len() >= GROUPS {
                self.others += 1;
                continue;
            }
            let group = self.groups.entry(change).or_default();
            group.decisions += 1;
            traits.iter().for_each(|number| *group.traits.entry(*number).or_default() += 1);
            if group.examples.len() < self.examples {
                let user = self.key.hash(&sample.request);
                if group.examples.iter().all(|example| example.user != user) {
                    group.examples.push(example(sample, user, &self.census, &traits));
                }
            }
        }
    }

    /// Decisions that were evaluated and compared.
    pub(super) fn evaluated(&self) -> u64 {
        self.census.decisions()
    }

    /// All differences, the most frequent first.
    pub(super) fn differences(&self) -> Vec<Difference> {
        let evaluated = self.census.decisions();
        let mut differences: Vec<_> = self
            .groups
            .iter()
            .map(|(change, group)| Difference {
                change: change.clone(),
                decisions: group.decisions,
                percent_of_evaluated: 100.0 * crate::interval::part(group.decisions, evaluated),
                cohorts: self.census.in_common(&group.traits, group.decisions),
                examples: group.examples.clone(),
            })
            .collect();
        differences
            .sort_by(|one, other| other.decisions.cmp(&one.decisions).then_with(|| one.change.cmp(&other.change)));
        differences
    }
}

impl ExampleKey {
    /// What the user of a request is called.
    fn hash(&self, request: &Request) -> String {
        let user_type = match request.identity.user_type {
            UserType::Anonymous => "anonymous",
            UserType::Authenticated => "authenticated",
        };
        super::hashed_user(&self.0, user_type, &request.identity.identifier)
    }
}

fn example(sample: &Sample, user: String, census: &Census, traits: &Traits) -> Example {
    Example {
        user,
        decision: sample.id,
        instant: sample.request.instant,
        traits: census.names(traits).map(|(dimension, value)| (dimension, value.to_owned())).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use usher_decision::{Catalog, Provisioning, Resolution};
    use uuid::Uuid;

    use super::super::sample::SampledOutcome;
    use super::*;
    use crate::release::Release;

    fn sample(identifier: &str) -> Sample {
        let release = Arc::new(Release::new(1, Catalog::default()).unwrap());
        let provisioning = Provisioning::default();
        let resolution = Resolution::of(release.catalog(), &provisioning);
        let mut request = Request::default();
        identifier.clone_into(&mut request.identity.identifier);
        Sample {
            id: Uuid::new_v4(),
            request: Arc::new(request),
            is_known: true,
            verified_bot: None,
            outcome: SampledOutcome { release, provisioning, resolution, failures: Vec::new(), undecided: None },
        }
    }

    fn lost(plan: usize) -> Change {
        Change::PlanLost { plan: format!("plan-{plan}") }
    }

    #[test]
    fn groups_are_bounded_and_the_rest_is_counted() {
        let mut findings = Findings::new(5, ExampleKey([0; 32]));
        for number in 0..2 * GROUPS {
            findings.take(&sample("ada"), vec![lost(0), lost(number)]);
        }
        let differences = findings.differences();
        assert_eq!((differences.len(), findings.others), (GROUPS, u64::try_from(GROUPS).unwrap()));
        assert_eq!((&differences[0].change, findings.different), (&lost(0), findings.evaluated()));
    }

    #[test]
    fn examples_are_a_few_and_each_of_another_user() {
        let mut findings = Findings::new(2, ExampleKey([0; 32]));
        for who in ["ada", "ada", "bob", "carol"] {
            findings.take(&sample(who), vec![lost(0)]);
        }
        let differences = findings.differences();
        let users: Vec<_> = differences[0].examples.iter().map(|example| &*example.user).collect();
        assert_eq!(users, ["ada", "bob"].map(|who| super::super::hashed_user(&[0; 32], "anonymous", who)));
        assert!(!format!("{findings:?}").contains("[0, 0"), "a key is never printed");
    }
}
