//! Request ids: on every answer, and the caller's own where it is one.

use crate::test_server::TestServer;

#[test]
fn every_answer_of_every_door_has_an_id() {
    let server = TestServer::start();
    for (method, path) in [
        ("GET", "/healthz"),
        ("HEAD", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/metrics"),
        ("GET", "/openapi.json"),
        ("GET", "/nowhere"),
        ("GET", "/api/v1/access-checks"),
        ("OPTIONS", "/api/v1/access-checks"),
        ("GET", "/admin/v1/plans"),
        ("GET", "/admin/v1/nowhere"),
        ("DELETE", "/admin/v1/workflows/none"),
        ("GET", "/admin/v1/users/anonymous/%FF"),
    ] {
        let id_of = |request: &str| {
            let call = server.to(method, path);
            let call = if request.is_empty() { call } else { call.header("x-request-id", request) };
            call.get().header("x-request-id").unwrap().to_owned()
        };
        let (one, other) = (id_of(""), id_of(""));
        assert!(one.len() == 36 && one != other, "{method} {path}: {one}, {other}");
        assert_eq!(id_of("edge-1/abc"), "edge-1/abc", "{method} {path}");
    }
    for (path, key) in [
        ("/api/v1/access-checks", &server.keys.public),
        ("/api/v1/surface-decisions", &server.keys.public),
        ("/api/v1/counter-updates", &server.keys.secret),
        ("/admin/v1/keys", &server.keys.admin),
        ("/admin/v1/keys", &server.keys.secret),
    ] {
        let reply = server.to("POST", path).key(key).header("x-request-id", "edge-2").send("{");
        assert_eq!(reply.header("x-request-id"), Some("edge-2"), "{path}");
    }
}

#[test]
fn an_id_that_is_none_is_replaced() {
    let server = TestServer::start();
    for (id, taken) in [
        ("x".repeat(128), true),
        ("x".repeat(129), false),
        ("a b".to_owned(), false),
        ("<script>".to_owned(), false),
        ("[31m".to_owned(), false),
    ] {
        let reply = server.to("GET", "/healthz").header("x-request-id", &id).get().ok();
        let answered = reply.header("x-request-id").unwrap();
        assert_eq!(answered == id, taken, "{id:?}: {answered:?}");
        assert!(taken || answered.len() == 36, "{answered:?}");
    }
    let two = server.to("GET", "/healthz").header("x-request-id", "a").header("x-request-id", "b").get().ok();
    assert_eq!(two.header("x-request-id").unwrap().len(), 36);
}
