//! Real workflows on a real server: what they add, what they cannot do, and what becomes of those that misbehave.

use serde_json::{Value, json};
use usher_tests::{guests, newsroom};

use crate::test_server::{Reply, TestServer};

const CATALOG: &str = r#"
    [features.article.properties.enabled]
    type = "meterable"
    [plans.visitor]
    assign = ["anonymous"]
    [plans.reader]
    assign = ["authenticated"]
    [plans.call-1]
    [plans.call-1.features.article]
    enabled = "on"
    [plans.premium-trial]
"#;

fn start() -> TestServer {
    let server = TestServer::start();
    server.publish(CATALOG).ok();
    server
}

fn upload(server: &TestServer, slug: &str, path: &str) -> Reply {
    // Time enough that only fuel and memory decide.
    let path_and_query = format!("/admin/v1/workflows/{slug}?deadline-ms=10000");
    server.to("PUT", &path_and_query).send(std::fs::read(path).unwrap())
}

/// The slugs of the plans that an anonymous reader holds, and the diagnostics.
fn decide(server: &TestServer) -> (Vec<String>, Value) {
    let answer = server.access_check(r#"{"identity": {"anonymousIdentifier": "reader-1"}}"#).ok().json();
    let diagnostics = answer["diagnostics"].clone();
    let plans = diagnostics["plans"].as_array().unwrap().iter();
    (plans.map(|plan| plan["slug"].as_str().unwrap().to_owned()).collect(), diagnostics)
}

#[test]
fn an_upload_is_live_when_it_is_answered_until_it_is_disabled_or_deleted() {
    let server = start();
    let uploaded = upload(&server, "counts", guests::COUNTS).ok().json();
    assert_eq!(
        (&uploaded["enabled"], &uploaded["world"], &uploaded["loaded"]),
        (&json!(true), &json!("workflow"), &json!(true))
    );
    let (plans, diagnostics) = decide(&server);
    assert_eq!(plans, ["visitor", "call-1"]);
    assert_eq!(diagnostics["plans"][1]["origin"], "workflow:counts");
    assert_eq!(diagnostics["workflows"][0]["digest"], uploaded["digest"]);

    server.to("POST", "/admin/v1/workflows/counts/disable").send("").ok();
    assert_eq!(decide(&server).0, ["visitor"]);
    server.to("POST", "/admin/v1/workflows/counts/enable").send("").ok();
    assert_eq!(decide(&server).0, ["visitor", "call-1"]);
    server.to("DELETE", "/admin/v1/workflows/counts").get().ok();
    assert_eq!(decide(&server).0, ["visitor"]);
}

#[test]
fn i1_what_may_not_run_is_refused_by_name_and_nothing_is_kept() {
    let server = start();
    let cases = [
        (guests::FIRES_TRIGGER, "forbidden-import", "`usher:provisioning/triggers@0.1.0#fire`"),
        (guests::INCREMENTS_COUNTER, "forbidden-import", "`usher:provisioning/identity@0.1.0#increment-counter`"),
        (guests::WRITES_CUSTOM_DATA, "forbidden-import", "`acme:provisioning/identity@0.1.0#write-custom-data`"),
        (guests::IMPORTS_SOCKET, "forbidden-import", "a workflow has no network"),
        (guests::COMMAND, "wrong-world", "a workflow exports the function `provision`"),
    ];
    for (guest, reason, words) in cases {
        let refused = upload(&server, "hostile", guest);
        refused.check_error(422, words);
        assert_eq!(refused.json()["reason"], reason);
    }
    let whole = std::fs::read(guests::COUNTS).unwrap();
    let half = server.to("PUT", "/admin/v1/workflows/half").send(&whole[..whole.len() / 2]);
    half.check_error(422, "damaged or truncated");
    let mut large = whole;
    large.resize((16 << 20) + 1, 0);
    server.to("PUT", "/admin/v1/workflows/large").send(&large).check_error(413, "16777216 bytes");
    assert_eq!(server.to("GET", "/admin/v1/workflows").get().ok().json(), json!([]));
}

#[test]
fn a_refused_replacement_leaves_the_one_before_live() {
    let server = start();
    upload(&server, "counts", guests::COUNTS).ok();
    upload(&server, "counts", guests::FIRES_TRIGGER).check_error(422, "fire");
    assert_eq!(decide(&server).0, ["visitor", "call-1"]);
}

#[test]
fn i5_workflows_that_misbehave_cost_their_own_plans_and_no_more() {
    let server = start();
    let bad = [
        ("loops", guests::ENDLESS_LOOP, "out-of-fuel"),
        ("hungry", guests::EATS_MEMORY, "memory"),
        ("traps", guests::TRAPS, "trapped"),
        ("panics", guests::PANICS, "trapped"),
        ("refuses", guests::REFUSES, "refused"),
        ("nonsense", guests::LONG_SLUG, "bad-output"),
    ];
    for (slug, guest, _) in bad {
        upload(&server, slug, guest).ok();
    }
    upload(&server, "counts", guests::COUNTS).ok();
    let reply = server.access_check(r#"{"identity": {"anonymousIdentifier": "reader-1"}}"#);
    assert_eq!((reply.status, reply.header("x-usher-degraded")), (200, Some("true")));
    let (plans, diagnostics) = decide(&server);
    assert_eq!(plans, ["visitor", "call-1"]);
    assert_eq!(diagnostics["degraded"], true);
    for (index, (slug, _, outcome)) in bad.into_iter().enumerate() {
        let report = &diagnostics["workflows"][index];
        assert_eq!((&report["slug"], &report["outcome"]), (&json!(slug), &json!(outcome)), "{report}");
        assert!(report["error"].is_string(), "{report}");
    }
    let log = &diagnostics["workflows"][3]["log"][0];
    assert_eq!(log, "error: panicked at tests/guests/panics.rs:8:5: no tier for reader-1");
}

#[test]
fn i2_a_thousand_answers_to_one_question_are_the_same() {
    let server = start();
    upload(&server, "counts", guests::COUNTS).ok();
    let body = r#"{"identity": {"anonymousIdentifier": "reader-1"}}"#;
    let features = || server.access_check(body).ok().json()["features"].take();
    let first = features();
    for _ in 1..1_000 {
        assert_eq!(features(), first);
    }
}

#[test]
fn limits_are_set_per_workflow() {
    let server = start();
    let counts = std::fs::read(guests::COUNTS).unwrap();
    for (limit, outcome) in [("fuel=10", "out-of-fuel"), ("memory-bytes=65536", "memory"), ("fuel=100000", "ok")] {
        server.to("PUT", &format!("/admin/v1/workflows/counts?deadline-ms=10000&{limit}")).send(&counts).ok();
        assert_eq!(decide(&server).1["workflows"][0]["outcome"], outcome, "{limit}");
    }
    server.to("PUT", "/admin/v1/workflows/counts?fuel=lots").send(&counts).check_error(400, "fuel");
}

#[test]
fn custom_data_decides_for_its_user_and_nobody_else() {
    let server = start();
    upload(&server, "trial", newsroom::TRIAL).ok();
    let path = "/admin/v1/users/authenticated/reader-7/custom-data/trial?crossBrand=true";
    server.to("PUT", path).send(r#"{"plan": "premium", "until": "2099-01-01T00:00:00Z"}"#).ok();
    for (user, plans) in [("reader-7", &["reader", "premium-trial"][..]), ("reader-8", &["reader"])] {
        let answer = server.whole_answer(&json!({"identity": {"userIdentifier": user}}).to_string());
        let held: Vec<_> =
            answer["diagnostics"]["plans"].as_array().unwrap().iter().map(|plan| &plan["slug"]).collect();
        assert_eq!(held, plans, "{user}");
        assert_eq!(answer["diagnostics"]["workflows"][0]["lookups"][0]["question"], "custom-data trial");
    }
}

#[test]
fn diagnostics_are_for_secret_keys() {
    let server = start();
    upload(&server, "counts", guests::COUNTS).ok();
    let body = r#"{"identity": {"anonymousIdentifier": "reader-1"}}"#;
    let public = server.to("POST", "/api/v1/access-checks").key(&server.keys.public).send(body).ok().json();
    assert!(public.get("diagnostics").is_none());
    assert_eq!(public["features"]["article"]["properties"]["enabled"]["hasAccess"], true);
}

#[test]
fn a_release_is_shown_whole_with_its_modules() {
    let server = start();
    let module = std::fs::read(guests::COUNTS).unwrap();
    let upload = server.to("PUT", "/admin/v1/workflows/counts?deadline-ms=10000&enabled=false");
    let uploaded = upload.send(&module).ok().json();
    let shown = server.to("GET", "/admin/v1/release").get().ok().json();
    assert_eq!((&shown["environment"], &shown["release"]), (&json!("live"), &uploaded["release"]));
    assert_eq!(shown["catalog"], server.to("GET", "/admin/v1/catalog").get().ok().body);
    let workflow =
        json!({"slug": "counts", "digest": uploaded["digest"], "enabled": false, "limits": {"deadlineMs": 10_000}});
    assert_eq!(shown["workflows"], json!([workflow]));
    let fetched = server.to("GET", "/admin/v1/workflows/counts/module").get().ok();
    assert_eq!(fetched.header("content-type"), Some("application/wasm"));
    assert!(fetched.bytes == module, "the module is as it was uploaded");
}
