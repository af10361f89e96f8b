//! Health and metrics: for whoever watches, without a key.

use serde_json::json;

use crate::test_server::TestServer;

#[test]
fn health_says_what_decides() {
    let server = TestServer::start();
    assert_eq!(server.to("GET", "/healthz").no_key().get().ok().json(), json!({"status": "ok"}));
    server.publish("").ok();
    let ready = server.to("GET", "/readyz").no_key().get().ok().json();
    let environments = ["live", "preview"].map(|name| json!({"name": name, "release": 1, "followsDraft": true}));
    assert_eq!(ready, json!({"release": 1, "workflows": [], "environments": environments}));
}

#[test]
fn metrics_count_decisions() {
    let server = TestServer::start();
    server.access_check(r#"{"identity": {"createAnonymousIdentifier": true}}"#).ok();
    server.publish("").ok();
    let metrics = server.to("GET", "/metrics").no_key().get().ok().body;
    for line in [
        r#"usher_decisions_total{environment="live",kind="access-check",degraded="false"} 1"#,
        "usher_decision_seconds_count 1",
        r#"usher_release{environment="live"} 1"#,
        r#"usher_release{environment="preview"} 1"#,
        "# EOF",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line}\n{metrics}");
    }
}
