//! The audit log: whoever changes something through a door is in it.

use serde_json::{Value, json};

use crate::test_server::TestServer;

fn audit(server: &TestServer, query: &str) -> Vec<Value> {
    let page = server.to("GET", &format!("/admin/v1/audit{query}")).get().ok().json();
    page.as_array().unwrap().clone()
}

fn admin_id(server: &TestServer) -> Value {
    let keys = server.to("GET", "/admin/v1/keys").get().ok().json();
    keys.as_array().unwrap().iter().find(|key| key["kind"] == "admin").unwrap()["id"].clone()
}

#[test]
fn every_door_that_changes_something_notes_who_and_by_which_request() {
    let server = TestServer::start();
    let author = admin_id(&server);
    assert!(audit(&server, "").iter().all(|entry| entry["author"] == "command-line"), "the first keys");
    let public = server.to("POST", "/admin/v1/keys").send(r#"{"kind": "public"}"#).ok().json()["id"].clone();
    let public = public.as_str().unwrap();
    let module = std::fs::read(usher_tests::guests::ECHO).unwrap();
    let customer = "/admin/v1/users/anonymous/a/customer";
    let datum = "/admin/v1/users/anonymous/a/custom-data/k";
    let link = json!({"source": {"identifier": "a", "userType": "anonymous"},
        "target": {"identifier": "b", "userType": "authenticated"}, "mode": "follow"});
    let link = link.to_string();
    for (method, path, body, action, subject) in [
        ("PUT", "/admin/v1/catalog", b"[plans.a]\n".as_slice(), "put-catalog", "catalog"),
        ("PUT", "/admin/v1/workflows/echo", &module, "put-workflow", "echo"),
        ("POST", "/admin/v1/workflows/echo/disable", b"", "disable-workflow", "echo"),
        ("POST", "/admin/v1/workflows/echo/enable", b"", "enable-workflow", "echo"),
        ("DELETE", "/admin/v1/workflows/echo", b"", "delete-workflow", "echo"),
        ("POST", &format!("/admin/v1/keys/{public}/rotate"), b"", "rotate-key", public),
        ("DELETE", &format!("/admin/v1/keys/{public}"), b"", "revoke-key", public),
        ("PUT", customer, b"{}", "put-customer", "anonymous/a"),
        ("DELETE", customer, b"", "delete-customer", "anonymous/a"),
        ("PUT", datum, br#""private""#, "put-custom-data", "anonymous/a"),
        ("DELETE", datum, b"", "delete-custom-data", "anonymous/a"),
        ("PUT", "/admin/v1/identity-links", link.as_bytes(), "put-link", "anonymous/a"),
        ("DELETE", "/admin/v1/identity-links", link.as_bytes(), "delete-link", "anonymous/a"),
    ] {
        server.to(method, path).header("x-request-id", action).send(body).ok();
        let newest = audit(&server, "?limit=1").remove(0);
        let found = ["author", "action", "subject", "requestId"].map(|name| newest[name].clone());
        assert_eq!(found, [author.clone(), action.into(), subject.into(), action.into()], "{newest}");
    }
    assert!(!Value::from(audit(&server, "")).to_string().contains("private"));
}

#[test]
fn what_was_refused_or_only_read_or_counted_is_not_noted() {
    let server = TestServer::start();
    let before = audit(&server, "").len();
    server.publish("nonsense").check_error(422, "line 1");
    server.to("PUT", "/admin/v1/workflows/x").send("hello").check_error(422, "not WebAssembly");
    server.to("DELETE", &format!("/admin/v1/keys/{}", admin_id(&server).as_str().unwrap())).get().check_error(409, "");
    server.to("PUT", "/admin/v1/catalog").key(&server.keys.secret).send("").check_error(403, "an admin key");
    server.to("GET", "/admin/v1/users/anonymous/a").get().ok();
    let body = r#"{"identity": {"anonymousIdentifier": "a"}, "counterId": "c"}"#;
    server.to("POST", "/api/v1/counter-updates").send(body).ok();
    assert_eq!(audit(&server, "").len(), before);
}

#[test]
fn pages_are_bounded_and_follow_each_other() {
    let server = TestServer::start();
    for text in ["", "#", "##"] {
        server.publish(text).ok();
    }
    let page = audit(&server, "?limit=4");
    let last = page.last().unwrap()["id"].as_u64().unwrap();
    assert_eq!(page.len(), 4);
    let rest = audit(&server, &format!("?before={last}&limit=1000"));
    assert_eq!(rest.len(), 2);
    assert!(rest.iter().all(|entry| entry["id"].as_u64().unwrap() < last));
    for query in ["?limit=0", "?limit=1001"] {
        server.to("GET", &format!("/admin/v1/audit{query}")).get().check_error(400, "`limit`: expected 1 to 1000");
    }
    server.to("GET", "/admin/v1/audit?before=x").get().check_error(400, "query: ");
}
