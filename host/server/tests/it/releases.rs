//! Releases: what was frozen, and what is different in it.

use serde_json::{Value, json};
use usher_tests::guests;

use crate::test_server::{Reply, TestServer};

fn create(server: &TestServer, body: &str) -> Reply {
    server.to("POST", "/admin/v1/releases").send(body)
}

fn get(server: &TestServer, path: &str) -> Value {
    server.to("GET", &format!("/admin/v1/{path}")).get().ok().json()
}

#[test]
fn a_release_says_who_made_it_and_what_is_different() {
    let server = TestServer::start();
    server.publish("[plans.gold]\n").ok();
    let first = create(&server, r#"{"note": "the first"}"#).ok().json();
    assert_eq!((&first["number"], &first["note"], &first["before"]), (&json!(1), &json!("the first"), &Value::Null));
    assert_eq!(first["differences"], json!([{"part": "plan", "name": "gold", "change": "added"}]));
    assert!(first["author"].as_str().unwrap().starts_with("key_"));

    server.publish("[plans.gold]\nname = 'Gold'\n[plans.silver]\n").ok();
    let module = std::fs::read(guests::ECHO).unwrap();
    server.to("PUT", "/admin/v1/workflows/echo").send(&module).ok();
    let second = create(&server, "").ok().json();
    assert_eq!((&second["number"], &second["before"]), (&json!(3), &json!(1)));
    let expected = json!([
        {"part": "plan", "name": "gold", "change": "changed", "details": ["name: gold → Gold"]},
        {"part": "plan", "name": "silver", "change": "added"},
        {"part": "workflow", "name": "echo", "change": "added"},
    ]);
    assert_eq!(second["differences"], expected);

    let numbers: Vec<_> =
        get(&server, "releases").as_array().unwrap().iter().map(|one| one["number"].clone()).collect();
    assert_eq!(numbers, [3, 1]);
    assert_eq!(get(&server, "releases?before=3&limit=1")[0]["digest"], first["digest"]);
    let diff = get(&server, "releases/3/diff");
    assert_eq!((&diff["from"], &diff["to"], &diff["differences"]), (&json!(1), &json!(3), &expected));
    assert_eq!(get(&server, "releases/1/diff?from=3")["differences"].as_array().unwrap().len(), 3);
}

#[test]
fn what_is_in_a_release_can_be_fetched_whatever_becomes_of_the_draft() {
    let server = TestServer::start();
    server.publish("[plans.gold]\n").ok();
    let module = std::fs::read(guests::ECHO).unwrap();
    server.to("PUT", "/admin/v1/workflows/echo?fuel=7000").send(&module).ok();
    create(&server, "").ok();
    server.to("DELETE", "/admin/v1/workflows/echo").get().ok();
    server.publish("[plans.silver]\n").ok();

    let content = get(&server, "releases/2");
    assert_eq!(content["catalog"], "[plans.gold]\n");
    let workflow = &content["workflows"][0];
    assert_eq!((&workflow["slug"], &workflow["limits"]), (&json!("echo"), &json!({"fuel": 7_000})));
    let path = format!("/admin/v1/modules/{}", workflow["digest"].as_str().unwrap());
    assert_eq!(server.to("GET", &path).get().ok().bytes, module);
    let draft = get(&server, "releases/draft");
    assert_eq!((&draft["release"], &draft["workflows"], &draft["author"]), (&json!(4), &json!([]), &Value::Null));
    let changed = get(&server, "releases/draft/diff")["differences"].clone();
    assert_eq!(changed.as_array().unwrap().len(), 3, "{changed}");
}

#[test]
fn what_names_nothing_is_told_so() {
    let server = TestServer::start();
    create(&server, r#"{"draft": 1}"#).check_error(409, "the draft: expected number 1, found 0");
    create(&server, "").ok();
    create(&server, "").check_error(409, "expected a change since release 0, found none");
    create(&server, r#"{"note": ""}"#).check_error(400, "note: expected 1 to 500");
    create(&server, r#"{"nte": "x"}"#).check_error(400, "unknown field `nte`");
    for (path, status, message) in [
        ("releases/7", 404, "release 7: expected one that there is"),
        ("releases/latest", 400, "release: expected a number or `draft`, found `latest`"),
        ("releases/0/diff?from=x", 400, "release: expected a number or `draft`, found `x`"),
        ("modules/abc", 400, "module digest: expected 64"),
        (&format!("modules/{}", "0".repeat(64)), 404, "expected one that the draft or a release uses"),
        ("releases?limit=0", 400, "`limit`: expected 1 to 1000"),
    ] {
        server.to("GET", &format!("/admin/v1/{path}")).get().check_error(status, message);
    }
}
