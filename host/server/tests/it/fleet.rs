//! Several servers of one database: what one of them changes is live on all, and none needs the database to decide.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use usher_host::{AdmissionWorker, Clock, SystemClock};
use usher_server::ServerConfig;
use usher_store::Location;
use usher_test_postgres::Cluster;
use usher_tests::guests;

use crate::test_server::{TestServer, worker};

const READER: &str = r#"{"identity": {"anonymousIdentifier": "reader-1"}}"#;
const CATALOG: &str = "[plans.visitor]\nassign = [\"anonymous\"]\n[plans.call-1]\n";

/// Servers on one new database, each with a folder of its own.
struct Fleet {
    servers: Vec<TestServer>,
    folders: Vec<TempDir>,
    url: String,
}

impl Fleet {
    fn start(cluster: &Cluster, size: usize) -> Self {
        let url = cluster.new_database();
        let folders: Vec<_> = (0..size).map(|_| tempfile::tempdir().unwrap()).collect();
        let mut servers: Vec<TestServer> = Vec::new();
        for folder in &folders {
            if let Some(first) = folders.first().filter(|_| !servers.is_empty()) {
                copy_secret(first.path(), folder.path());
            }
            let location = Location::Url { url: url.clone(), folder: folder.path().to_owned() };
            let config = ServerConfig {
                artifacts: Some(folder.path().join("artifacts")),
                decision_deadline: Duration::from_secs(60),
                ..ServerConfig::default()
            };
            let mut server = TestServer::with(&location, config);
            if let Some(first) = servers.first() {
                server.keys = first.keys.clone();
            }
            servers.push(server);
        }
        Self { servers, folders, url }
    }

    /// Starts one again that was stopped, with what it has on its own disk.
    fn start_again(&mut self, number: usize, admission: AdmissionWorker) {
        let keys = self.servers[0].keys.clone();
        let folder = self.folders[number].path().to_owned();
        let config = ServerConfig {
            artifacts: Some(folder.join("artifacts")),
            admission,
            decision_deadline: Duration::from_secs(60),
            ..ServerConfig::default()
        };
        let mut server = TestServer::with(&Location::Url { url: self.url.clone(), folder }, config);
        server.keys = keys;
        self.servers.insert(number, server);
    }

    fn stop(self) {
        self.servers.into_iter().for_each(TestServer::stop);
    }
}

fn copy_secret(from: &Path, to: &Path) {
    std::fs::copy(from.join("secret.key"), to.join("secret.key")).unwrap();
}

/// Asks until it is so.
#[track_caller]
fn until(what: &str, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(60), "{what}");
    }
}

fn upload(server: &TestServer, slug: &str, query: &str) -> Value {
    let wasm = std::fs::read(guests::COUNTS).unwrap();
    server.to("PUT", &format!("/admin/v1/workflows/{slug}{query}")).send(wasm).ok().json()
}

/// The plans of a reader, and the diagnostics with them.
fn decide(server: &TestServer) -> (Vec<Value>, Value) {
    let diagnostics = server.access_check(READER).ok().json()["diagnostics"].clone();
    let plans = diagnostics["plans"].as_array().unwrap().iter().map(|plan| plan["slug"].clone()).collect();
    (plans, diagnostics)
}

fn release(server: &TestServer) -> u64 {
    server.to("GET", "/readyz").get().ok().json()["release"].as_u64().unwrap()
}

#[test]
fn what_one_server_changes_is_live_on_all() {
    let Some(cluster) = Cluster::shared() else { return };
    let fleet = Fleet::start(cluster, 3);
    let (a, b, c) = (&fleet.servers[0], &fleet.servers[1], &fleet.servers[2]);
    a.publish(CATALOG).ok();
    upload(b, "counts", "");
    for server in [a, b, c] {
        until("the workflow of `b` and the catalog of `a` decide", || decide(server).0 == ["visitor", "call-1"]);
    }
    let ready = c.to("GET", "/readyz").get().ok().json();
    assert_eq!((&ready["release"], &ready["workflows"][0]["loaded"]), (&json!(2), &json!(true)));
    assert!(ready["staleSeconds"].as_u64().is_some_and(|seconds| seconds < 60), "{ready}");
    assert!(decide(c).1["staleSeconds"].is_u64());
    assert!(c.to("GET", "/metrics").get().ok().body.contains("\nusher_stale_seconds "));

    c.to("POST", "/admin/v1/workflows/counts/disable").send("").ok();
    until("what `c` has disabled decides no more", || decide(a).0 == ["visitor"]);
    c.to("DELETE", "/admin/v1/workflows/counts").send("").ok();
    until("what `c` has deleted is gone", || a.to("GET", "/admin/v1/workflows").get().ok().json() == json!([]));
    fleet.stop();
}

/// Freezes the draft of a server and deploys that to `live`.
fn deploy(server: &TestServer) -> u64 {
    let number = server.to("POST", "/admin/v1/releases").send("").ok().json()["number"].as_u64().unwrap();
    deploy_again(server, number);
    number
}

fn deploy_again(server: &TestServer, number: u64) {
    let body = json!({"release": number}).to_string();
    server.to("POST", "/admin/v1/environments/live/deployments").send(body).ok();
}

#[test]
fn what_is_deployed_through_one_decides_on_all() {
    let Some(cluster) = Cluster::shared() else { return };
    let mut fleet = Fleet::start(cluster, 2);
    fleet.servers[0].publish(CATALOG).ok();
    upload(&fleet.servers[0], "counts", "");
    let with_workflow = deploy(&fleet.servers[0]);
    fleet.servers[1].to("DELETE", "/admin/v1/workflows/counts").send("").ok();
    let without = deploy(&fleet.servers[1]);
    for server in &fleet.servers {
        until("the second decides", || release(server) == without && decide(server).0 == ["visitor"]);
    }
    fleet.servers[1].to("POST", "/admin/v1/environments/live/rollback").send("").ok();
    for server in &fleet.servers {
        until("the first decides again", || decide(server).0 == ["visitor", "call-1"]);
    }
    let made = fleet.servers[0].to("POST", "/admin/v1/environments").send(r#"{"name": "staging"}"#).ok().json();
    let body = r#"{"kind": "secret", "environment": "staging"}"#;
    let key = fleet.servers[0].to("POST", "/admin/v1/keys").send(body).ok().json()["key"].clone();
    assert!(key.as_str().unwrap().contains(made["id"].as_str().unwrap()));
    let plans = || {
        let reply = fleet.servers[1].to("POST", "/api/v1/access-checks").key(key.as_str().unwrap()).send(READER);
        (reply.status == 200).then(|| reply.json()["diagnostics"]["plans"][0]["slug"].clone())
    };
    until("the key of a new environment opens the other server", || plans() == Some(json!("visitor")));

    // What is deployed, and not the draft, is there after a restart.
    fleet.servers.remove(1).stop();
    fleet.start_again(1, worker());
    assert_eq!(
        (release(&fleet.servers[1]), decide(&fleet.servers[1]).0),
        (with_workflow, vec![json!("visitor"), json!("call-1")])
    );
    fleet.stop();
}

/// A clock that is ten minutes behind.
#[derive(Debug)]
struct Behind;

impl Clock for Behind {
    fn now_ms(&self) -> u64 {
        SystemClock.now_ms() - 600_000
    }
}

#[test]
fn a_clock_that_is_ten_minutes_off_keeps_nothing_from_being_live() {
    let Some(cluster) = Cluster::shared() else { return };
    let mut fleet = Fleet::start(cluster, 2);
    fleet.servers.remove(1).stop();
    let location = Location::Url { url: fleet.url.clone(), folder: fleet.folders[1].path().to_owned() };
    let config = ServerConfig { decision_deadline: Duration::from_secs(60), ..ServerConfig::default() };
    let mut behind = TestServer::with_clock(&location, config, Arc::new(Behind));
    behind.keys = fleet.servers[0].keys.clone();
    fleet.servers.push(behind);
    let (ahead, behind) = (&fleet.servers[0], &fleet.servers[1]);
    // Each in turn has the last word, whatever its clock says.
    for (number, (one, other)) in [(ahead, behind), (behind, ahead), (ahead, behind)].into_iter().enumerate() {
        one.publish(&format!("{CATALOG}[plans.of-{number}]\n")).ok();
        let deployed = deploy(one);
        until("what the one has deployed decides on the other", || release(other) == deployed);
        let newest = other.to("GET", "/admin/v1/environments/live/deployments?limit=1").get().ok().json();
        assert_eq!(newest[0]["release"], deployed);
    }
    ahead.to("POST", "/admin/v1/environments/live/rollback").send("").ok();
    until("so does what was before", || release(behind) == 2);
    let stale = || behind.to("GET", "/readyz").get().ok().json()["staleSeconds"].as_u64();
    until("and how old it may be is not told by the clock", || stale().is_some_and(|seconds| seconds <= 2));
    fleet.stop();
}

#[test]
fn keys_open_and_close_all_doors() {
    let Some(cluster) = Cluster::shared() else { return };
    let fleet = Fleet::start(cluster, 2);
    let (a, b) = (&fleet.servers[0], &fleet.servers[1]);
    let key = a.to("POST", "/admin/v1/keys").send(r#"{"kind": "secret"}"#).ok().json();
    let (id, text) = (key["id"].as_str().unwrap(), key["key"].as_str().unwrap());
    let status = || b.to("POST", "/api/v1/access-checks").key(text).send(READER).status;
    until("a new key opens the other server", || status() == 200);
    a.to("DELETE", &format!("/admin/v1/keys/{id}")).send("").ok();
    until("a revoked one closes it", || status() == 401);
    fleet.stop();
}

#[test]
fn changes_at_the_same_time_all_happen() {
    let Some(cluster) = Cluster::shared() else { return };
    let fleet = Fleet::start(cluster, 3);
    std::thread::scope(|threads| {
        for (number, server) in fleet.servers.iter().enumerate() {
            threads.spawn(move || {
                server.publish(&format!("{CATALOG}[plans.of-{number}]\n")).ok();
                (0..4).for_each(|of| drop(upload(server, &format!("counts-{number}-{of}"), "?enabled=false")));
            });
        }
    });
    for server in &fleet.servers {
        until("the last change is everywhere", || release(server) == 15);
        let live = server.to("GET", "/admin/v1/release").get().ok().json();
        assert_eq!(live["workflows"].as_array().unwrap().len(), 12, "{live}");
        let first = fleet.servers[0].to("GET", "/admin/v1/release").get().ok().json();
        assert_eq!(live, first);
    }
    fleet.stop();
}

#[test]
fn i5_decisions_go_on_without_the_database() {
    let Some(cluster) = Cluster::start_new() else { return };
    let fleet = Fleet::start(&cluster, 2);
    let (a, b) = (&fleet.servers[0], &fleet.servers[1]);
    a.publish(CATALOG).ok();
    upload(a, "counts", "");
    until("both decide by the workflow", || decide(b).0 == ["visitor", "call-1"]);

    cluster.stop();
    for server in [a, b] {
        let (plans, diagnostics) = decide(server);
        assert_eq!(plans, ["visitor", "call-1"], "{diagnostics}");
    }
    a.publish(CATALOG).check_error(500, "");
    until("it is known how old the release may be", || decide(b).1["staleSeconds"].as_u64() > Some(2));

    cluster.start();
    until("changes are made again", || a.publish(&format!("{CATALOG}[plans.later]\n")).status == 200);
    until("and heard of again", || release(b) == release(a));
    until("and the release is known to be the newest", || decide(b).1["staleSeconds"].as_u64() <= Some(2));
    fleet.stop();
}

/// Two servers that decide by a workflow, of which the other one has written down what it needs to start, and was stopped.
fn with_one_stopped(cluster: &Cluster) -> Fleet {
    let mut fleet = Fleet::start(cluster, 2);
    fleet.servers[0].publish(CATALOG).ok();
    upload(&fleet.servers[0], "counts", "");
    // What decides is not what the draft has.
    let deployed = deploy(&fleet.servers[0]);
    fleet.servers[0].publish("").ok();
    let remembered = fleet.folders[1].path().join("last-known.json");
    until("it has written down what decides", || {
        let remembered = std::fs::read(&remembered).unwrap_or_default();
        let remembered = String::from_utf8_lossy(&remembered);
        remembered.contains(r#""draft":{"release":3"#) && remembered.contains(&format!(r#""release":{deployed}"#))
    });
    fleet.servers.remove(1).stop();
    fleet
}

#[test]
fn i5_a_server_starts_without_the_database() {
    let Some(cluster) = Cluster::start_new() else { return };
    let mut fleet = with_one_stopped(&cluster);
    cluster.stop();
    // Nothing is compiled.
    fleet.start_again(1, AdmissionWorker::of("/bin/false"));
    let server = &fleet.servers[1];
    let (plans, diagnostics) = decide(server);
    assert_eq!(plans, ["visitor", "call-1"], "{diagnostics}");
    assert_eq!(server.to("POST", "/api/v1/access-checks").key("sk_env_0_none").send(READER).status, 401);
    server.publish(CATALOG).check_error(500, "");

    cluster.start();
    until("changes are made again", || fleet.servers[0].publish(&format!("{CATALOG}[plans.later]\n")).status == 200);
    let draft = || server.to("GET", "/readyz").get().ok().json()["environments"][1]["release"].take();
    until("and heard of where it was started without", || draft() == 4);
    fleet.stop();
}

#[test]
fn a_module_that_only_the_database_has_is_loaded_once_that_is_back() {
    let Some(cluster) = Cluster::start_new() else { return };
    let mut fleet = with_one_stopped(&cluster);
    cluster.stop();
    std::fs::remove_dir_all(fleet.folders[1].path().join("artifacts")).unwrap();
    fleet.start_again(1, worker());
    let server = &fleet.servers[1];
    let (plans, diagnostics) = decide(server);
    assert_eq!((plans, &diagnostics["workflows"][0]["outcome"]), (vec![json!("visitor")], &json!("unavailable")));
    cluster.start();
    until("the workflow decides, of the same release", || decide(server).0 == ["visitor", "call-1"]);
    assert_eq!(release(server), 2);
    fleet.stop();
}

#[test]
fn a_canary_that_only_the_database_has_is_loaded_once_that_is_back() {
    let Some(cluster) = Cluster::start_new() else { return };
    let mut fleet = Fleet::start(&cluster, 2);
    let first = &fleet.servers[0];
    first.publish(CATALOG).ok();
    upload(first, "counts", "");
    let one = deploy(first);
    first.publish(&format!("{CATALOG}[plans.later]\n")).ok();
    let two = first.to("POST", "/admin/v1/releases").send("").ok().json()["number"].clone();
    let body = json!({"release": one, "canary": {"release": two, "include": ["reader-1"]}}).to_string();
    first.to("POST", "/admin/v1/environments/live/deployments").send(body).ok();
    let remembered = fleet.folders[1].path().join("last-known.json");
    until("it has written down the canary", || {
        let remembered = std::fs::read(&remembered).unwrap_or_default();
        String::from_utf8_lossy(&remembered).contains(&format!(r#""canary":[{two},"#))
    });
    fleet.servers.remove(1).stop();
    cluster.stop();
    std::fs::remove_dir_all(fleet.folders[1].path().join("artifacts")).unwrap();
    fleet.start_again(1, worker());
    let server = &fleet.servers[1];
    let (plans, diagnostics) = decide(server);
    assert_eq!((plans, &diagnostics["canary"]), (vec![json!("visitor")], &json!(true)));
    cluster.start();
    until("its workflow decides, of the same canary", || {
        let (plans, diagnostics) = decide(server);
        plans == ["visitor", "call-1"] && diagnostics["canary"] == true
    });
    fleet.stop();
}
