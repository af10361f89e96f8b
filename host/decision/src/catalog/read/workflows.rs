//! `[workflows.<slug>]`: what becomes of a decision when a workflow fails.

use std::collections::HashMap;
use std::sync::Arc;

use toml::de::DeValue;

use super::node::Node;
use super::report::Report;
use super::table::{self, Table};
use super::{duration, message};
use crate::catalog::word::Word;
use crate::catalog::{Breaker, FailureKind, FailureLadder, FailurePolicy, Plan, WorkflowRules};

/// How long ago a workflow's last good answer may be, at most.
const OLDEST_DAYS: u64 = 7;
/// What a policy can be.
const POLICIES: &str =
    "`\"ignore\"`, `\"fail\"`, `{ last-good = \"10m\" }` or `{ fallback-plans = [\"<slug of a plan>\"] }`";

/// Reads the section. A workflow that it names may be uploaded later.
pub(super) fn read(
    section: Option<Node<'_>>,
    plans: &[Plan],
    report: &mut Report,
) -> HashMap<Box<str>, Arc<WorkflowRules>> {
    let nodes = table::entries(section, report);
    nodes.iter().filter_map(|node| Some((node.name.into(), read_rules(node, plans, report)?.into()))).collect()
}

fn read_rules(node: &Node<'_>, plans: &[Plan], report: &mut Report) -> Option<WorkflowRules> {
    node.check_slug(report);
    let mut table = node.table(report)?;
    let breaker = table.take("breaker").and_then(|node| node.boolean(report));
    let on_failure = table.take("on-failure").and_then(|node| node.table(report));
    let on_failure = on_failure.map(|table| read_ladder(table, plans, report));
    table.finish(report);
    Some(WorkflowRules {
        on_failure: on_failure.unwrap_or_default(),
        breaker: if breaker == Some(false) { Breaker::Off } else { Breaker::On },
    })
}

fn read_ladder(mut table: Table<'_>, plans: &[Plan], report: &mut Report) -> FailureLadder {
    let mut policy = |key| table.take(key).and_then(|node| read_policy(&node, plans, report));
    let default = policy("default").unwrap_or_default();
    let steps = FailureKind::ALL.iter().filter_map(|kind| Some((*kind, policy(kind.word())?))).collect();
    table.finish(report);
    FailureLadder { default, steps }
}

fn read_policy(node: &Node<'_>, plans: &[Plan], report: &mut Report) -> Option<FailurePolicy> {
    match node.value {
        DeValue::String(text) if text == "ignore" => Some(FailurePolicy::Ignore),
        DeValue::String(text) if text == "fail" => Some(FailurePolicy::Fail),
        DeValue::Table(_) => {
            let mut table = node.table(report)?;
            let (last_good, fallback) = (table.take("last-good"), table.take("fallback-plans"));
            let policy = match (last_good, fallback) {
                (Some(node), None) => {
                    duration::read(&node, OLDEST_DAYS, report).map(|max_age| FailurePolicy::LastGood { max_age })
                }
                (None, Some(node)) => read_plans(&node, plans, report).map(FailurePolicy::FallbackPlans),
                (Some(_), Some(second)) => {
                    let found = format!("a second policy, after {}", message::quoted("last-good"));
                    report.add(&second.place, found, "exactly one of `last-good`, `fallback-plans`");
                    None
                }
                (None, None) => {
                    report.add(&node.place, "none of its keys", "exactly one of `last-good`, `fallback-plans`");
                    None
                }
            };
            table.finish(report);
            policy
        }
        _ => node.refuse(report, POLICIES),
    }
}

/// Reads slugs of plans, at least one, each once.
fn read_plans(node: &Node<'_>, plans: &[Plan], report: &mut Report) -> Option<Box<[Box<str>]>> {
    let slugs = node.distinct(Node::label, report)?;
    if slugs.is_empty() {
        return node.refuse(report, "the slug of at least one plan");
    }
    let mut is_known = true;
    for slug in &slugs {
        if !plans.iter().any(|plan| plan.slug() == *slug) {
            let known = message::one_of(plans.iter().map(Plan::slug));
            report.add(&node.place, format!("unknown plan {}", message::quoted(slug)), known);
            is_known = false;
        }
    }
    is_known.then(|| slugs.into_iter().map(Box::from).collect())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::catalog::read::catalog;
    use crate::catalog::read::tests::check;

    const PLANS: &str = "[plans.basic]\n[plans.gold]\n[workflows.tier.on-failure]\n";

    /// What a ladder with these lines does about each kind of failure.
    #[track_caller]
    fn check_policies(lines: &str, expected: &[(FailureKind, FailurePolicy)], otherwise: &FailurePolicy) {
        let catalog = catalog(&format!("{PLANS}{lines}\n")).unwrap_or_else(|error| panic!("{error}"));
        let rules = catalog.workflow("tier");
        for kind in FailureKind::ALL {
            let policy = expected.iter().find(|(of, _)| of == kind).map_or(otherwise, |(_, policy)| policy);
            assert_eq!(rules.on_failure().policy(*kind), policy, "{kind}: {lines}");
        }
    }

    fn last_good(seconds: u64) -> FailurePolicy {
        FailurePolicy::LastGood { max_age: Duration::from_secs(seconds) }
    }

    #[test]
    fn each_kind_of_failure_has_its_policy_or_the_default() {
        check_policies("", &[], &FailurePolicy::Ignore);
        check_policies("default = 'fail'", &[], &FailurePolicy::Fail);
        let gold = FailurePolicy::FallbackPlans(["gold", "basic"].map(Box::from).into());
        check_policies(
            "default = { last-good = '10m' }\ntrap = { fallback-plans = ['gold', 'basic'] }\nnot-loaded = 'fail'\nrefused = 'ignore'",
            &[
                (FailureKind::Trap, gold),
                (FailureKind::NotLoaded, FailurePolicy::Fail),
                (FailureKind::Refused, FailurePolicy::Ignore),
            ],
            &last_good(600),
        );
        for kind in FailureKind::ALL {
            check_policies(&format!("{kind} = 'fail'"), &[(*kind, FailurePolicy::Fail)], &FailurePolicy::Ignore);
        }
    }

    #[test]
    fn only_a_ladder_with_a_last_good_step_remembers() {
        for (lines, remembers) in [
            ("", false),
            ("default = 'fail'", false),
            ("trap = { fallback-plans = ['gold'] }", false),
            ("memory = { last-good = '1s' }", true),
            ("default = { last-good = '7d' }", true),
        ] {
            let catalog = catalog(&format!("{PLANS}{lines}\n")).unwrap();
            assert_eq!(catalog.workflow("tier").on_failure().remembers(), remembers, "{lines}");
        }
    }

    #[test]
    fn a_workflow_is_named_before_or_without_its_upload_and_has_defaults() {
        let catalog =
            catalog("[workflows.a]\nbreaker = false\n[workflows.b]\nbreaker = true\n[workflows.c]\n").unwrap();
        let breakers = ["a", "b", "c", "nobody"].map(|slug| catalog.workflow(slug).breaker());
        assert_eq!(breakers, [Breaker::Off, Breaker::On, Breaker::On, Breaker::On]);
        assert_eq!(**catalog.workflow("nobody"), WorkflowRules::default());
    }

    #[track_caller]
    fn check_line(line: &str, key: &str, found_and_expected: &str) {
        let place = format!("line 4: `workflows.tier.on-failure.{key}`");
        check(&format!("{PLANS}{line}\n"), &[&format!("{place}: {found_and_expected}")]);
    }

    #[test]
    fn policies_of_another_form_are_refused() {
        let policies = format!("expected {POLICIES}");
        let one = "expected exactly one of `last-good`, `fallback-plans`";
        for (line, key, found_and_expected) in [
            ("trap = 'ignored'", "trap", format!("string `ignored`; {policies}")),
            ("trap = true", "trap", format!("boolean `true`; {policies}")),
            ("trap = ['fail']", "trap", format!("array; {policies}")),
            ("trap = {}", "trap", format!("none of its keys; {one}")),
            (
                "trap = { last-good = '1m', fallback-plans = ['gold'] }",
                "trap.fallback-plans",
                format!("a second policy, after `last-good`; {one}"),
            ),
            (
                "trap = { last-good = '1m', max = 1 }",
                "trap.max",
                "unknown key; expected one of `last-good`, `fallback-plans`".to_owned(),
            ),
            (
                "traps = 'fail'",
                "traps",
                "unknown key; expected one of `default`, `trap`, `fuel`, `deadline`, `memory`, `bad-output`, `refused`, \
                 `read-failed`, `not-loaded`"
                    .to_owned(),
            ),
        ] {
            check_line(line, key, &found_and_expected);
        }
        check(
            "[workflows.tier]\non-failure = 'fail'\n",
            &["line 2: `workflows.tier.on-failure`: string `fail`; expected a table"],
        );
        check(
            "[workflows.tier]\nbreaker = 'off'\n",
            &["line 2: `workflows.tier.breaker`: string `off`; expected `true` or `false`"],
        );
    }

    #[test]
    fn a_last_good_answer_is_a_second_to_a_week_old() {
        for (age, seconds) in [("1s", 1), ("7d", 604_800), ("604800s", 604_800), ("168h", 604_800)] {
            let expected = [(FailureKind::Fuel, last_good(seconds))];
            check_policies(&format!("fuel = {{ last-good = '{age}' }}"), &expected, &FailurePolicy::Ignore);
        }
        for age in ["0s", "604801s", "8d", "10", "ten minutes", ""] {
            let found = if age.is_empty() { "empty string".to_owned() } else { format!("string `{age}`") };
            let problem = format!("{found}; expected a duration from `1s` to `7d`, such as `10m`");
            check_line(&format!("fuel = {{ last-good = '{age}' }}"), "fuel.last-good", &problem);
        }
        let problem = "integer `600`; expected a duration from `1s` to `7d`, such as `10m`";
        check_line("fuel = { last-good = 600 }", "fuel.last-good", problem);
    }

    #[test]
    fn fallback_plans_are_plans_of_the_catalog() {
        let key = "memory.fallback-plans";
        for (plans, found_and_expected) in [
            ("['gold', 'silver']", "unknown plan `silver`; expected one of `basic`, `gold`"),
            ("['gold', 'gold']", "string `gold` twice; expected each value once"),
            ("[]", "array; expected the slug of at least one plan"),
            ("['']", "empty string; expected a string that is not blank"),
            ("'gold'", "string `gold`; expected an array"),
        ] {
            check_line(&format!("memory = {{ fallback-plans = {plans} }}"), key, found_and_expected);
        }
    }

    #[test]
    fn workflows_have_slugs_and_known_keys() {
        check(
            "[workflows.tier]\non-error = 'fail'\n",
            &["line 2: `workflows.tier.on-error`: unknown key; expected one of `breaker`, `on-failure`"],
        );
        check(
            "[workflows.-x]\n",
            &["line 1: `workflows.-x`: key `-x`; \
            expected 1 to 64 ASCII letters, digits, `-` or `_`, the first a letter or digit"],
        );
        check("workflows = []\n", &["line 1: `workflows`: array; expected a table"]);
    }
}
