//! Rollouts: a release that some of the users get, and one that is tried and answers nobody.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use usher_store::Location;

use crate::test_server::{Reply, TestServer};

/// A server with two releases: everybody holds `gold` by the first, and nobody does by the second. The first is deployed.
fn with_two_releases(server: &TestServer) -> (u64, u64) {
    let freeze = |catalog: &str| {
        server.publish(catalog).ok();
        server.to("POST", "/admin/v1/releases").send("").ok().json()["number"].as_u64().unwrap()
    };
    let numbers = (
        freeze("[plans.gold]\nassign = ['anonymous']\n[plans.silver]\n"),
        freeze("[plans.gold]\n[plans.silver]\nassign = ['anonymous']\n"),
    );
    deploy(server, &json!({"release": numbers.0})).ok();
    numbers
}

fn deploy(server: &TestServer, body: &Value) -> Reply {
    server.to("POST", "/admin/v1/environments/live/deployments").send(body.to_string())
}

/// Who decides for a visitor: the number of the release, whether it is a canary, the plan.
fn decided(server: &TestServer, visitor: &str) -> (u64, bool, String) {
    let body = json!({"identity": {"anonymousIdentifier": visitor}}).to_string();
    let diagnostics = server.access_check(&body).ok().json()["diagnostics"].take();
    let plan = diagnostics["plans"][0]["slug"].as_str().unwrap().to_owned();
    (diagnostics["release"].as_u64().unwrap(), diagnostics["canary"] == true, plan)
}

/// What the admin API shows of what is tried.
fn shown(server: &TestServer, what: &str) -> Reply {
    server.to("GET", &format!("/admin/v1/environments/live/{what}")).get()
}

#[track_caller]
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(60), "{what}");
    }
}

#[test]
fn a_canary_decides_for_its_users_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().to_owned());
    let server = TestServer::on(&location);
    let (one, two) = with_two_releases(&server);
    let canary = json!({"release": two, "percent": 30, "include": ["tester"], "exclude": ["editor"]});
    let made = deploy(&server, &json!({"release": one, "canary": canary})).ok().json();
    let expected = json!({"release": two, "percent": 30.0, "include": ["tester"], "exclude": ["editor"], "bounds": {}});
    assert_eq!(made["canary"], expected);
    assert_eq!(decided(&server, "tester"), (two, true, "silver".to_owned()));
    assert_eq!(decided(&server, "editor"), (one, false, "gold".to_owned()));

    let visitors: Vec<_> = (0..300).map(|number| format!("visitor-{number}")).collect();
    let who = |server: &TestServer| visitors.iter().map(|visitor| decided(server, visitor).1).collect::<Vec<_>>();
    let third = who(&server);
    let in_it = third.iter().filter(|is_in| **is_in).count();
    assert!((60..120).contains(&in_it), "{in_it}");
    let report = shown(&server, "canary").ok().json();
    assert_eq!(
        (&report["report"]["beside"]["release"], &report["report"]["canary"]["release"]),
        (&json!(one), &json!(two))
    );
    assert_eq!(report["report"]["canary"]["decisions"], in_it);

    // It is the same after a restart, and a larger share takes nobody out.
    let keys = server.keys.clone();
    server.stop();
    let mut server = TestServer::on(&location);
    server.keys = keys;
    assert_eq!(who(&server), third);
    let canary = json!({"release": two, "percent": 60, "include": ["tester"], "exclude": ["editor"]});
    deploy(&server, &json!({"release": one, "canary": canary})).ok();
    let more = who(&server);
    assert!(third.iter().zip(&more).all(|(before, after)| !before || *after));
    assert!(more.iter().filter(|is_in| **is_in).count() > in_it);

    // For everybody, and then for nobody.
    deploy(&server, &json!({"release": two})).ok();
    assert_eq!(decided(&server, "editor"), (two, false, "silver".to_owned()));
    server.to("POST", "/admin/v1/environments/live/rollback").send("").ok();
    assert_eq!(decided(&server, "tester"), (one, false, "gold".to_owned()));
    shown(&server, "canary").check_error(404, "`canary` of an environment: expected one, found none");
}

#[test]
fn a_surface_is_that_of_the_release_that_decides() {
    let server = TestServer::start();
    let freeze = |catalog: &str| {
        server.publish(catalog).ok();
        server.to("POST", "/admin/v1/releases").send("").ok().json()["number"].clone()
    };
    let (one, two) = (freeze("[surfaces.front]\n"), freeze("[surfaces.home]\n"));
    deploy(&server, &json!({"release": one})).ok();
    deploy(&server, &json!({"release": one, "canary": {"release": two, "include": ["tester"]}})).ok();
    for (visitor, surface, status) in
        [("tester", "home", 200), ("tester", "front", 404), ("reader", "front", 200), ("reader", "home", 404)]
    {
        let body = json!({"surfaceSlug": surface, "identity": {"anonymousIdentifier": visitor}}).to_string();
        let reply = server.to("POST", "/api/v1/surface-decisions").send(body);
        assert_eq!(reply.status, status, "{visitor} {surface}: {}", reply.body);
    }
}

#[test]
fn a_canary_that_departs_is_ended_and_the_history_says_why() {
    let server = TestServer::start();
    let (one, two) = with_two_releases(&server);
    let canary = json!({"release": two, "percent": 50, "include": ["tester"], "bounds": {"leastDecisions": 300}});
    deploy(&server, &json!({"release": one, "canary": canary})).ok();
    assert_eq!(decided(&server, "tester").0, two);
    let mut visitors = 0..;
    until("nobody gets the canary any more", || {
        for _ in 0..100 {
            decided(&server, &format!("visitor-{}", visitors.next().unwrap()));
        }
        decided(&server, "tester") == (one, false, "gold".to_owned())
    });
    until("and that is written down", || {
        let newest = server.to("GET", "/admin/v1/environments/live/deployments?limit=1").get().ok().json()[0].take();
        newest["author"] == "canary-watch"
            && newest["canary"] == Value::Null
            && newest["release"] == one
            && newest["note"].as_str().is_some_and(|note| {
                note.starts_with(&format!("canary release {two} was ended: decisions with plan `gold`: 100.00 % of "))
            })
    });
    let metrics = server.to("GET", "/metrics").no_key().get().ok().body;
    assert!(metrics.contains("usher_canaries_ended_total{environment=\"live\"} 1\n"), "{metrics}");
    let audit = server.to("GET", "/admin/v1/audit?limit=1").get().ok().json();
    assert_eq!((&audit[0]["author"], &audit[0]["action"]), (&json!("canary-watch"), &json!("deploy")));
}

#[test]
fn a_shadow_answers_nobody_and_says_what_would_be_different() {
    let server = TestServer::start();
    let (one, two) = with_two_releases(&server);
    deploy(&server, &json!({"release": one, "shadow": {"release": two, "sample": 100, "processor": 100}})).ok();
    for number in 0..20 {
        assert_eq!(decided(&server, &format!("visitor-{number}")), (one, false, "gold".to_owned()));
    }
    let report = || shown(&server, "shadow").ok().json()["report"].take();
    until("all decisions are made again", || report()["evaluated"] == 20);
    let report = report();
    assert_eq!((&report["release"], &report["different"], &report["dropped"]), (&json!(two), &json!(20), &json!(0)));
    let differences = report["differences"].as_array().unwrap();
    let lost = differences.iter().find(|one| one["plan"] == "gold").unwrap();
    assert_eq!((&lost["decisions"], lost["examples"].as_array().unwrap().len()), (&json!(20), 5));
    assert!(!report.to_string().contains("visitor-"), "{report}");
    let metrics = server.to("GET", "/metrics").no_key().get().ok().body;
    let line = format!("usher_shadow_decisions{{environment=\"live\",release=\"{two}\",outcome=\"different\"}} 20\n");
    assert!(metrics.contains(&line), "{metrics}");
    deploy(&server, &json!({"release": one})).ok();
    shown(&server, "shadow").check_error(404, "`shadow` of an environment: expected one, found none");
}

#[test]
fn what_cannot_be_tried_is_told_so() {
    let server = TestServer::start();
    let (one, two) = with_two_releases(&server);
    let canary = |canary: Value| json!({"release": one, "canary": canary});
    for (body, status, message) in [
        (json!({"release": "draft", "canary": {"release": two}}), 409, "expected a release beside it, found the draft"),
        (canary(json!({"release": 99})), 404, "release 99: expected one that there is"),
        (canary(json!({"release": two, "percent": 100.01})), 400, "expected 0 % to 100 %"),
        (canary(json!({"release": two, "percent": 0.001})), 400, "in steps of 0.01 %"),
        (canary(json!({"release": two, "include": ["a"], "exclude": ["a"]})), 400, "found `a` on both"),
        (canary(json!({"release": two, "include": [""]})), 400, "identifiers of 1 to 512 bytes"),
        (canary(json!({"percent": 10})), 400, "missing field `release`"),
        (canary(json!({"release": two, "bounds": {"fuel": 1}})), 400, "unknown field `fuel`"),
        (json!({"release": one, "shadow": {"release": 99}}), 404, "release 99: expected one that there is"),
        (json!({"release": one, "shadow": {"release": two, "sample": -1}}), 400, "expected 0 % to 100 %"),
    ] {
        deploy(&server, &body).check_error(status, message);
    }
    assert_eq!(decided(&server, "anybody").0, one);
}
