//! The failure ladder as callers and operators see it: status, header, diagnostics, metrics, `/readyz`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use usher_host::Clock;
use usher_tests::guests;

use crate::test_server::{Reply, TestServer};

const BODY: &str = r#"{"identity": {"anonymousIdentifier": "reader-1"}, "surfaceSlug": "page"}"#;
const POLICIES: [(&str, &str); 4] = [
    ("ignore", "'ignore'"),
    ("last-good", "{ last-good = '10m' }"),
    ("fallback-plans", "{ fallback-plans = ['basic'] }"),
    ("fail", "'fail'"),
];

/// A clock that a test sets. As long as it stands still, no breaker closes.
#[derive(Debug, Default)]
struct Hand(AtomicU64);

impl Clock for Hand {
    fn now_ms(&self) -> u64 {
        1_782_936_000_000 + self.0.load(Ordering::Relaxed)
    }
}

fn catalog(kind: &str, policy: &str) -> String {
    format!(
        "[plans.visitor]\nassign = ['anonymous']\n[plans.basic]\n[plans.call-1]\n[surfaces.page]\n\
         [workflows.w.on-failure]\n{kind} = {policy}\n"
    )
}

/// Makes this guest `w`, and returns the beginning of its digest.
fn upload(server: &TestServer, guest: &str, limits: &str) -> String {
    let path = format!("/admin/v1/workflows/w?{limits}");
    let uploaded = server.to("PUT", &path).send(std::fs::read(guest).unwrap()).ok().json();
    uploaded["digest"].as_str().unwrap().get(..12).unwrap().to_owned()
}

fn ask(server: &TestServer, path: &str, key: &str) -> Reply {
    server.to("POST", path).key(key).send(BODY)
}

#[track_caller]
fn check_metric(server: &TestServer, line: &str) {
    let metrics = server.to("GET", "/metrics").no_key().get().ok().body;
    let family = line.split('{').next().unwrap();
    let found: Vec<_> = metrics.lines().filter(|found| found.starts_with(family)).collect();
    assert!(found.contains(&line), "{line}\n{}", found.join("\n"));
}

fn slugs(plans: &Value) -> Vec<&str> {
    plans.as_array().unwrap().iter().map(|plan| plan["slug"].as_str().unwrap()).collect()
}

/// One cell of the matrix: `w` is broken, and each door answers each kind of key as the policy says.
fn check_cell(server: &TestServer, version: &str, kind: &str, policy: &str) {
    let cell = format!("{kind}: {policy}");
    let doors = ["/api/v1/access-checks", "/api/v1/surface-decisions"];
    for door in doors {
        let [told, untold] = [&server.keys.secret, &server.keys.public].map(|key| ask(server, door, key));
        for reply in [&told, &untold] {
            assert_eq!(reply.header("x-usher-degraded"), Some("true"), "{cell}");
            assert!(reply.header("access-control-expose-headers").unwrap().contains("x-usher-degraded"), "{cell}");
            assert_eq!(reply.header("x-usher-decision").map(str::len), Some(36), "{cell}");
        }
        if policy == "fail" {
            told.check_error(503, &format!("workflow `w` failed ({kind}), and the catalog says"));
            untold.check_error(503, "nothing could be decided");
            assert!(!untold.body.contains("`w`") && !untold.body.contains(kind), "{}", untold.body);
            continue;
        }
        let (answer, public) = (told.ok().json(), untold.ok().json());
        assert_eq!(public.get("diagnostics"), None, "{cell}");
        assert_eq!(answer["features"], public["features"], "{cell}");
        let diagnostics = &answer["diagnostics"];
        let expected = match policy {
            "last-good" => vec!["visitor", "call-1"],
            "fallback-plans" => vec!["visitor", "basic"],
            _ => vec!["visitor"],
        };
        assert_eq!(slugs(&diagnostics["plans"]), expected, "{cell}");
        let report = &diagnostics["workflows"][0];
        let said = (&diagnostics["degraded"], &report["failure"], &report["policy"]);
        assert_eq!(said, (&json!(true), &json!(kind), &json!(policy)), "{cell}");
    }
    let labels = format!(r#"workflow="w",version="{version}",failure="{kind}",policy="{policy}""#);
    check_metric(server, &format!("usher_workflow_failures_total{{{labels}}} 4"));
}

#[test]
fn i5_each_failure_is_answered_as_the_catalog_says() {
    let unhurried = "deadline-ms=10000";
    for (kind, guest, limits) in [
        ("trap", guests::TRAPS, unhurried),
        ("fuel", guests::ENDLESS_LOOP, "deadline-ms=10000&fuel=100000"),
        ("deadline", guests::ENDLESS_LOOP, "deadline-ms=10&fuel=10000000000"),
        ("memory", guests::EATS_MEMORY, unhurried),
        ("bad-output", guests::LONG_SLUG, unhurried),
        ("refused", guests::REFUSES, unhurried),
    ] {
        for (policy, spelled) in POLICIES {
            // A good answer first; then what was uploaded last turns out to be broken.
            let server = TestServer::by_clock(Arc::new(Hand::default()));
            server.publish(&catalog(kind, spelled)).ok();
            upload(&server, guests::COUNTS, unhurried);
            let good = ask(&server, "/api/v1/access-checks", &server.keys.secret).ok();
            assert_eq!(slugs(&good.json()["diagnostics"]["plans"]), ["visitor", "call-1"]);
            let version = upload(&server, guest, limits);
            check_cell(&server, &version, kind, policy);
        }
    }
}

#[test]
fn i5_what_an_open_breaker_leaves_out_is_answered_as_the_catalog_says() {
    let clock = Arc::new(Hand::default());
    let server = TestServer::by_clock(Arc::<Hand>::clone(&clock));
    server.publish(&catalog("not-loaded", "{ last-good = '10m' }")).ok();
    upload(&server, guests::COUNTS, "deadline-ms=10000");
    ask(&server, "/api/v1/access-checks", &server.keys.secret).ok();
    let version = upload(&server, guests::COUNTS, "deadline-ms=10000&fuel=10");
    let breaker = |state: u8, skipped: u64, name: &str| {
        let labels = format!(r#"environment="live",workflow="w",version="{version}""#);
        check_metric(&server, &format!("usher_workflow_breaker_open{{{labels}}} {state}"));
        check_metric(&server, &format!("usher_workflow_skipped_runs_total{{{labels}}} {skipped}"));
        let ready = server.to("GET", "/readyz").no_key().get().ok().json();
        assert_eq!(ready["workflows"], json!([{"slug": "w", "loaded": true, "error": null, "breaker": name}]));
    };
    // With the good run, 20: more than half of them fail.
    for _ in 0..19 {
        breaker(0, 0, "closed");
        ask(&server, "/api/v1/access-checks", &server.keys.secret).ok();
    }
    breaker(1, 0, "open");
    for (index, (policy, spelled)) in (1..).zip(POLICIES) {
        // Every catalog is a release of its own, with the same module.
        server.publish(&catalog("not-loaded", spelled)).ok();
        check_cell(&server, &version, "not-loaded", policy);
        breaker(1, index * 4, "open");
    }
    let enough = "deadline-ms=10000&fuel=1000000";
    assert_eq!(upload(&server, guests::COUNTS, enough), version);
    breaker(1, 16, "open");
    clock.0.fetch_add(5_000, Ordering::Relaxed);
    let well = ask(&server, "/api/v1/access-checks", &server.keys.public).ok();
    assert_eq!(well.header("x-usher-degraded"), None);
    breaker(0, 16, "closed");

    server.publish("[workflows.w]\nbreaker = false\n").ok();
    let ready = server.to("GET", "/readyz").no_key().get().ok().json();
    assert_eq!(ready["workflows"][0]["breaker"], "off");
    server.to("POST", "/admin/v1/workflows/w/disable").send("").ok();
    let ready = server.to("GET", "/readyz").no_key().get().ok().json();
    assert_eq!(ready["workflows"][0]["breaker"], Value::Null);
}

#[test]
fn an_operator_who_asks_is_told_that_nothing_is_decided() {
    let server = TestServer::by_clock(Arc::new(Hand::default()));
    server.publish(&catalog("refused", "'fail'")).ok();
    upload(&server, guests::REFUSES, "deadline-ms=10000");
    let explained = server.to("GET", "/admin/v1/users/anonymous/reader-1").get();
    explained.check_error(503, "workflow `w` failed (refused)");
    assert!(!explained.body.contains("reader-1"), "the workflow's own words may name a user");
}
