//! A cold start: a new process on a data folder of two hundred workflows, no two of which have the same module, until it has made its
//! first decision. What was compiled lies beside the database from the start before.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measurement prints, or fails by panicking")]

mod quantile;

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::runtime::Runtime;
use usher_host::{AdmissionWorker, SystemClock};
use usher_server::{Server, ServerConfig};
use usher_store::{Enabled, LimitOverrides, Location, Store};
use usher_tests::guests;

use quantile::quantile;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Names the folder of the process that is started.
const FOLDER: &str = "USHER_COLD_START_FOLDER";
const WORKFLOWS: u32 = 200;
const STARTS: u32 = 21;

fn main() -> ExitCode {
    if let Some(ended) = AdmissionWorker::take_over() {
        return ended;
    }
    if let Some(folder) = std::env::var_os(FOLDER) {
        serve(Path::new(&folder));
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().expect("there is room on the disk");
    let key = fill(folder.path());
    // The first start compiles.
    let first = start(folder.path(), &key);
    let mut took: Vec<_> = (0..STARTS).map(|_| start(folder.path(), &key).as_secs_f64()).collect();
    let [p50, p99] = [0.5, 0.99].map(|part| Duration::from_secs_f64(quantile(&mut took, part)));
    println!(
        "{WORKFLOWS} workflows, from a process to its first decision: p50 {p50:.0?}, p99 {p99:.0?} (at most 500 ms); the \
         first time, which compiles, {first:.1?}"
    );
    ExitCode::SUCCESS
}

/// Stores the workflows, and returns a secret key.
fn fill(folder: &Path) -> String {
    let region = std::fs::read(guests::REGION).expect("the guests are built");
    Runtime::new().expect("this machine can run threads").block_on(async {
        let store = Store::open(&Location::Folder(folder.to_owned()), Arc::new(SystemClock)).await.expect("it opens");
        let keys = store.create_first_keys().await.expect("keys are made").expect("there were none");
        for number in 0..WORKFLOWS {
            let mut module = region.clone();
            module.extend(note(number));
            let slug = format!("region-{number}").parse().expect("it is a slug");
            let put = store.put_workflow(&slug, &module, Enabled::Yes, LimitOverrides::default());
            put.await.expect("there is room on the disk");
        }
        store.close().await;
        keys.secret.text().to_owned()
    })
}

/// A custom section, which makes a module one of its own.
fn note(number: u32) -> Vec<u8> {
    let mut section = vec![0, 9, 4];
    section.extend(b"note");
    section.extend(number.to_le_bytes());
    section
}

/// How long a process takes from its start to its first decision.
fn start(folder: &Path, key: &str) -> Duration {
    let started = Instant::now();
    let this = std::env::current_exe().expect("this program has a file");
    let mut child: Child =
        Command::new(this).env(FOLDER, folder).stdout(Stdio::piped()).spawn().expect("it can be started again");
    let mut url = String::new();
    let stdout = child.stdout.take().expect("it is piped");
    BufReader::new(stdout).read_line(&mut url).expect("it says where it is");
    let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
    let request = agent.post(format!("{}/api/v1/access-checks", url.trim_end()));
    let request = request.header("authorization", format!("Bearer {key}"));
    let answer = request.send(r#"{"identity": {"userIdentifier": "reader-1"}}"#).expect("it decides");
    let took = started.elapsed();
    let answer: Value = serde_json::from_reader(answer.into_body().into_reader()).expect("it is JSON");
    let ran = answer.pointer("/diagnostics/workflows").and_then(Value::as_array).map(Vec::len);
    assert_eq!(ran, usize::try_from(WORKFLOWS).ok(), "{answer}");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    took
}

fn serve(folder: &Path) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let url = format!("http://{}", listener.local_addr().expect("it has an address"));
    Runtime::new().expect("this machine can run threads").block_on(async {
        let clock = Arc::new(SystemClock);
        let location = Location::Folder(folder.to_owned());
        let store = Store::open(&location, Arc::<SystemClock>::clone(&clock)).await.expect("the store opens");
        let artifacts = Some(folder.join("artifacts"));
        let config = ServerConfig { artifacts, ..ServerConfig::default() };
        let server = Server::start(store, clock, config).await.expect("the server starts");
        println!("{url}");
        server.serve(listener, std::future::pending()).await.expect("it serves");
    });
}
