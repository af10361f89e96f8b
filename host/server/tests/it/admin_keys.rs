//! Keys: made, shown once, revoked at once.

use serde_json::{Value, json};

use crate::test_server::TestServer;

const CHECK: &str = r#"{"identity": {"anonymousIdentifier": "a"}}"#;

fn create(server: &TestServer, kind: &str) -> (String, String) {
    let reply = server.to("POST", "/admin/v1/keys").send(json!({"kind": kind}).to_string());
    assert_eq!(reply.status, 201, "{}", reply.body);
    let text = |name: &str| reply.json()[name].as_str().unwrap().to_owned();
    assert_eq!(text("kind"), kind);
    (text("id"), text("key"))
}

#[test]
fn a_revoked_key_opens_nothing_from_then_on() {
    let server = TestServer::start();
    let (id, key) = create(&server, "secret");
    let ask = || server.to("POST", "/api/v1/access-checks").key(&key).send(CHECK);
    ask().ok();
    server.to("DELETE", &format!("/admin/v1/keys/{id}")).get().ok();
    ask().check_error(401, "Invalid API key");
    // The others go on.
    server.access_check(CHECK).ok();
}

#[test]
fn a_key_is_shown_once() {
    let server = TestServer::start();
    let (id, key) = create(&server, "public");
    assert!(key.starts_with("pk_env_"));
    let list = server.to("GET", "/admin/v1/keys").get().ok();
    assert!(!list.body.contains(&key));
    let keys = list.json();
    let kinds: Vec<_> = keys.as_array().unwrap().iter().map(|key| key["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.len(), 4);
    let mine = keys.as_array().unwrap().iter().find(|key| key["id"] == id.as_str()).unwrap();
    assert_eq!(mine["revokedAtMs"], Value::Null);
}

#[test]
fn the_last_admin_key_stays() {
    let server = TestServer::start();
    let (second, key) = create(&server, "admin");
    let keys = server.to("GET", "/admin/v1/keys").get().ok().json();
    let is_first = |key: &&Value| key["kind"] == "admin" && key["id"] != second.as_str();
    let first = keys.as_array().unwrap().iter().find(is_first).unwrap()["id"].as_str().unwrap().to_owned();

    server.to("DELETE", &format!("/admin/v1/keys/{first}")).get().ok();
    server.to("GET", "/admin/v1/keys").get().check_error(401, "Invalid API key");
    let last = server.to("DELETE", &format!("/admin/v1/keys/{second}")).key(&key).get();
    last.check_error(409, "expected another admin key to be left");
    server.to("GET", "/admin/v1/keys").key(&key).get().ok();
}

#[test]
fn what_is_no_key_is_said_to_be_none() {
    let server = TestServer::start();
    server.to("DELETE", "/admin/v1/keys/key_x").get().check_error(404, "key `key_x`");
    server.to("POST", "/admin/v1/keys").send(r#"{"kind": "root"}"#).check_error(400, "unknown variant `root`");
    server.to("POST", "/admin/v1/keys").send("{}").check_error(400, "missing field `kind`");
}
