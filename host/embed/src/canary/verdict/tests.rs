use std::sync::Arc;

use super::*;
use crate::canary::chance::tests::Chance;
use crate::canary::{Counted, Split};
use crate::last_good::LastGood;
use crate::release::Release;
use usher_decision::Catalog;

const CATALOG: &str = "[plans.reader]\n[plans.premium]\n";

/// What users of a release get.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Behavior {
    /// Percent of the decisions that fail, and are degraded.
    failed: u64,
    /// Percent of the users who hold `premium`; it is theirs for good.
    premium: u64,
    /// Fuel of most decisions; one in fifty takes ten times as much.
    fuel: u64,
}

const USUAL: Behavior = Behavior { failed: 1, premium: 30, fuel: 50_000 };

fn canary(basis_points: u16, bounds: Bounds) -> Canary {
    let release = |number, more: &str| {
        Arc::new(Release::new(number, Catalog::parse(&format!("{CATALOG}{more}")).unwrap()).unwrap())
    };
    let split = Split::of(Share::new(basis_points).unwrap());
    Canary::new(release(8, "[plans.trial]\n"), &release(7, ""), (split, bounds), LastGood::new(10))
}

/// One of so many users, of whom a few ask again and again and most hardly ever.
fn somebody(chance: &mut Chance, users: u64) -> String {
    let most = (0..2).fold(users, |most, _| 1 + chance.below(most));
    format!("user-{}", chance.below(most))
}

fn decide(canary: &Canary, who: &str, chance: &mut Chance, [usual, now]: [Behavior; 2]) {
    let seat = canary.split().seat(who);
    let behavior = if seat.is_canary { now } else { usual };
    let traits = usher_decision::test_group_100(who);
    let has_failed = chance.below(100) < behavior.failed;
    let mut plans = vec!["reader"];
    if u64::from(traits) < behavior.premium {
        plans.push("premium");
    }
    let fuel = if chance.below(50) == 0 { behavior.fuel * 10 } else { behavior.fuel + chance.below(behavior.fuel / 2) };
    canary.count(seat, &Counted { is_undecided: false, has_failed, is_degraded: has_failed, fuel, plans });
}

/// The verdict after so many decisions for some of so many users.
fn verdict(decisions: u64, users: u64, now: Behavior, bounds: Bounds) -> CanaryVerdict {
    let (canary, mut chance) = (canary(1_000, bounds), Chance(decisions));
    for _ in 0..decisions {
        let who = somebody(&mut chance, users);
        decide(&canary, &who, &mut chance, [USUAL, now]);
    }
    canary.verdict()
}

#[track_caller]
fn check(now: Behavior, expected: &[Measure]) {
    let found = match verdict(40_000, 20_000, now, Bounds::default()) {
        CanaryVerdict::Departed { evidence } => evidence.into_iter().map(|evidence| evidence.measure).collect(),
        CanaryVerdict::WithinBounds => Vec::new(),
        early @ CanaryVerdict::TooEarly { .. } => panic!("{early:?}"),
    };
    assert_eq!(found, expected, "{now:?}");
}

#[test]
fn a_canary_departs_in_what_is_wrong_with_it() {
    let premium = || Measure::Plan { plan: "premium".to_owned() };
    check(USUAL, &[]);
    check(Behavior { failed: 10, ..USUAL }, &[Measure::Failed, Measure::Degraded]);
    check(Behavior { premium: 10, ..USUAL }, &[premium()]);
    check(Behavior { premium: 60, ..USUAL }, &[premium()]);
    check(Behavior { fuel: 100_000, ..USUAL }, &[Measure::Fuel]);
    // What is better, or within the bounds, is no reason to go back.
    check(Behavior { failed: 0, fuel: 10_000, ..USUAL }, &[]);
    check(Behavior { failed: 2, premium: 28, fuel: 55_000 }, &[]);
}

#[test]
fn bounds_are_what_is_declared() {
    let now = Behavior { premium: 10, fuel: 100_000, ..USUAL };
    let mut bounds = Bounds { fuel_percent: 300, ..Bounds::default() };
    bounds.plans.insert("premium".to_owned(), Share::new(3_000).unwrap());
    assert_eq!(verdict(40_000, 20_000, now, bounds), CanaryVerdict::WithinBounds);
}

#[test]
fn evidence_says_what_it_rests_on() {
    let found = verdict(40_000, 20_000, Behavior { premium: 10, ..USUAL }, Bounds::default());
    let CanaryVerdict::Departed { evidence } = &found else { panic!("{found:?}") };
    let [Evidence { beside, canary, departure, at_least, bound, .. }] = &evidence[..] else { panic!("{evidence:?}") };
    assert_eq!((beside.release, canary.release, *bound), (7, 8, 5.0));
    assert!(
        beside.decisions + canary.decisions == 40_000 && beside.value > 25.0 && canary.value < 15.0,
        "{evidence:?}"
    );
    assert!(departure > at_least && at_least > bound, "{evidence:?}");
    let said = evidence[0].to_string();
    assert!(said.starts_with("decisions with plan `premium`: ") && said.ends_with("where 5.00 is allowed"), "{said}");
    let json = serde_json::to_value(&found).unwrap();
    assert_eq!((&json["verdict"], &json["evidence"][0]["measure"]), (&"departed".into(), &"plan".into()), "{json}");
    assert_eq!(json["evidence"][0]["plan"], "premium", "{json}");
}

#[test]
fn a_verdict_takes_decisions_of_both_for_users_enough() {
    let bounds = |least_decisions| Bounds { least_decisions, ..Bounds::default() };
    let canary = canary(1_000, bounds(200));
    let mut chance = Chance(1);
    let lack = |canary: &Canary| match canary.verdict() {
        CanaryVerdict::TooEarly { lack } => Some(lack),
        _ => None,
    };
    let is_in = |who: &String| canary.split().has(who);
    let [users, others] = [true, false].map(|which| {
        (0..20_000)
            .map(|number| format!("user-{number}"))
            .filter(|who| is_in(who) == which)
            .take(250)
            .collect::<Vec<_>>()
    });
    users.iter().take(199).for_each(|who| decide(&canary, who, &mut chance, [USUAL; 2]));
    assert_eq!(lack(&canary), Some(Lack::Decisions { release: 8, found: 199, expected: 200 }));
    decide(&canary, &users[199], &mut chance, [USUAL; 2]);
    assert_eq!(lack(&canary), Some(Lack::Decisions { release: 7, found: 0, expected: 200 }));
    others.iter().take(200).for_each(|who| decide(&canary, who, &mut chance, [USUAL; 2]));
    assert_eq!(lack(&canary), None);

    let few = canary.resplit(canary.split().clone());
    for _ in 0..1_000 {
        users.iter().take(4).for_each(|who| decide(&few, who, &mut chance, [USUAL; 2]));
        others.iter().for_each(|who| decide(&few, who, &mut chance, [USUAL; 2]));
    }
    assert!(matches!(lack(&few), Some(Lack::Users { release: 8, expected: LEAST_FOLDS, .. })), "{:?}", few.verdict());
}

#[test]
fn listed_users_do_not_count() {
    let split = Split::new(Share::NONE, ["ada"], ["bob"]).unwrap();
    let canary = canary(0, Bounds::default()).resplit(split);
    for _ in 0..100 {
        ["ada", "bob"].iter().for_each(|who| decide(&canary, who, &mut Chance(1), [USUAL; 2]));
    }
    let report = canary.report();
    assert_eq!((report.canary.decisions, report.beside.decisions), (0, 0));
}

#[test]
fn a_report_has_the_numbers_of_both() {
    let canary = canary(1_000, Bounds::default());
    let mut chance = Chance(3);
    for number in 0..10_000 {
        decide(&canary, &format!("user-{number}"), &mut chance, [USUAL, Behavior { failed: 100, ..USUAL }]);
    }
    let report = canary.report();
    let (beside, own) = (&report.beside, &report.canary);
    assert_eq!((beside.release, own.release, beside.decisions + own.decisions), (7, 8, 10_000));
    assert_eq!(
        (own.failed, own.degraded, own.plans["reader"], own.plans["trial"]),
        (own.decisions, own.decisions, own.decisions, 0)
    );
    assert!(own.fuel_p99.abs_diff(500_000) * 32 <= 500_000, "{own:?}");
    assert_eq!(serde_json::to_value(&report).unwrap()["share"], 10.0);
}

/// A release beside itself, asked about again and again, for users of whom some ask all the time and each has the plans they
/// have. It must not be rolled back.
#[test]
fn chance_is_no_departure() {
    let bounds = || Bounds {
        failed: Share::NONE,
        degraded: Share::NONE,
        plan: Share::NONE,
        fuel_percent: 100,
        ..Bounds::default()
    };
    let mut asked = 0;
    for seed in 0..36 {
        // Few users and many, few of whom are in and many.
        let (users, share) = ([300, 3_000, 100_000][seed % 3], [500, 1_000, 5_000][seed / 3 % 3]);
        let (canary, mut chance) = (canary(share, bounds()), Chance(u64::try_from(seed).unwrap()));
        for _ in 0..30 {
            for _ in 0..500 {
                let who = somebody(&mut chance, users);
                decide(&canary, &who, &mut chance, [USUAL; 2]);
            }
            let found = canary.verdict();
            assert!(!matches!(found, CanaryVerdict::Departed { .. }), "{users} users, {share}: {found:?}");
            asked += usize::from(found == CanaryVerdict::WithinBounds);
        }
    }
    assert!(asked > 300, "{asked} verdicts");
}
