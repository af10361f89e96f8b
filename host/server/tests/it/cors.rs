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
    for path in ["/api/v1/access-checks", "/api/v1/surface-decisions"] {
        let reply = preflight(&server, path).ok();
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        assert_eq!(reply.header("access-control-allow-methods"), Some("POST"));
        let headers = reply.header("access-control-allow-headers").unwrap();
        for name in ["authorization", "content-type", "x-mos-browser-version"] {
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
fn the_admin_api_is_not_for_scripts_of_other_sites() {
    let server = TestServer::start();
    let reply = preflight(&server, "/admin/v1/keys");
    assert_eq!(reply.header("access-control-allow-origin"), None);
    reply.check_error(405, "OPTIONS");
}
