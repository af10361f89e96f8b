//! Rotation: a new key, and an old one that ends by itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use usher_host::Clock;
use usher_server::ServerConfig;
use usher_store::Location;

use crate::test_server::TestServer;

const START: u64 = 1_800_000_000_000;

#[derive(Debug)]
struct TestClock(AtomicU64);

impl Clock for TestClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

fn serve(location: &Location) -> (TestServer, Arc<TestClock>) {
    let clock = Arc::new(TestClock(START.into()));
    (TestServer::with_clock(location, ServerConfig::default(), Arc::<TestClock>::clone(&clock)), clock)
}

fn id_of(server: &TestServer, kind: &str) -> String {
    let keys = server.to("GET", "/admin/v1/keys").get().ok().json();
    keys.as_array().unwrap().iter().find(|key| key["kind"] == kind).unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_rotated_key_is_good_until_its_end_and_no_longer() {
    for (query, grace_ms) in
        [("", 86_400_000), ("?grace-seconds=90", 90_000), ("?grace-seconds=2592000", 2_592_000_000)]
    {
        let (server, clock) = serve(&Location::Memory);
        let secret = id_of(&server, "secret");
        let rotated = server.to("POST", &format!("/admin/v1/keys/{secret}/rotate{query}")).send("").ok().json();
        assert_eq!((&rotated["kind"], &rotated["oldEndsAtMs"]), (&"secret".into(), &(START + grace_ms).into()));
        let new = rotated["key"].as_str().unwrap();
        let ask = |key: &str| {
            let body = r#"{"identity": {"anonymousIdentifier": "a"}}"#;
            server.to("POST", "/api/v1/access-checks").key(key).send(body).status
        };
        clock.0.store(START + grace_ms - 1, Ordering::Relaxed);
        assert_eq!((ask(&server.keys.secret), ask(new)), (200, 200));
        clock.0.store(START + grace_ms, Ordering::Relaxed);
        assert_eq!((ask(&server.keys.secret), ask(new)), (401, 200));
        let list = server.to("GET", "/admin/v1/keys").get().ok().json();
        let old = list.as_array().unwrap().iter().find(|key| key["id"] == secret.as_str()).unwrap();
        assert_eq!((&old["endsAtMs"], old["revokedAtMs"].is_null()), (&(START + grace_ms).into(), true));
    }
}

#[test]
fn the_end_of_a_key_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().to_owned());
    let (server, _) = serve(&location);
    let admin = id_of(&server, "admin");
    let new = server.to("POST", &format!("/admin/v1/keys/{admin}/rotate?grace-seconds=5")).send("").ok().json();
    let keys = server.keys.clone();
    server.stop();

    let (mut server, clock) = serve(&location);
    server.keys = keys;
    server.to("GET", "/admin/v1/plans").get().ok();
    // The one that lasts is the last one, whatever is good for now.
    let new_id = new["id"].as_str().unwrap();
    server.to("DELETE", &format!("/admin/v1/keys/{new_id}")).get().check_error(409, "another admin key to be left");
    clock.0.store(START + 5_000, Ordering::Relaxed);
    server.to("GET", "/admin/v1/plans").get().check_error(401, "Invalid API key");
    server.to("GET", "/admin/v1/plans").key(new["key"].as_str().unwrap()).get().ok();
}

#[test]
fn what_cannot_be_rotated_stays_as_it_is() {
    let (server, _) = serve(&Location::Memory);
    let public = id_of(&server, "public");
    let rotate = |id: &str, query: &str| server.to("POST", &format!("/admin/v1/keys/{id}/rotate{query}")).send("");
    rotate(&public, "?grace-seconds=2592001").check_error(400, "`grace-seconds`: expected 0 to 2592000");
    rotate("key_x", "").check_error(404, "key `key_x`");
    rotate(&public, "?grace-seconds=0").ok();
    rotate(&public, "").check_error(409, "one that was rotated before");
    assert_eq!(server.to("GET", "/admin/v1/keys").get().ok().json().as_array().unwrap().len(), 4);
}
