//! Three servers of one PostgreSQL database, which answer fifteen hundred requests a second together while one release a second is
//! made and deployed, now through one of them and now through another. None fails, none mixes, and all are soon on the new one. Then the database is
//! away for a while, and decisions go on.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement prints, or fails by panicking"
)]

#[path = "soak/numbered.rs"]
mod numbered;
mod quantile;

use std::net::TcpListener;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use ureq::RequestBuilder;
use ureq::typestate::WithBody;
use usher_host::{AdmissionWorker, SystemClock};
use usher_server::{Server, ServerConfig};
use usher_store::{FirstKeys, Location, Store};
use usher_test_postgres::Cluster;
use usher_tests::guests;

use numbered::{agent, catalog, release, wait_until};
use quantile::quantile;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SERVERS: usize = 3;
/// Requests a second of each client, and clients of each server.
const REQUESTS: u32 = 250;
const CLIENTS: u32 = 2;
/// Releases, one a second.
const RELEASES: u32 = 60;
/// How long the database is away.
const AWAY: Duration = Duration::from_secs(20);
/// How long a server may take to know of a release when it has to look for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// What came of the requests.
#[derive(Default)]
struct Counts {
    decided: AtomicU64,
    failed: AtomicU64,
    mixed: AtomicU64,
}

/// A server, and the newest release that it has answered by.
struct Node {
    url: String,
    seen: AtomicU32,
    /// When it first answered by each release.
    first: Mutex<Vec<(u32, Instant)>>,
}

fn main() -> ExitCode {
    if let Some(ended) = AdmissionWorker::take_over() {
        return ended;
    }
    let cluster = Cluster::start_new().expect("PostgreSQL is there");
    let runtime = Runtime::new().expect("this machine can run threads");
    let (keys, nodes, _folders) = start(&runtime, &cluster.new_database());
    let operator = agent();
    let ask = |request: RequestBuilder<WithBody>, body: &[u8]| {
        let request = request.header("authorization", format!("Bearer {}", keys.admin.text()));
        let answer = request.send(body).expect("the operator is heard");
        serde_json::from_reader::<_, Value>(answer.into_body().into_reader()).expect("the answer is JSON")
    };
    let put = |node: &Node, path: &str, body: &[u8]| drop(ask(operator.put(format!("{}{path}", node.url)), body));
    let post = |node: &Node, path: &str, body: &str| ask(operator.post(format!("{}{path}", node.url)), body.as_bytes());
    // Freezes a draft with this catalog, and deploys that.
    let deploy = |node: &Node, number: u32| {
        put(node, "/admin/v1/catalog", catalog(number).as_bytes());
        let release = post(node, "/admin/v1/releases", "")["number"].clone();
        let body = json!({"release": release}).to_string();
        post(node, "/admin/v1/environments/live/deployments", &body);
    };
    put(&nodes[1], "/admin/v1/workflows/region", &std::fs::read(guests::REGION).expect("the guests are built"));
    deploy(&nodes[0], 0);
    wait_for_all(&nodes, &keys, 0);

    let (over, counts) = (AtomicBool::new(false), Counts::default());
    std::thread::scope(|threads| {
        for node in &nodes {
            for _ in 0..CLIENTS {
                threads.spawn(|| client(node, keys.secret.text(), &over, &counts));
            }
        }
        let (started, mut made) = (Instant::now(), Vec::new());
        for number in 1..=RELEASES {
            deploy(&nodes[usize::try_from(number).unwrap_or_default() % SERVERS], number);
            made.push((number, Instant::now()));
            wait_until(started, Duration::from_secs(1) * number);
        }
        wait_for_all(&nodes, &keys, RELEASES);
        report("releases", &counts);
        let mut took: Vec<_> = made.iter().map(|release| converged(&nodes, *release).as_secs_f64()).collect();
        let [p50, p99] = [0.5, 0.99].map(|part| Duration::from_secs_f64(quantile(&mut took, part)));
        println!("{RELEASES} deployments: on all servers after p50 {p50:.1?}, p99 {p99:.1?} (at most 1 s)");

        cluster.stop();
        std::thread::sleep(AWAY);
        report("the database was away", &counts);
        cluster.start();
        let (back, next) = (Instant::now(), RELEASES + 1);
        while !try_put(&operator, &nodes[0], &keys, &catalog(next)) {}
        deploy(&nodes[0], next);
        wait_for_all(&nodes, &keys, next);
        println!("a deployment after that: on all servers {:.1?} after the database was back", back.elapsed());
        over.store(true, Ordering::Relaxed);
    });
    report("in the end", &counts);
    let wrong = counts.failed.into_inner() + counts.mixed.into_inner();
    assert_eq!(wrong, 0, "a decision runs on one release, whatever becomes of the database");
    ExitCode::SUCCESS
}

/// Servers on one new database, each with a folder of its own and the secret of the first.
fn start(runtime: &Runtime, database: &str) -> (FirstKeys, Vec<Node>, Vec<TempDir>) {
    let folders: Vec<_> = (0..SERVERS).map(|_| tempfile::tempdir().expect("there is room on the disk")).collect();
    let (mut keys, mut nodes) = (None, Vec::new());
    for folder in &folders {
        if folder.path() != folders[0].path() {
            let secret = |folder: &Path| folder.join("secret.key");
            std::fs::copy(secret(folders[0].path()), secret(folder.path())).expect("the first server has made it");
        }
        let location = Location::Url { url: database.to_owned(), folder: folder.path().to_owned() };
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let url = format!("http://{}", listener.local_addr().expect("it has an address"));
        let first = runtime.block_on(async {
            let clock = Arc::new(SystemClock);
            let store = Store::open(&location, Arc::<SystemClock>::clone(&clock)).await.expect("the store opens");
            let artifacts = Some(folder.path().join("artifacts"));
            let config = ServerConfig { artifacts, ..ServerConfig::default() };
            let server = Server::start(store, clock, config).await.expect("the server starts");
            let first = server.create_first_keys().await.expect("keys are made");
            // It is served for as long as the process lasts.
            drop(tokio::spawn(server.serve(listener, std::future::pending())));
            first
        });
        keys = keys.or(first);
        nodes.push(Node { url, seen: AtomicU32::new(0), first: Mutex::default() });
    }
    (keys.expect("the first server has made them"), nodes, folders)
}

/// Asks its share of the requests of one server.
fn client(node: &Node, key: &str, over: &AtomicBool, counts: &Counts) {
    let agent = agent();
    let (started, mut asked) = (Instant::now(), 0);
    while !over.load(Ordering::Relaxed) {
        match decide(&agent, node, key) {
            None => counts.failed.fetch_add(1, Ordering::Relaxed),
            Some(answer) => match release(&answer) {
                None => counts.mixed.fetch_add(1, Ordering::Relaxed),
                Some(number) => {
                    node.saw(number);
                    counts.decided.fetch_add(1, Ordering::Relaxed)
                }
            },
        };
        asked += 1;
        wait_until(started, Duration::from_secs(1) / REQUESTS * asked);
    }
}

fn decide(agent: &ureq::Agent, node: &Node, key: &str) -> Option<Value> {
    let request = agent.post(format!("{}/api/v1/access-checks", node.url));
    let request = request.header("authorization", format!("Bearer {key}"));
    let answer = request.send(r#"{"identity": {"userIdentifier": "reader-1"}}"#).ok()?;
    serde_json::from_reader(answer.into_body().into_reader()).ok()
}

impl Node {
    fn saw(&self, number: u32) {
        if self.seen.fetch_max(number, Ordering::Relaxed) < number {
            self.first.lock().expect("no client panicked").push((number, Instant::now()));
        }
    }
}

/// How long after it was made a release, or one after it, had been answered by on every server.
fn converged(nodes: &[Node], (number, made): (u32, Instant)) -> Duration {
    let first = |node: &Node| {
        let first = node.first.lock().expect("no client panicked");
        first
            .iter()
            .filter(|(seen, _)| *seen >= number)
            .map(|(_, at)| *at)
            .min()
            .expect("all have come to the last one")
    };
    nodes.iter().map(|node| first(node).saturating_duration_since(made)).max().unwrap_or_default()
}

/// Asks every server until it answers by this release.
fn wait_for_all(nodes: &[Node], keys: &FirstKeys, number: u32) {
    let (agent, started) = (agent(), Instant::now());
    for node in nodes {
        while decide(&agent, node, keys.secret.text()).and_then(|answer| release(&answer)) != Some(number) {
            assert!(started.elapsed() < PATIENCE, "{} does not come to release {number}", node.url);
        }
        node.saw(number);
    }
}

fn try_put(operator: &ureq::Agent, node: &Node, keys: &FirstKeys, catalog: &str) -> bool {
    let request = operator.put(format!("{}/admin/v1/catalog", node.url));
    request.header("authorization", format!("Bearer {}", keys.admin.text())).send(catalog).is_ok()
}

fn report(when: &str, counts: &Counts) {
    let [decided, failed, mixed] =
        [&counts.decided, &counts.failed, &counts.mixed].map(|count| count.load(Ordering::Relaxed));
    println!("{when}: {decided} decided, {failed} failed, {mixed} mixed");
}
