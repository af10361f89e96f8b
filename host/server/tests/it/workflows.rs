//! Workflows: what is refused leaves no trace. Those that are admitted are tested with real ones elsewhere.

use serde_json::json;

use crate::test_server::TestServer;

#[test]
fn a_refused_module_is_told_why_and_not_kept() {
    let server = TestServer::start();
    let reply = server.to("PUT", "/admin/v1/workflows/trial").header("content-type", "application/wasm").send("hello");
    reply.check_error(422, "the file is not WebAssembly");
    assert_eq!(reply.json()["reason"], "not-wasm");
    let core = server.to("PUT", "/admin/v1/workflows/trial").send(b"\0asm\x01\0\0\0");
    core.check_error(422, "a core module");
    assert_eq!(server.to("GET", "/admin/v1/workflows").get().ok().json(), json!([]));
    assert_eq!(server.to("GET", "/readyz").get().ok().json()["release"], 0);
}

#[test]
fn an_unknown_workflow_is_said_to_be_unknown() {
    let server = TestServer::start();
    for (method, path) in [("GET", "trial"), ("DELETE", "trial"), ("POST", "trial/enable"), ("POST", "trial/disable")] {
        let path = format!("/admin/v1/workflows/{path}");
        server.to(method, &path).get().check_error(404, "workflow `trial`");
    }
    server.to("GET", "/admin/v1/workflows/trial/module").get().check_error(404, "workflow `trial`");
    server.to("GET", "/admin/v1/workflows/a%20b/module").get().check_error(400, "workflow slug: ");
    server.to("GET", "/admin/v1/workflows/a%20b").get().check_error(400, "workflow slug: ");
}
