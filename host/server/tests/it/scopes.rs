//! Scopes: what an admin key may do, and what it may not.

use serde_json::{Value, json};

use crate::test_server::TestServer;

const ALL: [&str; 8] = ["read", "workflows", "catalog", "users-read", "users-write", "keys", "audit", "deploy"];

/// An admin key with these scopes, and its id.
fn admin_key(server: &TestServer, scopes: &[&str]) -> (String, String) {
    let body = json!({"kind": "admin", "scopes": scopes}).to_string();
    let made = server.to("POST", "/admin/v1/keys").send(body).ok().json();
    assert_eq!(made["scopes"], json!(scopes));
    (made["key"].as_str().unwrap().to_owned(), made["id"].as_str().unwrap().to_owned())
}

/// Every operation of the admin API: its method, a path of this kind, and the scope that the document says it needs.
fn operations(document: &Value) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        if !path.starts_with("/admin/v1/") {
            continue;
        }
        let real = path.replace("{user_type}", "anonymous").replace("{identifier}", "a").replace("{key}", "k");
        let real = real.replace("{slug}", "none").replace("{id}", "key_none");
        for (method, operation) in methods.as_object().unwrap() {
            let [scope] = operation["security"][0]["admin"].as_array().unwrap().as_slice() else {
                panic!("{method} {path} names no scope")
            };
            found.push((method.to_uppercase(), real.clone(), scope.as_str().unwrap().to_owned()));
        }
    }
    found
}

#[test]
fn every_admin_door_wants_the_scope_that_the_document_names() {
    let server = TestServer::start();
    let document = server.to("GET", "/openapi.json").no_key().get().ok().json();
    let keys = ALL.map(|scope| {
        let others: Vec<_> = ALL.into_iter().filter(|other| *other != scope).collect();
        (scope, admin_key(&server, &[scope]).0, admin_key(&server, &others).0)
    });
    let operations = operations(&document);
    assert!(operations.len() >= 20, "{operations:?}");
    for (method, path, needed) in operations {
        let (_, with, without) = keys.iter().find(|(scope, ..)| *scope == needed).unwrap();
        let ask = |key: &str| {
            let call = server.to(&method, &path).key(key);
            if method == "GET" { call.get() } else { call.send("{}") }
        };
        ask(without).check_error(403, &format!("a key with the scope `{needed}`"));
        assert!(![401, 403].contains(&ask(with).status), "{method} {path} with `{needed}`");
    }
}

#[test]
fn a_pipeline_pushes_workflows_and_sees_no_user() {
    let server = TestServer::start();
    let (pipeline, _) = admin_key(&server, &["read", "workflows"]);
    let module = std::fs::read(usher_tests::guests::ECHO).unwrap();
    server.to("PUT", "/admin/v1/workflows/echo").key(&pipeline).send(module).ok();
    server.to("GET", "/admin/v1/workflows/echo").key(&pipeline).get().ok();
    for (method, path) in [
        ("GET", "/admin/v1/users/anonymous/a"),
        ("PUT", "/admin/v1/users/anonymous/a/customer"),
        ("PUT", "/admin/v1/catalog"),
        ("POST", "/admin/v1/keys"),
    ] {
        let reply = server.to(method, path).key(&pipeline).send("{}");
        reply.check_error(403, "found one without it");
    }
}

#[test]
fn nobody_gives_what_they_do_not_have() {
    let server = TestServer::start();
    let (manager, _) = admin_key(&server, &["read", "keys"]);
    let create = |body: Value| server.to("POST", "/admin/v1/keys").key(&manager).send(body.to_string());
    create(json!({"kind": "admin", "scopes": ["read", "users-read"]})).check_error(403, "found users-read beyond them");
    let made = create(json!({"kind": "admin"}));
    assert_eq!((made.status, &made.json()["scopes"]), (201, &json!(["read", "keys"])));
    create(json!({"kind": "secret"})).ok();
    // A new key in the place of a stronger one would be shown to them.
    let (_, stronger) = admin_key(&server, &["users-read"]);
    let rotate = format!("/admin/v1/keys/{stronger}/rotate");
    server.to("POST", &rotate).key(&manager).send("").check_error(403, "found users-read beyond them");
    server.to("POST", &rotate).send("").ok();
}

#[test]
fn the_last_key_that_can_give_a_scope_stays() {
    let server = TestServer::start();
    let keys = server.to("GET", "/admin/v1/keys").get().ok().json();
    let first = keys.as_array().unwrap().iter().find(|key| key["kind"] == "admin").unwrap()["id"].clone();
    let first = format!("/admin/v1/keys/{}", first.as_str().unwrap());
    let revoke = |key: &str| server.to("DELETE", &first).key(key).get();
    let (some, _) = admin_key(&server, &["read", "users-read", "keys"]);
    let (workers, _) = admin_key(&server, &["workflows", "catalog", "users-write", "audit", "deploy"]);
    // These have it, and can give it to nobody.
    revoke(&some).check_error(409, "that has `keys` and workflows, catalog, users-write, audit, deploy, found none");
    revoke(&workers).check_error(403, "the scope `keys`");
    admin_key(&server, &["workflows", "catalog", "users-write", "keys", "audit", "deploy"]);
    revoke(&some).ok();
    server.to("GET", "/admin/v1/plans").get().check_error(401, "Invalid API key");
}

#[test]
fn only_admin_keys_have_scopes() {
    let server = TestServer::start();
    let create = |body: &str| server.to("POST", "/admin/v1/keys").send(body);
    create(r#"{"kind": "secret", "scopes": ["read"]}"#).check_error(400, "unknown field `scopes`");
    create(r#"{"kind": "admin", "scopes": ["root"]}"#).check_error(400, "unknown variant `root`");
    create(&json!({"kind": "public", "name": "x".repeat(65)}).to_string()).check_error(400, "found 65 characters");
    let made = create(&json!({"kind": "public", "name": "x".repeat(64)}).to_string()).ok().json();
    assert_eq!(made["scopes"], json!([]));
    let keys = server.to("GET", "/admin/v1/keys").get().ok().json();
    let made = keys.as_array().unwrap().iter().find(|key| key["id"] == made["id"]).unwrap().clone();
    assert_eq!(made["name"], "x".repeat(64));
}
