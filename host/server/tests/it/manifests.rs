//! Manifests: what a module says it can return is held against the catalog, before anybody misses a plan.

use serde_json::{Value, json};
use usher_store::Location;
use usher_tests::guests;

use crate::test_server::{Reply, TestServer};

const BOTH: &str = "[plans.premium]\n[plans.registered]\n";
const ONE: &str = "[plans.premium]\n";
const WORKFLOW: &str = "/admin/v1/workflows/tier";

fn serving(catalog: &str) -> TestServer {
    let server = TestServer::start();
    server.publish(catalog).ok();
    server
}

/// Uploads a workflow that says that it returns `premium` or `registered`.
fn upload(server: &TestServer, query: &str) -> Reply {
    server.to("PUT", &format!("{WORKFLOW}{query}")).send(std::fs::read(guests::DECLARES_PLANS).unwrap())
}

fn release(server: &TestServer) -> Value {
    server.to("GET", "/readyz").get().ok().json()["release"].take()
}

/// Holds an answer to refuse a change because of `registered`, and the release to be the one before.
#[track_caller]
fn check_refused(server: &TestServer, release_before: u64, reply: &Reply) {
    reply.check_error(409, "found no `registered` of workflow `tier`");
    reply.check_error(409, "to pass `allow-unknown-slugs=true` (`usher push --allow-unknown-slugs`)");
    assert_eq!(reply.json()["unknownSlugs"], json!([{"slug": "registered", "workflow": "tier"}]));
    assert_eq!(release(server), release_before);
}

/// Holds an answer to warn of `registered`, and of nothing else.
#[track_caller]
fn check_warned(reply: Reply) {
    let warnings = reply.ok().json()["warnings"].take();
    let [warning] = warnings.as_array().unwrap().as_slice() else { panic!("{warnings}") };
    assert_eq!(
        warning,
        "workflow `tier` can return `registered`, which no plan of the catalog has; it is dropped then"
    );
}

#[test]
fn an_upload_shows_what_the_module_says_and_so_does_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().to_owned());
    let before = TestServer::on(&location);
    before.publish(BOTH).ok();
    let keys = before.keys.clone();
    let uploaded = upload(&before, "").ok().json();
    let sdk = json!({"name": "usher-guest", "version": env!("CARGO_PKG_VERSION")});
    let plans = ["premium", "registered"];
    let manifest = json!({"contract": "0.1.0", "sdk": sdk, "workflow": "usher-test-guests", "plans": plans});
    assert_eq!((&uploaded["manifest"], uploaded.get("warnings")), (&manifest, None));
    before.stop();

    let mut after = TestServer::on(&location);
    after.keys = keys;
    let shown = after.to("GET", WORKFLOW).get().ok().json();
    assert_eq!((&shown["manifest"], &shown["digest"]), (&manifest, &uploaded["digest"]));
    check_refused(&after, 2, &after.publish(ONE));
}

#[test]
fn a_module_may_say_nothing_or_not_know_its_plans() {
    let server = serving("");
    let upload = |path: &str| server.to("PUT", WORKFLOW).send(std::fs::read(path).unwrap()).ok().json();
    assert_eq!(upload(guests::ASYNC_WORLD)["manifest"], Value::Null);
    assert_eq!(upload(guests::ECHO)["manifest"]["plans"], Value::Null);
}

#[test]
fn an_upload_that_could_return_unknown_plans_is_refused_unless_it_is_allowed_or_disabled() {
    let server = serving(ONE);
    check_refused(&server, 1, &upload(&server, ""));
    check_refused(&server, 1, &upload(&server, "?allow-unknown-slugs=false"));
    assert_eq!(server.to("GET", "/admin/v1/workflows").get().ok().json(), json!([]));
    check_warned(upload(&server, "?allow-unknown-slugs=true"));
    check_warned(upload(&server, "?enabled=false"));
}

#[test]
fn enabling_is_held_to_the_same() {
    let server = serving(ONE);
    upload(&server, "?enabled=false").ok();
    let enable = |query: &str| server.to("POST", &format!("{WORKFLOW}/enable{query}")).send("");
    check_refused(&server, 2, &enable(""));
    check_warned(enable("?allow-unknown-slugs=true"));
    enable("?allow-unknown-slug=true").check_error(400, "unknown field `allow-unknown-slug`");
    let disabled = server.to("POST", &format!("{WORKFLOW}/disable")).send("").ok().json();
    assert_eq!(disabled, json!({"slug": "tier", "enabled": false, "release": 4, "liveIn": ["live", "preview"]}));
    server.publish(BOTH).ok();
    assert_eq!(
        enable("").ok().json(),
        json!({"slug": "tier", "enabled": true, "release": 6, "liveIn": ["live", "preview"]})
    );
}

#[test]
fn a_catalog_cannot_take_away_what_an_enabled_workflow_returns() {
    let server = serving(BOTH);
    upload(&server, "").ok();
    check_refused(&server, 2, &server.publish(ONE));
    check_warned(server.to("PUT", "/admin/v1/catalog?allow-unknown-slugs=true").send(ONE));
    // What was allowed once stands in the way of nothing else, and is not forgotten.
    check_warned(server.publish("[plans.premium]\nname = 'Premium'\n"));
    assert_eq!(server.publish(BOTH).ok().json(), json!({"release": 5, "liveIn": ["live", "preview"]}));
    server.to("POST", &format!("{WORKFLOW}/disable")).send("").ok();
    assert_eq!(server.publish("").ok().json(), json!({"release": 7, "liveIn": ["live", "preview"]}));
}

#[test]
fn a_bad_manifest_is_refused_by_its_kind() {
    let server = serving(BOTH);
    let mut wasm = std::fs::read(guests::DECLARES_PLANS).unwrap();
    let at = wasm.windows(9).position(|window| window == b"\"plans\":[").unwrap();
    wasm[at + 8] = b'{';
    let reply = server.to("PUT", WORKFLOW).send(&wasm);
    reply.check_error(422, "the module's manifest, its custom section `usher:manifest`: expected one JSON object");
    assert_eq!(reply.json()["reason"], "bad-manifest");
}
