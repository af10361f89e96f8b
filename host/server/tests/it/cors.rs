//! CORS: scripts of any site may ask the decision API, and nothing else.

use crate::test_server::{Reply, TestServer};

fn preflight(server: &TestServer, path: &str) -> Reply {
    let call = server.to("OPTIONS", path).no_key().header("origin", "https://news.example");
    let call = call.header("access-control-request-method", "POST");
    call.header("access-control-request-headers", "authorization,content-type,x-mos-browser-version").get()
}

#[test]
fn a_browser_may_ask_for_decisions() {
    let server = TestServer::start();
    for path in ["/api/v1/access-checks", "/api/v1/surface-decisions", "/api/v1/counter-updates"] {
        let reply = preflight(&server, path).ok();
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        assert_eq!(reply.header("access-control-allow-methods"), Some("POST"));
        let headers = reply.header("access-control-allow-headers").unwrap();
        for name in ["authorization", "content-type", "x-mos-browser-version", "idempotency-key"] {
            assert!(headers.split(',').any(|header| header.eq_ignore_ascii_case(name)), "{headers}");
        }
        assert_eq!(reply.header("access-control-allow-credentials"), None);
    }
}

#[test]
fn a_script_may_read_the_answer_and_the_error() {
    let server = TestServer::start();
    let call = |key: &str| {
        let call = server.to("POST", "/api/v1/access-checks").key(key).header("origin", "https://news.example");
        call.send(r#"{"identity": {"createAnonymousIdentifier": true}}"#)
    };
    let (good, bad) = (call(&server.keys.public), call("pk_env_1_nobody"));
    assert_eq!((good.status, good.header("access-control-allow-origin")), (200, Some("*")));
    assert_eq!((bad.status, bad.header("access-control-allow-origin")), (401, Some("*")));
}

#[test]
fn only_what_a_browser_asks_beforehand_about_a_door_succeeds() {
    let server = TestServer::start();
    let check = "/api/v1/access-checks";
    server.to("OPTIONS", check).get().check_error(405, "does not take OPTIONS");
    assert_eq!(server.to("OPTIONS", check).get().header("allow"), Some("POST"));
    let half = server.to("OPTIONS", check).header("origin", "https://news.example").get();
    half.check_error(405, "does not take OPTIONS");
    assert_eq!(half.header("access-control-allow-origin"), Some("*"));
    for (path, message) in [
        ("/api/v1/nowhere", "no such route: OPTIONS /api/v1/nowhere"),
        ("/api/v1/access-checks/", "no such route"),
        ("/api/v1/offer-redemptions", "does not serve offer redemptions"),
        ("/api/v1/envs/env_1/endpoints/x", "does not serve endpoint workflows"),
        ("/api/v1/envs/env_1/endpoints/", "does not serve endpoint workflows"),
    ] {
        preflight(&server, path).check_error(404, message);
        server.to("OPTIONS", path).get().check_error(404, message);
    }
}

#[test]
fn the_admin_api_is_not_for_scripts_of_other_sites() {
    let server = TestServer::start();
    let reply = preflight(&server, "/admin/v1/keys");
    assert_eq!(reply.header("access-control-allow-origin"), None);
    reply.check_error(405, "OPTIONS");
}
