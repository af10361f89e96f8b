//! Last good answers: what workflows last granted users, for when they fail.
//!
//! Nothing is read here unless a workflow failed and the catalog says `last-good`: every request is evaluated.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use usher_sandbox::User;
use usher_sandbox::request::UserType;

/// Bytes of an answer, its key included, that count as one. Hardly any has more.
const BYTES_OF_ONE: usize = 256;
/// Between the parts of a key, and between slugs. No slug has it.
const BETWEEN: char = ' ';

/// Answers by workflow and user, the least useful forgotten first.
pub(crate) struct LastGood {
    answers: Cache<Box<str>, GoodAnswer, Bytes>,
    /// Where an answer is looked for that is not among these.
    before: Option<Arc<Self>>,
}

/// What a workflow granted a user.
#[derive(Debug, Clone)]
struct GoodAnswer {
    plans: Box<str>,
    at_ms: u64,
}

/// Large answers count as several, so that memory is bounded and not only their number.
#[derive(Debug, Clone, Copy)]
struct Bytes;

impl Weighter<Box<str>, GoodAnswer> for Bytes {
    fn weight(&self, key: &Box<str>, answer: &GoodAnswer) -> u64 {
        let bytes = key.len().saturating_add(answer.plans.len());
        u64::try_from(bytes.div_ceil(BYTES_OF_ONE)).unwrap_or(u64::MAX)
    }
}

impl LastGood {
    /// Answers that are kept unless a host says otherwise.
    pub(crate) const ANSWERS: usize = 100_000;

    /// Room for so many answers.
    pub(crate) fn new(answers: usize) -> Self {
        let bytes = u64::try_from(answers).unwrap_or(u64::MAX);
        Self { answers: Cache::with_weighter(answers, bytes, Bytes), before: None }
    }

    /// As much room as here, with nothing in it.
    pub(crate) fn empty(&self) -> Self {
        Self::new(usize::try_from(self.answers.capacity()).unwrap_or(usize::MAX))
    }

    /// Answers that are kept apart from those before, and come before them.
    pub(crate) fn apart_from(before: Arc<Self>) -> Self {
        let own = before.empty();
        Self { before: Some(before), ..own }
    }

    /// Keeps what a workflow granted a user at this instant.
    pub(crate) fn remember(&self, workflow: &str, user: &User, plans: &[String], at_ms: u64) {
        let plans = plans.join(&String::from(BETWEEN)).into();
        self.answers.insert(key(workflow, user), GoodAnswer { plans, at_ms });
    }

    /// What a workflow granted a user at most so long before this instant.
    pub(crate) fn recall(&self, workflow: &str, user: &User, max_age: Duration, now_ms: u64) -> Option<Vec<String>> {
        let Some(GoodAnswer { plans, at_ms }) = self.answers.get(&key(workflow, user)) else {
            return self.before.as_ref()?.recall(workflow, user, max_age, now_ms);
        };
        // Decisions are not in order: one may have been made a little later than this.
        let age = Duration::from_millis(now_ms.saturating_sub(at_ms));
        (age <= max_age).then(|| plans.split_terminator(BETWEEN).map(str::to_owned).collect())
    }
}

fn key(workflow: &str, user: &User) -> Box<str> {
    let user_type = match user.user_type {
        UserType::Anonymous => "anonymous",
        UserType::Authenticated => "authenticated",
    };
    format!("{workflow}{BETWEEN}{user_type}{BETWEEN}{}", user.identifier).into()
}

impl fmt::Debug for LastGood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LastGood").field("answers", &self.answers.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn user(identifier: &str, user_type: UserType) -> User {
        User { identifier: identifier.to_owned(), user_type }
    }

    fn plans(slugs: &[&str]) -> Vec<String> {
        slugs.iter().map(|slug| (*slug).to_owned()).collect()
    }

    #[test]
    fn an_answer_is_one_workflows_and_one_users() {
        let last_good = LastGood::new(10);
        let (ada, guest) = (user("ada", UserType::Authenticated), user("ada", UserType::Anonymous));
        last_good.remember("tier", &ada, &plans(&["gold", "basic"]), 0);
        last_good.remember("trial", &ada, &[], 0);
        for (workflow, whose, expected) in [
            ("tier", &ada, Some(plans(&["gold", "basic"]))),
            ("trial", &ada, Some(Vec::new())),
            ("tier", &guest, None),
            ("tier", &user("ada ", UserType::Authenticated), None),
            ("other", &ada, None),
        ] {
            assert_eq!(last_good.recall(workflow, whose, MINUTE, 0), expected, "{workflow} {whose:?}");
        }
        last_good.remember("tier", &ada, &plans(&["basic"]), 1);
        assert_eq!(last_good.recall("tier", &ada, MINUTE, 1), Some(plans(&["basic"])));
    }

    #[test]
    fn answers_that_are_kept_apart_come_first_and_leave_the_others_alone() {
        let (before, ada) = (Arc::new(LastGood::new(10)), user("ada", UserType::Authenticated));
        let apart = LastGood::apart_from(Arc::clone(&before));
        before.remember("tier", &ada, &plans(&["gold"]), 0);
        assert_eq!(apart.recall("tier", &ada, MINUTE, 0), Some(plans(&["gold"])));
        apart.remember("tier", &ada, &[], 0);
        assert_eq!(apart.recall("tier", &ada, MINUTE, 0), Some(Vec::new()));
        assert_eq!(before.recall("tier", &ada, MINUTE, 0), Some(plans(&["gold"])));
    }

    #[test]
    fn an_answer_has_an_age() {
        let (last_good, ada) = (LastGood::new(10), user("ada", UserType::Authenticated));
        last_good.remember("tier", &ada, &plans(&["gold"]), 1_000);
        for (now_ms, is_known) in [(0, true), (1_000, true), (61_000, true), (61_001, false)] {
            assert_eq!(last_good.recall("tier", &ada, MINUTE, now_ms).is_some(), is_known, "{now_ms}");
        }
    }

    #[test]
    fn answers_are_bounded_in_number_and_in_size() {
        let of = |number: usize, length: usize| user(&format!("{number:length$}"), UserType::Anonymous);
        for (length, most) in [(8, 1_000), (500, 334)] {
            let last_good = LastGood::new(1_000);
            for number in 0..10_000 {
                last_good.remember("tier", &of(number, length), &plans(&["gold"]), 0);
            }
            let kept = (0..10_000).filter(|number| last_good.recall("tier", &of(*number, length), MINUTE, 0).is_some());
            let kept = kept.count();
            assert!((most / 2..=most).contains(&kept), "{kept} answers of {length} bytes");
        }
    }
}
