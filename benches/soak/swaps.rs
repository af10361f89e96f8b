//! Whether a server drops or mixes a decision while its release is replaced again and again.

use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::runtime::Runtime;
use usher_host::SystemClock;
use usher_server::{Server, ServerConfig};
use usher_store::{FirstKeys, Location, Store};
use usher_tests::guests;

use crate::numbered::{agent, catalog, release, wait_until};

/// How long the swaps go on.
const SWAPPING: Duration = Duration::from_secs(30);
/// Swaps in a second.
const SWAPS: u32 = 10;
/// Requests in a second, over all clients.
const REQUESTS: u32 = 2_000;
/// Clients, each with a connection of its own.
const CLIENTS: u32 = 4;

pub(crate) fn measure(runtime: &Runtime) {
    let folder = tempfile::tempdir().expect("there is room on the disk");
    let (url, keys) = serve(runtime, &Location::Folder(folder.path().to_owned()));
    let operator = agent();
    let put = |path: &str, body: &[u8]| {
        let request = operator.put(format!("{url}{path}"));
        let request = request.header("authorization", format!("Bearer {}", keys.admin.text()));
        request.send(body).expect("the operator is heard");
    };
    put("/admin/v1/catalog", catalog(0).as_bytes());
    put("/admin/v1/workflows/region", &std::fs::read(guests::REGION).expect("the guests are built"));

    let (over, decisions, mixed) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let start = Barrier::new(usize::try_from(CLIENTS).unwrap_or(usize::MAX).saturating_add(1));
    let mut swapped = 0;
    std::thread::scope(|threads| {
        for _ in 0..CLIENTS {
            threads.spawn(|| {
                start.wait();
                client(&url, &keys, &over, |answer| {
                    decisions.fetch_add(1, Ordering::Relaxed);
                    mixed.fetch_add(u64::from(release(&answer).is_none()), Ordering::Relaxed);
                });
            });
        }
        start.wait();
        let started = Instant::now();
        while started.elapsed() < SWAPPING {
            swapped += 1;
            put("/admin/v1/catalog", catalog(swapped).as_bytes());
            wait_until(started, Duration::from_secs(1) / SWAPS * swapped);
        }
        over.store(true, Ordering::Relaxed);
    });
    let (decisions, mixed) = (decisions.into_inner(), mixed.into_inner());
    let seconds = SWAPPING.as_secs();
    println!(
        "swaps: {swapped} in {seconds} s, under {} decisions a second: 0 failed, {mixed} mixed",
        decisions / seconds
    );
    assert_eq!(mixed, 0, "a decision runs on one release");
}

fn serve(runtime: &Runtime, location: &Location) -> (String, FirstKeys) {
    let clock = Arc::new(SystemClock);
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let url = format!("http://{}", listener.local_addr().expect("it has an address"));
    let keys = runtime.block_on(async {
        let store = Store::open(location, Arc::<SystemClock>::clone(&clock)).await.expect("the store opens");
        let server = Server::start(store, clock, ServerConfig::default()).await.expect("the server starts");
        let keys = server.create_first_keys().await.expect("keys are made").expect("they are the first");
        // It is served for as long as the process lasts.
        drop(tokio::spawn(server.serve(listener, std::future::pending())));
        keys
    });
    (url, keys)
}

/// Asks its share of the requests, and panics when one of them fails.
fn client(url: &str, keys: &FirstKeys, over: &AtomicBool, mut each: impl FnMut(Value)) {
    let agent = agent();
    let (started, mut asked) = (Instant::now(), 0);
    while !over.load(Ordering::Relaxed) {
        let request = agent.post(format!("{url}/api/v1/access-checks"));
        let request = request.header("authorization", format!("Bearer {}", keys.secret.text()));
        let answer =
            request.send(r#"{"identity": {"userIdentifier": "reader-1"}}"#).expect("every request is answered");
        each(serde_json::from_reader(answer.into_body().into_reader()).expect("an answer is JSON"));
        asked += 1;
        wait_until(started, Duration::from_secs(1) * CLIENTS / REQUESTS * asked);
    }
}
