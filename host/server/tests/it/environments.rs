//! Environments: what is deployed to each, and who is told which plans.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use usher_server::ServerConfig;
use usher_store::Location;
use usher_tests::guests;

use crate::test_server::{Reply, TestServer};

const READER: &str = r#"{"identity": {"anonymousIdentifier": "reader-1"}}"#;

/// A catalog that gives every visitor the plan of this name.
fn catalog(plan: &str) -> String {
    format!("[plans.{plan}]\nassign = ['anonymous']\n")
}

/// Puts a catalog into the draft and freezes that.
fn release(server: &TestServer, plan: &str) -> u64 {
    server.publish(&catalog(plan)).ok();
    let made = server.to("POST", "/admin/v1/releases").send(json!({"note": plan}).to_string());
    assert_eq!(made.status, 201, "{}", made.body);
    made.json()["number"].as_u64().unwrap()
}

fn deploy(server: &TestServer, environment: &str, body: &Value) -> Reply {
    server.to("POST", &format!("/admin/v1/environments/{environment}/deployments")).send(body.to_string())
}

fn roll_back(server: &TestServer, environment: &str) -> Reply {
    server.to("POST", &format!("/admin/v1/environments/{environment}/rollback")).send("")
}

/// The plans of a visitor for whoever has this key, and the release that they come from.
fn plans(server: &TestServer, key: &str) -> (Vec<String>, u64) {
    let answer = server.to("POST", "/api/v1/access-checks").key(key).send(READER).ok().json();
    let plans = answer["diagnostics"]["plans"].as_array().unwrap();
    let slugs = plans.iter().map(|plan| plan["slug"].as_str().unwrap().to_owned()).collect();
    (slugs, answer["diagnostics"]["release"].as_u64().unwrap())
}

fn live(server: &TestServer) -> (Vec<String>, u64) {
    plans(server, &server.keys.secret)
}

fn key_of(server: &TestServer, environment: &str) -> String {
    let body = json!({"kind": "secret", "environment": environment}).to_string();
    server.to("POST", "/admin/v1/keys").send(body).ok().json()["key"].as_str().unwrap().to_owned()
}

fn holds(slug: &str, release: u64) -> (Vec<String>, u64) {
    (vec![slug.to_owned()], release)
}

#[test]
fn everywhere_follows_the_draft_until_something_is_deployed() {
    let server = TestServer::start();
    let preview = key_of(&server, "preview");
    let first = release(&server, "first");
    assert_eq!(live(&server), holds("first", first));

    deploy(&server, "live", &json!({"release": first})).ok();
    server.publish(&catalog("second")).ok();
    assert_eq!(live(&server), holds("first", first));
    assert_eq!(plans(&server, &preview), holds("second", first + 1));

    deploy(&server, "live", &json!({"release": "draft"})).ok();
    assert_eq!(live(&server), holds("second", first + 1));
}

#[test]
fn a_rollback_goes_to_what_was_live_before() {
    let server = TestServer::start();
    let (one, two) = (release(&server, "one"), release(&server, "two"));
    roll_back(&server, "live").check_error(409, "expected a release before the one in force, found none");
    for number in [one, two] {
        deploy(&server, "live", &json!({"release": number})).ok();
    }
    assert_eq!(live(&server), holds("two", two));
    let back = roll_back(&server, "live");
    assert_eq!((back.status, &back.json()["release"]), (201, &json!(one)));
    assert_eq!(live(&server), holds("one", one));
    roll_back(&server, "live").check_error(409, "found none");
}

#[test]
fn the_history_says_who_deployed_what_and_why() {
    let server = TestServer::start();
    let one = release(&server, "one");
    deploy(&server, "live", &json!({"release": one, "note": "for the weekend"})).ok();
    let history = server.to("GET", "/admin/v1/environments/live/deployments").get().ok().json();
    let newest = &history[0];
    assert_eq!((&newest["release"], &newest["note"]), (&json!(one), &json!("for the weekend")));
    assert!(newest["author"].as_str().unwrap().starts_with("key_"), "{newest}");
    assert_eq!((&history[1]["release"], &history[1]["author"]), (&json!("draft"), &json!("command-line")));
    let environments = server.to("GET", "/admin/v1/environments").get().ok().json();
    assert_eq!(environments[0]["deployment"], *newest);
    assert_eq!(environments[1]["name"], "preview");
    let entries = server.to("GET", "/admin/v1/audit?limit=2").get().ok().json();
    assert_eq!((&entries[0]["action"], &entries[0]["detail"]), (&json!("deploy"), &json!(format!("release {one}"))));
    assert_eq!(entries[1]["action"], "create-release");
}

#[test]
fn an_environment_of_ones_own_has_its_own_keys() {
    let server = TestServer::start();
    let one = release(&server, "one");
    let made = server.to("POST", "/admin/v1/environments").send(r#"{"name": "staging"}"#);
    assert_eq!((made.status, &made.json()["deployment"]["release"]), (201, &json!("draft")));
    server.to("POST", "/admin/v1/environments").send(r#"{"name": "staging"}"#).check_error(409, "a name that none has");
    for name in ["", "Staging", "a b"] {
        let reply = server.to("POST", "/admin/v1/environments").send(json!({"name": name}).to_string());
        reply.check_error(400, "environment name: expected 1 to 32");
    }
    let key = key_of(&server, "staging");
    assert!(key.contains(made.json()["id"].as_str().unwrap()), "{key}");
    deploy(&server, "staging", &json!({"release": one})).ok();
    server.publish(&catalog("two")).ok();
    assert_eq!(plans(&server, &key), holds("one", one));
    assert_eq!(live(&server), holds("two", one + 1));
    let keys = server.to("GET", "/admin/v1/keys").get().ok().json();
    assert_eq!(keys.as_array().unwrap().iter().filter(|key| key["environment"] == "staging").count(), 1);
}

#[test]
fn an_operator_asks_what_somebody_has_in_an_environment() {
    let server = TestServer::start();
    let one = release(&server, "one");
    deploy(&server, "live", &json!({"release": one})).ok();
    server.publish(&catalog("two")).ok();
    let plan = |query: &str| {
        let path = format!("/admin/v1/users/anonymous/reader-1{query}");
        server.to("GET", &path).get().ok().json()["decision"]["diagnostics"]["plans"][0]["slug"].clone()
    };
    assert_eq!((plan(""), plan("?environment=live")), (json!("one"), json!("one")));
    assert_eq!(plan("?environment=preview"), "two");
    server.to("GET", "/admin/v1/users/anonymous/a?environment=none").get().check_error(404, "environment `none`");
    let made_of = |query: &str| server.to("GET", &format!("/admin/v1/release{query}")).get().ok().json();
    assert_eq!((&made_of("")["release"], &made_of("")["catalog"]), (&json!(one), &json!(catalog("one"))));
    assert_eq!(made_of("?environment=preview")["catalog"], catalog("two"));
}

#[test]
fn what_is_not_there_is_not_deployed() {
    let server = TestServer::start();
    let one = release(&server, "one");
    deploy(&server, "live", &json!({"release": one + 1})).check_error(404, "expected one that there is, found none");
    deploy(&server, "none", &json!({"release": one})).check_error(404, "environment `none`: expected one");
    deploy(&server, "No", &json!({"release": one})).check_error(400, "environment name");
    for body in [json!({}), json!({"release": -1}), json!({"release": "latest"}), json!({"release": one, "x": 1})] {
        assert_eq!(deploy(&server, "live", &body).status, 400, "{body}");
    }
    deploy(&server, "live", &json!({"release": one, "note": "a\nb"})).check_error(400, "note: expected 1 to 500");
    assert_eq!(server.to("GET", "/admin/v1/environments/live/deployments").get().json().as_array().unwrap().len(), 1);
}

#[test]
fn whoever_was_overtaken_is_told() {
    let server = TestServer::start();
    let (one, two) = (release(&server, "one"), release(&server, "two"));
    let seen = server.to("GET", "/admin/v1/environments").get().ok().json()[0]["deployment"]["id"].clone();
    deploy(&server, "live", &json!({"release": one, "replaces": seen})).ok();
    let told = deploy(&server, "live", &json!({"release": two, "replaces": seen}));
    told.check_error(409, "expected deployment 1 to be in force, found deployment");
    assert_eq!(live(&server), holds("one", one));
}

#[test]
fn of_two_who_deploy_at_once_one_wins() {
    let server = TestServer::start();
    let numbers = [release(&server, "one"), release(&server, "two")];
    for _ in 0..10 {
        let replies = std::thread::scope(|scope| {
            numbers
                .map(|number| {
                    scope.spawn({
                        let server = &server;
                        move || deploy(server, "live", &json!({"release": number}))
                    })
                })
                .map(|thread| thread.join().unwrap())
        });
        // Unless the second asks after the first was answered.
        let won: Vec<_> = replies.iter().filter(|reply| reply.status == 201).map(Reply::json).collect();
        replies.iter().filter(|reply| reply.status != 201).for_each(|told| told.check_error(409, "to be in force"));
        let in_force = server.to("GET", "/admin/v1/environments").get().ok().json()[0]["deployment"].clone();
        assert!(won.contains(&in_force), "{in_force}");
        assert_eq!(live(&server).1, in_force["release"]);
    }
}

#[test]
fn what_would_break_is_listed_and_not_deployed() {
    let server = TestServer::start();
    let one = release(&server, "one");
    deploy(&server, "live", &json!({"release": one})).ok();
    let upload = "/admin/v1/workflows/tier?allow-unknown-slugs=true";
    server.to("PUT", upload).send(std::fs::read(guests::DECLARES_PLANS).unwrap()).ok();
    let made = server.to("POST", "/admin/v1/releases").send("").ok().json();
    let number = &made["number"];
    let refused = deploy(&server, "live", &json!({"release": number}));
    refused.check_error(409, "expected nothing in it to break, found: workflow `tier` can return");
    let breaks = refused.json()["breaks"].clone();
    assert!(breaks.as_array().unwrap().iter().all(|part| part["workflow"] == "tier"), "{breaks}");
    assert_eq!(live(&server).1, one);
    deploy(&server, "live", &json!({"release": number, "allowUnknownSlugs": true})).ok();
    assert_eq!(live(&server).1, number.as_u64().unwrap());
    // What was live before has been looked at before.
    deploy(&server, "live", &json!({"release": one})).ok();
    roll_back(&server, "live").ok();
    assert_eq!(live(&server).1, number.as_u64().unwrap());
}

#[test]
fn what_a_rollback_needs_is_made_ready_before_anybody_asks() {
    let folder = tempfile::tempdir().unwrap();
    let (location, artifacts) = (Location::Folder(folder.path().to_owned()), folder.path().join("artifacts"));
    let start = || {
        let config = ServerConfig {
            artifacts: Some(artifacts.clone()),
            decision_deadline: Duration::from_secs(60),
            ..ServerConfig::default()
        };
        TestServer::with(&location, config)
    };
    let server = start();
    let uploaded = server.to("PUT", "/admin/v1/workflows/echo").send(std::fs::read(guests::ECHO).unwrap()).ok().json();
    for plan in ["one", "two"] {
        let number = release(&server, plan);
        deploy(&server, "live", &json!({"release": number})).ok();
        server.to("DELETE", "/admin/v1/workflows/echo").get();
    }
    server.stop();
    std::fs::remove_dir_all(&artifacts).unwrap();

    let server = start();
    let started = Instant::now();
    let digest = uploaded["digest"].as_str().unwrap();
    // They lie in a folder for this version of the host.
    let versions = || std::fs::read_dir(&artifacts).into_iter().flatten().flatten();
    let is_there = || versions().any(|version| version.path().join(digest).exists());
    while !is_there() {
        assert!(started.elapsed() < Duration::from_secs(60), "nothing decides by it, and yet it is compiled");
    }
    server.stop();
}

#[test]
fn what_is_deployed_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().to_owned());
    let server = TestServer::on(&location);
    let (one, preview) = (release(&server, "one"), key_of(&server, "preview"));
    deploy(&server, "live", &json!({"release": one})).ok();
    server.publish(&catalog("two")).ok();
    let keys = server.keys.clone();
    server.stop();
    let mut server = TestServer::on(&location);
    server.keys = keys;
    assert_eq!(live(&server), holds("one", one));
    assert_eq!(plans(&server, &preview), holds("two", one + 1));
}
