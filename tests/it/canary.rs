//! A canary: who gets the new release, what both are held to, and how it ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Map, Value};
use usher_host::{
    AccessRequest, Bounds, CanaryVerdict, Catalog, CounterRequest, Decision, Deployment, Evidence, Host, IdentityClaim,
    Measure, Release, Share, Split, User, UserType, Workflow,
};
use usher_tests::guests;

use crate::support::{SANDBOX, load, unhurried};

/// A release with a plan of its own, `static-NUMBER`, for everybody, and the plan `premium` for a workflow to grant.
fn release(number: u64, more: &str) -> Release {
    let catalog = format!(
        "[plans.static-{number}]\nassign = ['authenticated', 'anonymous']\n[plans.premium]\n[plans.basic]\n{more}\n"
    );
    Release::new(number, Catalog::parse(&catalog).unwrap_or_else(|error| panic!("{error}"))).unwrap()
}

/// The same where it is another day.
fn tokyo(number: u64) -> Release {
    let catalog =
        format!("time-zone = 'Asia/Tokyo'\n[plans.static-{number}]\nassign = ['authenticated', 'anonymous']\n");
    Release::new(number, Catalog::parse(&catalog).unwrap()).unwrap()
}

fn host(release: Release) -> Host {
    Host::new(Arc::clone(&SANDBOX), release).with_deadline(Duration::from_secs(60))
}

fn share(basis_points: u16) -> Share {
    Share::new(basis_points).unwrap()
}

fn half() -> Split {
    Split::of(share(5_000))
}

fn canary(release: Release, split: Split) -> impl FnOnce(&Host) {
    let bounds = Bounds { least_decisions: 200, ..Bounds::default() };
    move |host| drop(host.deploy(Deployment::of(host.live()).with_canary(release, split, bounds)))
}

async fn decide(host: &Host, who: &str) -> Decision {
    host.decide(&AccessRequest::user(who)).await.unwrap()
}

fn diagnostics(decision: &Decision) -> Value {
    serde_json::to_value(decision.answer().with_diagnostics()).unwrap()["diagnostics"].take()
}

#[tokio::test]
async fn a_canary_decides_for_its_share_and_lists_and_says_so() {
    let host = host(release(7, ""));
    let split = Split::new(share(1_000), ["ada"], ["user-3"]).unwrap();
    assert!(split.clone().with_share(Share::ALL).has("user-2") && Split::of(share(1_000)).has("user-3"));
    canary(release(8, ""), split.clone())(&host);
    assert_eq!(host.live().number(), 7, "what is live is what decides for all others");
    let mut is_in = 0;
    for who in (0..1_000).map(|number| format!("user-{number}")).chain(["ada".to_owned()]) {
        let decision = decide(&host, &who).await;
        let number = if split.has(&who) { 8 } else { 7 };
        assert_eq!((decision.release().number(), decision.is_canary()), (number, number == 8), "{who}");
        assert_eq!(decision.plans().collect::<Vec<_>>(), [format!("static-{number}")], "{who}");
        let diagnostics = diagnostics(&decision);
        assert_eq!(diagnostics["release"], number, "{who}");
        assert_eq!(diagnostics.get("canary"), (number == 8).then_some(&Value::Bool(true)), "{who}");
        is_in += usize::from(number == 8);
    }
    assert!((70..130).contains(&is_in), "{is_in}");
    assert!(decide(&host, "ada").await.is_canary() && !decide(&host, "user-3").await.is_canary());
}

#[tokio::test]
async fn whoever_asks_and_however_they_are_known_the_same_identifier_gets_the_same_release() {
    let (one, other) = (host(release(7, "")), host(release(7, "")));
    for host in [&one, &other] {
        canary(tokyo(8), half())(host);
    }
    for who in (0..200).map(|number| format!("user-{number}")) {
        let expected = if half().has(&who) { 8 } else { 7 };
        for host in [&one, &other] {
            assert_eq!(decide(host, &who).await.release().number(), expected, "{who}");
            let anonymous = host.decide(&AccessRequest::anonymous(&*who)).await.unwrap();
            assert_eq!(anonymous.release().number(), expected, "{who}");
            let user = User { identifier: who.clone(), user_type: UserType::Authenticated };
            let supposed = host.decide_as(user, Map::new(), &AccessRequest::new_anonymous()).await.unwrap();
            assert_eq!(supposed.release().number(), expected, "{who}");
        }
    }
    let visitor = one.decide(&AccessRequest::new_anonymous()).await.unwrap();
    let again = one.decide(&AccessRequest::anonymous(&*visitor.identity().identifier)).await.unwrap();
    assert_eq!(visitor.is_canary(), again.is_canary(), "a new visitor stays where they began");
}

#[tokio::test]
async fn a_larger_share_moves_nobody_back_and_counts_anew() {
    let host = host(release(7, ""));
    canary(release(8, ""), Split::of(share(1_000)))(&host);
    let first = host.canary().unwrap();
    let users: Vec<_> = (0..500).map(|number| format!("user-{number}")).collect();
    let mut before = Vec::new();
    for who in &users {
        before.push(decide(&host, who).await.is_canary());
    }
    let second = host.resplit(&first, Split::of(share(2_000))).unwrap();
    assert_eq!(
        (first.report().canary.decisions + first.report().beside.decisions, second.report().beside.decisions),
        (500, 0)
    );
    let mut moved = 0;
    for (who, was_in) in users.iter().zip(before) {
        let is_in = decide(&host, who).await.is_canary();
        assert!(is_in || !was_in, "{who}");
        moved += usize::from(is_in != was_in);
    }
    assert!((25..80).contains(&moved), "{moved}");
    assert!(host.resplit(&first, half()).is_none() && !host.end_canary(&first) && !host.promote(&first), "it is over");
    assert!(host.promote(&second) && host.canary().is_none());
    assert_eq!(host.live().number(), 8);
}

#[tokio::test]
async fn a_counter_begins_its_periods_by_the_calendar_of_the_release_that_decides() {
    let host = host(release(7, ""));
    canary(tokyo(8), Split::new(Share::NONE, ["ada"], ["bob"]).unwrap())(&host);
    let request = |who: &str| CounterRequest {
        identity: IdentityClaim::Provided(who.to_owned()),
        counter_id: "default:article.enabled".to_owned(),
        resource_id: None,
        update: 1,
    };
    let (tokyo, greenwich) =
        (host.counter_update(&request("ada")).await.unwrap(), host.counter_update(&request("bob")).await.unwrap());
    assert_ne!(tokyo.periods, greenwich.periods);
}

/// The canary's verdict after so many decisions for users of two countries.
async fn watched(host: &Host, decisions: usize) -> CanaryVerdict {
    for number in 0..decisions {
        let mut access = AccessRequest::user(format!("user-{number}"));
        access.place.country_code = Some(if number % 10 == 0 { "AT" } else { "DE" }.to_owned());
        host.decide(&access).await.unwrap();
    }
    host.canary().unwrap().verdict()
}

fn measures(verdict: &CanaryVerdict) -> Vec<&Measure> {
    match verdict {
        CanaryVerdict::Departed { evidence } => evidence.iter().map(|Evidence { measure, .. }| measure).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn a_canary_whose_workflow_traps_is_ended_with_evidence_and_everybody_is_served() {
    let premium = load(guests::PREMIUM, unhurried());
    let host = host(release(7, "").with_workflow("w", premium));
    canary(release(8, "").with_workflow("w", load(guests::TRAPS, unhurried())), half())(&host);
    assert!(matches!(watched(&host, 100).await, CanaryVerdict::TooEarly { .. }));
    let verdict = watched(&host, 900).await;
    let premium = Measure::Plan { plan: "premium".to_owned() };
    let found = measures(&verdict);
    assert!(found.starts_with(&[&Measure::Failed, &Measure::Degraded]) && found.contains(&&premium), "{verdict:?}");

    let canary = host.canary().unwrap();
    assert!(host.end_canary(&canary), "it was still live");
    assert!(!host.end_canary(&canary), "whoever comes second finds it done");
    for number in 0..100 {
        let decision = decide(&host, &format!("user-{number}")).await;
        assert!(decision.holds("premium") && !decision.is_canary() && decision.degraded().is_empty());
    }
    let breaker = host.live();
    let breaker = breaker.loaded_workflows().next().unwrap().breaker.unwrap();
    assert_eq!(breaker.skipped(), 0, "the canary's failures are not those of the release beside it");
}

#[tokio::test]
async fn a_canary_that_is_the_same_is_within_its_bounds() {
    let premium = load(guests::PREMIUM, unhurried());
    let next = |number| release(number, "[plans.static-7]").with_workflow("w", premium.clone());
    let host = host(release(7, "[plans.static-8]").with_workflow("w", premium.clone()));
    canary(next(8), half())(&host);
    let verdict = watched(&host, 1_000).await;
    // Each release has a static plan that the other has not got.
    let plans = ["static-7", "static-8"].map(|plan| Measure::Plan { plan: plan.to_owned() });
    assert_eq!(measures(&verdict), plans.iter().collect::<Vec<_>>(), "{verdict:?}");

    let mut bounds = Bounds { least_decisions: 200, ..Bounds::default() };
    bounds.plans.extend(["static-7", "static-8"].map(|plan| (plan.to_owned(), Share::ALL)));
    host.deploy(Deployment::of(host.live()).with_canary(next(9), half(), bounds.clone()));
    bounds.plans.insert("static-9".to_owned(), Share::ALL);
    host.deploy(Deployment::of(host.live()).with_canary(next(9), half(), bounds));
    assert_eq!(watched(&host, 1_000).await, CanaryVerdict::WithinBounds);
}

#[tokio::test]
async fn a_canary_that_burns_fuel_departs_by_its_fuel() {
    let premium = load(guests::PREMIUM, unhurried());
    let host = host(release(7, "[plans.static-8]").with_workflow("w", premium.clone()));
    let mut next = release(8, "[plans.static-7]").with_workflow("w", premium.clone());
    next = next.with_workflow("again", premium.clone()).with_workflow("and-again", premium);
    let mut bounds = Bounds { least_decisions: 200, ..Bounds::default() };
    bounds.plans.extend(["static-7", "static-8"].map(|plan| (plan.to_owned(), Share::ALL)));
    host.deploy(Deployment::of(host.live()).with_canary(next, half(), bounds));
    let verdict = watched(&host, 1_000).await;
    assert_eq!(measures(&verdict), [&Measure::Fuel], "{verdict:?}");
    let CanaryVerdict::Departed { evidence } = verdict else { panic!("{verdict:?}") };
    assert!((290.0..310.0).contains(&evidence[0].departure), "{}", evidence[0]);
}

#[tokio::test]
async fn what_is_only_supposed_is_not_counted() {
    let host = host(release(7, ""));
    canary(release(8, ""), half())(&host);
    let user = User { identifier: "user-1".to_owned(), user_type: UserType::Authenticated };
    host.decide_as(user, Map::new(), &AccessRequest::new_anonymous()).await.unwrap();
    let report = host.canary().unwrap().report();
    assert_eq!(report.canary.decisions + report.beside.decisions, 0);
}

#[tokio::test]
async fn decisions_that_fail_without_an_answer_count_as_failed() {
    let fails = "[workflows.w]\non-failure = { trap = 'fail' }\nbreaker = false\n";
    let host = host(release(7, ""));
    let traps = load(guests::TRAPS, unhurried());
    canary(release(8, fails).with_workflow("w", traps), Split::of(Share::ALL))(&host);
    for number in 0..10 {
        host.decide(&AccessRequest::user(format!("user-{number}"))).await.unwrap_err();
    }
    let report = host.canary().unwrap().report().canary;
    assert_eq!((report.decisions, report.undecided, report.failed, report.degraded), (10, 10, 10, 10));
}

/// The last good answers of a canary are its own.
#[tokio::test]
async fn what_a_canary_granted_does_not_stand_in_once_it_is_ended() {
    let rules = "[workflows.w]\non-failure = { trap = { last-good = '10m' }, not-loaded = { last-good = '10m' } }\n";
    let premium = || load(guests::PREMIUM, unhurried());
    let except = "[variables]\nEXCEPT = 'AT'\n";
    let host = host(release(7, rules).with_workflow("w", premium()));
    let ask = |country: &'static str| {
        let mut access = AccessRequest::user("ada");
        access.place.country_code = Some(country.to_owned());
        access
    };
    assert!(host.decide(&ask("AT")).await.unwrap().holds("premium"));

    let ada = || Split::new(Share::NONE, ["ada"], ["bob"]).unwrap();
    canary(release(8, rules).with_missing_workflow("w", "its module is damaged"), ada())(&host);
    assert!(host.decide(&ask("AT")).await.unwrap().holds("premium"), "the release beside has granted it");
    canary(release(9, &format!("{rules}{except}")).with_workflow("w", premium()), ada())(&host);
    assert!(!host.decide(&ask("AT")).await.unwrap().holds("premium"));
    assert!(host.end_canary(&host.canary().unwrap()));

    host.swap(release(10, rules).with_missing_workflow("w", "its module is damaged"));
    assert!(host.decide(&ask("AT")).await.unwrap().holds("premium"), "what the canary said is forgotten");
}

/// I8, with two releases at a time.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn i8_no_decision_mixes_releases_while_canaries_come_and_go() {
    let workflow = load(guests::REGION, unhurried());
    let numbered = |number: u64, workflow: &Workflow| {
        let catalog = format!("[plans.region-{number}]\n[variables]\nREGION = 'region-{number}'\n");
        release(number, &catalog).with_workflow("region", workflow.clone())
    };
    let host = Arc::new(host(numbered(0, &workflow)));
    let done = Arc::new(AtomicBool::new(false));
    let deciders = (0..4).map(|task| {
        let (host, done) = (Arc::clone(&host), Arc::clone(&done));
        tokio::spawn(async move {
            let mut number = task;
            while !done.load(Ordering::Acquire) {
                let decision = decide(&host, &format!("user-{number}")).await;
                let release = decision.release().number();
                let plans: Vec<_> = decision.plans().collect();
                assert_eq!(plans, [format!("static-{release}"), format!("region-{release}")]);
                number += 4;
                tokio::task::yield_now().await;
            }
        })
    });
    let deciders: Vec<_> = deciders.collect();
    for number in 1..=100 {
        canary(numbered(number, &workflow), half())(&host);
        let canary = host.canary().unwrap();
        tokio::task::yield_now().await;
        let canary = host.resplit(&canary, Split::of(share(9_000))).unwrap();
        tokio::task::yield_now().await;
        assert!(if number % 2 == 0 { host.end_canary(&canary) } else { host.promote(&canary) });
        assert_eq!(host.live().number(), number - u64::from(number % 2 == 0));
    }
    done.store(true, Ordering::Release);
    for decider in deciders {
        decider.await.unwrap();
    }
}
