//! A shadow: what it finds, and that nobody notices it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use usher_host::{
    AccessRequest, Catalog, Change, Deployment, Dimension, Host, Limits, LookupError, LookupFuture, Release, Sandbox,
    SandboxConfig, Scope, Shadow, ShadowConfig, ShadowError, ShadowReport, Share, User, UserData, UserDataView,
    hashed_user,
};
use usher_tests::guests;

use crate::support::{SANDBOX, load, unhurried};

const KEY: [u8; 32] = [7; 32];

const CATALOG: &str = r#"
    [features.article.properties.enabled]
    type = "meterable"
    [plans.reader]
    assign = ["authenticated", "anonymous"]
    [plans.reader.features.article]
    enabled = { limit = 3, per = "month" }
    [plans.premium.features.article]
    enabled = "on"
"#;

fn release(number: u64, more: &str) -> Release {
    Release::new(number, Catalog::parse(&format!("{CATALOG}{more}")).unwrap()).unwrap()
}

fn premium(number: u64, more: &str) -> Release {
    release(number, more).with_workflow("w", load(guests::PREMIUM, unhurried()))
}

fn host(release: Release) -> Host {
    Host::new(Arc::clone(&SANDBOX), release).with_deadline(Duration::from_secs(60))
}

/// Whatever it costs: the machine that runs the tests may be slow.
fn config() -> ShadowConfig {
    ShadowConfig::new(KEY).with_processor(Share::ALL).with_queue(4_096)
}

async fn settled(shadow: &Shadow) -> ShadowReport {
    shadow.settled().await;
    shadow.report()
}

fn reader(number: usize) -> AccessRequest {
    let mut access = AccessRequest::user(format!("reader-{number}"));
    // Every thirtieth is from Austria, and has nothing else in common.
    let country = if number.is_multiple_of(30) { "AT" } else { ["DE", "CH", "FR", "IT"][number % 4] };
    access.place.country_code = Some(country.to_owned());
    access
}

#[tokio::test]
async fn who_would_lose_a_plan_is_found_within_two_thousand_decisions() {
    let host = host(premium(7, ""));
    let shadow = host.start_shadow(premium(8, "[variables]\nEXCEPT = 'AT'\n"), &config()).unwrap();
    for number in 0..2_000 {
        let decision = host.decide(&reader(number)).await.unwrap();
        assert!(decision.holds("premium") && decision.release().number() == 7);
    }
    let report = settled(&shadow).await;
    assert_eq!((report.release, report.sampled, report.dropped, report.evaluated), (8, 2_000, 0, 2_000));
    assert_eq!((report.different, report.inconclusive, report.other_differences), (67, 0, 0));
    let changes: Vec<_> = report.differences.iter().map(|difference| &difference.change).collect();
    let property = Change::Property {
        feature: "article".to_owned(),
        property: "enabled".to_owned(),
        from: Some("on".to_owned()),
        to: Some("3 per month".to_owned()),
    };
    assert_eq!(changes, [&Change::PlanLost { plan: "premium".to_owned() }, &property]);
    for difference in &report.differences {
        let cohort = &difference.cohorts[0];
        assert_eq!((cohort.dimension, &*cohort.value), (Dimension::Country, "AT"), "{difference:?}");
        assert_eq!((cohort.decisions, cohort.evaluated, difference.decisions), (67, 67, 67));
        assert_eq!(cohort.percent_of_difference, 100.0);
        assert_eq!(difference.examples.len(), 5);
        assert_eq!(difference.examples[0].user, hashed_user(&KEY, "authenticated", "reader-0"));
        assert_eq!(difference.examples[0].traits[&Dimension::Country], "AT");
    }
    let json = serde_json::to_string(&report).unwrap();
    assert!(!json.contains("reader-"), "{json}");
}

#[tokio::test]
async fn a_release_that_is_the_same_makes_no_difference() {
    let host = host(premium(7, ""));
    let shadow = host.start_shadow(premium(8, ""), &config()).unwrap();
    for number in 0..200 {
        host.decide(&reader(number)).await.unwrap();
    }
    let report = settled(&shadow).await;
    assert_eq!((report.evaluated, report.different, report.differences.len()), (200, 0, 0));
}

#[tokio::test]
async fn a_workflow_that_fails_is_found_and_nothing_of_it_is_seen() {
    let rules = "[workflows.w]\non-failure = { trap = { last-good = '10m' } }\n";
    let host = host(premium(7, rules));
    let traps = release(8, rules).with_workflow("w", load(guests::TRAPS, unhurried()));
    let shadow = host.start_shadow(traps, &config()).unwrap();
    for number in 0..100 {
        let decision = host.decide(&reader(number)).await.unwrap();
        assert!(decision.holds("premium") && decision.degraded().is_empty() && !decision.is_canary());
    }
    let report = settled(&shadow).await;
    let failed = Change::WorkflowFailed { workflow: "w".to_owned(), failure: "trap" };
    assert_eq!((report.evaluated, &report.differences[0].change, report.differences[0].decisions), (100, &failed, 100));
    let live = host.live();
    assert_eq!(live.loaded_workflows().next().unwrap().breaker.unwrap().skipped(), 0);
}

#[tokio::test]
async fn a_shadow_remembers_nothing_for_anybody() {
    let rules = "[workflows.w]\non-failure = { not-loaded = { last-good = '10m' } }\n";
    let host = host(release(7, rules).with_missing_workflow("w", "its module is damaged"));
    let shadow = host.start_shadow(premium(8, rules), &config()).unwrap();
    for _ in 0..2 {
        assert!(!host.decide(&reader(1)).await.unwrap().holds("premium"), "nothing stands in");
    }
    let report = settled(&shadow).await;
    assert_eq!(report.differences[0].change, Change::PlanGained { plan: "premium".to_owned() });
}

#[tokio::test]
async fn nothing_would_be_decided_where_the_catalog_says_so() {
    let host = host(release(7, ""));
    let rules = "[workflows.w]\non-failure = { trap = 'fail' }\n";
    let shadow =
        host.start_shadow(release(8, rules).with_workflow("w", load(guests::TRAPS, unhurried())), &config()).unwrap();
    host.decide(&reader(1)).await.unwrap();
    let report = settled(&shadow).await;
    assert_eq!(report.differences[0].change, Change::Undecided { workflow: "w".to_owned(), failure: "trap" });
}

#[tokio::test]
async fn only_the_sample_is_made_again() {
    let host = host(release(7, ""));
    for (share, expected) in [(0, 0..=0), (2_500, 400..=600), (10_000, 2_000..=2_000)] {
        let shadow = host.start_shadow(release(8, ""), &config().with_sample(Share::new(share).unwrap())).unwrap();
        for number in 0..2_000 {
            host.decide(&reader(number)).await.unwrap();
        }
        let sampled = settled(&shadow).await.sampled;
        assert!(expected.contains(&sampled), "{share}: {sampled}");
    }
}

/// User data of which every user's plan is `premium`, once it is let go.
#[derive(Debug, Clone, Default)]
struct Gate(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    views: AtomicU64,
    asked: Notify,
    opens: Notify,
    gone: Mutex<bool>,
}

impl UserData for Gate {
    fn view<'a>(&'a self, _: &'a User) -> LookupFuture<'a, Box<dyn UserDataView>> {
        self.0.views.fetch_add(1, Ordering::Relaxed);
        let view: Box<dyn UserDataView> = Box::new(self.clone());
        Box::pin(async { Ok(view) })
    }
}

impl UserDataView for Gate {
    fn custom_data<'a>(&'a self, _: &'a User, _: &'a str, _: Scope) -> LookupFuture<'a, Option<String>> {
        Box::pin(async {
            self.0.asked.notify_one();
            self.0.opens.notified().await;
            if *self.0.gone.lock().unwrap() {
                Err(LookupError::new("gone"))
            } else {
                Ok(Some("\"premium\"".to_owned()))
            }
        })
    }
}

/// A release whose workflow reads the user's plan, and waits for it.
fn reading(number: u64) -> Release {
    let limits = Limits { lookup_deadline: Duration::from_secs(60), ..unhurried() };
    release(number, "").with_workflow("w", load(guests::READS_PLAN, limits))
}

#[tokio::test]
async fn what_it_cannot_keep_up_with_is_dropped_and_counted_and_nobody_waits() {
    let gate = Gate::default();
    let host = host(release(7, "")).with_user_data(Arc::new(gate.clone()));
    let shadow = host.start_shadow(reading(8), &config().with_queue(2)).unwrap();
    host.decide(&reader(0)).await.unwrap();
    gate.0.asked.notified().await;
    for number in 1..=10 {
        let decision = host.decide(&reader(number)).await.unwrap();
        assert!(!decision.holds("premium"));
    }
    let report = shadow.report();
    assert_eq!((report.sampled, report.dropped, report.evaluated), (11, 8, 0), "one at work and two in the queue");
    for _ in 0..2 {
        gate.0.opens.notify_one();
        gate.0.asked.notified().await;
    }
    gate.0.opens.notify_one();
    let report = settled(&shadow).await;
    assert_eq!(report.evaluated, 3);
    assert_eq!(report.differences[0].change, Change::PlanGained { plan: "premium".to_owned() });
    assert_eq!(report.differences[0].decisions, 3);
}

#[tokio::test]
async fn it_reads_what_it_needs_through_views_of_its_own() {
    let gate = Gate::default();
    let host = host(release(7, "")).with_user_data(Arc::new(gate.clone()));
    let shadow = host.start_shadow(release(8, ""), &config()).unwrap();
    host.decide(&reader(0)).await.unwrap();
    settled(&shadow).await;
    assert_eq!(gate.0.views.load(Ordering::Relaxed), 1, "nothing is read, and no view opened for it");

    let shadow = host.start_shadow(reading(9), &config()).unwrap();
    gate.0.opens.notify_one();
    host.decide(&reader(0)).await.unwrap();
    assert_eq!(settled(&shadow).await.different, 1);
    assert_eq!(gate.0.views.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn a_look_up_without_an_answer_says_nothing_of_a_release() {
    let gate = Gate::default();
    *gate.0.gone.lock().unwrap() = true;
    gate.0.opens.notify_one();
    let host = host(release(7, "")).with_user_data(Arc::new(gate));
    let shadow = host.start_shadow(reading(8), &config()).unwrap();
    host.decide(&reader(0)).await.unwrap();
    let report = settled(&shadow).await;
    assert_eq!((report.evaluated, report.inconclusive, report.differences.len()), (0, 1, 0));
}

#[tokio::test]
async fn it_leaves_the_last_place_to_decisions() {
    let sandbox = Sandbox::new(&SandboxConfig { concurrent_runs: 1, ..SandboxConfig::default() }).unwrap();
    let sandbox = Arc::new(sandbox);
    let artifact = sandbox.admit(&std::fs::read(guests::PREMIUM).unwrap()).verdict.unwrap();
    let workflow = sandbox.load(&artifact, unhurried()).unwrap();
    let host = Host::new(sandbox, release(7, "").with_workflow("w", workflow.clone()));
    let shadow = host.start_shadow(release(8, "").with_workflow("w", workflow), &config().with_queue(1)).unwrap();
    for number in 0..10 {
        assert!(host.decide(&reader(number)).await.unwrap().holds("premium"));
    }
    let report = shadow.report();
    assert_eq!((report.sampled, report.dropped, report.evaluated), (10, 9, 0));
}

#[tokio::test]
async fn it_keeps_to_its_share_of_a_processor() {
    let host = host(premium(7, ""));
    let share = Share::new(500).unwrap();
    let began = Instant::now();
    let shadow = host.start_shadow(premium(8, ""), &config().with_processor(share)).unwrap();
    let mut number = 0;
    let report = loop {
        host.decide(&reader(number)).await.unwrap();
        number += 1;
        let report = settled(&shadow).await;
        if report.processor_micros > 30_000 {
            break report;
        }
    };
    // What may be used at once, and what the last one may take on a machine that is busy with something else.
    let most = began.elapsed().mul_f64(0.05) + Duration::from_millis(10 + 10);
    assert!(Duration::from_micros(report.processor_micros) <= most, "{} µs of {most:?}", report.processor_micros);
}

#[tokio::test]
async fn it_ends_with_what_it_compares_with_and_its_report_stays() {
    let host = host(release(7, ""));
    let start = |number| host.start_shadow(release(number, ""), &config()).unwrap();
    let first = start(8);
    host.decide(&reader(0)).await.unwrap();
    settled(&first).await;
    let second = start(9);
    assert!(first.is_over() && !second.is_over() && host.shadow().is_some_and(|live| Arc::ptr_eq(&live, &second)));
    assert!(!host.end_shadow(&first) && host.end_shadow(&second) && !host.end_shadow(&second));
    assert!(second.is_over() && host.shadow().is_none());
    assert_eq!(first.report().evaluated, 1);

    let third = start(10);
    host.swap(release(11, ""));
    assert!(third.is_over() && host.shadow().is_none());
    let split = || usher_host::Split::of(Share::ALL);
    host.deploy(Deployment::of(host.live()).with_canary(release(12, ""), split(), usher_host::Bounds::default()));
    let (fourth, canary) = (start(13), host.canary().unwrap());
    host.decide(&reader(0)).await.unwrap();
    assert_eq!(fourth.report().sampled, 0, "a canary's decisions are not compared");
    let canary = host.resplit(&canary, split()).unwrap();
    assert!(!fourth.is_over());
    assert!(host.promote(&canary) && fourth.is_over() && host.shadow().is_none());
}

#[test]
fn without_a_runtime_there_is_no_shadow() {
    let host = host(release(7, ""));
    assert!(matches!(host.start_shadow(release(8, ""), &config()), Err(ShadowError::NoRuntime)));
}
