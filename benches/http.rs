//! How many access checks a second go through the door, against a bare handler that reads the same body as JSON and answers with
//! the same bytes: what is between the two is Usher. 32 connections are kept, and the two take turns, so that what slows the
//! machine slows both. Clients and servers share the machine's cores.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a measurement prints, or fails by panicking")]

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::routing::post;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use usher_host::SystemClock;
use usher_server::{Server, ServerConfig};
use usher_store::{Location, Store};
use usher_tests::newsroom;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const CONNECTIONS: usize = 32;
/// Turns of each, the first of which is not counted.
const TURNS: usize = 6;
const TURN: Duration = Duration::from_secs(2);
const PATH: &str = "/api/v1/access-checks";
/// A visitor with an account, as an edge sends one.
const BODY: &str = r#"{"identity": {"userIdentifier": "reader-1"}, "resource": {"id": "article-1"},
    "http": {"url": "https://news.example/politics?utm_source=letter", "userAgent": "Mozilla/5.0 (X11; Linux x86_64)"},
    "cloudflare": {"cf": {"country": "DE", "isEUCountry": "1", "timezone": "Europe/Berlin", "latitude": "52.52"}}}"#;

fn main() {
    let runtime = Runtime::new().expect("this machine can run threads");
    let folder = tempfile::tempdir().expect("there is room on the disk");
    let (usher, key) = runtime.block_on(serve_usher(folder.path()));
    let request = format!(
        "POST {PATH} HTTP/1.1\r\nhost: usher\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    let request: Arc<[u8]> = request.into_bytes().into();
    let answer = runtime.block_on(async { Client::connect(usher).await.ask(&request).await });
    let decided: Value = serde_json::from_slice(&answer).expect("an answer is JSON");
    assert_eq!(decided.pointer("/diagnostics/degraded"), Some(&Value::Bool(false)), "{decided}");
    let bare = runtime.block_on(serve_bare(answer.into()));

    let (mut through_usher, mut through_bare) = (0, 0);
    for turn in 0..TURNS {
        let [decided, answered] = [usher, bare].map(|address| runtime.block_on(turn_of(address, &request)));
        if turn > 0 {
            (through_usher, through_bare) = (through_usher + decided, through_bare + answered);
        }
    }
    let seconds = TURN.as_secs_f64() * count(TURNS - 1);
    let [usher, bare] = [through_usher, through_bare].map(|answers| count(answers) / seconds);
    println!("access checks  {usher:.0} a second, bare handler {bare:.0} a second: {:.2} of it", usher / bare);
}

/// A server with the newsroom's catalog and one of its workflows.
async fn serve_usher(folder: &std::path::Path) -> (SocketAddr, String) {
    let clock = Arc::new(SystemClock);
    let location = Location::Folder(folder.to_owned());
    let store = Store::open(&location, Arc::<SystemClock>::clone(&clock)).await.expect("the store opens");
    let config = ServerConfig { rate_limit: None, ..ServerConfig::default() };
    let server = Server::start(store, clock, config).await.expect("the server starts");
    let keys = server.create_first_keys().await.expect("keys are made").expect("they are the first");
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = listener.local_addr().expect("it has an address");
    // It is served for as long as the process lasts.
    drop(tokio::spawn(server.serve(listener, std::future::pending())));

    let catalog = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/newsroom/catalog.toml");
    let changes = [("catalog", catalog), ("workflows/membership", newsroom::MEMBERSHIP)];
    tokio::task::spawn_blocking(move || {
        let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
        for (path, file) in changes {
            let request = agent.put(format!("http://{address}/admin/v1/{path}"));
            let request = request.header("authorization", format!("Bearer {}", keys.admin.text()));
            request.send(std::fs::read(file).expect("the newsroom is there")).expect("the operator is heard");
        }
        (address, keys.secret.text().to_owned())
    })
    .await
    .expect("the operator is done")
}

/// A handler that reads a body as JSON and answers with these bytes.
async fn serve_bare(answer: Bytes) -> SocketAddr {
    let handler = move |body: Bytes| {
        let read: Value = serde_json::from_slice(&body).expect("a body is JSON");
        assert!(read.is_object());
        let answer = answer.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], answer) }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let address = listener.local_addr().expect("it has an address");
    drop(tokio::spawn(async move { axum::serve(listener, Router::new().route(PATH, post(handler))).await }));
    address
}

/// How many answers all connections got in one turn.
async fn turn_of(address: SocketAddr, request: &Arc<[u8]>) -> usize {
    let clients = (0..CONNECTIONS).map(|_| {
        let request = Arc::clone(request);
        tokio::spawn(async move {
            let mut client = Client::connect(address).await;
            let (ends, mut answers) = (Instant::now() + TURN, 0);
            while Instant::now() < ends {
                client.ask(&request).await;
                answers += 1;
            }
            answers
        })
    });
    let mut answers = 0;
    for client in clients.collect::<Vec<_>>() {
        answers += client.await.expect("every request is answered");
    }
    answers
}

/// A connection that is kept.
struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server is there");
        stream.set_nodelay(true).expect("a connection takes options");
        Self { stream: BufReader::new(stream) }
    }

    /// Sends a request, and returns the body of the answer, which has to be a success.
    async fn ask(&mut self, request: &[u8]) -> Vec<u8> {
        self.stream.write_all(request).await.expect("the server reads");
        let (mut line, mut length) = (String::new(), 0);
        self.stream.read_line(&mut line).await.expect("the server answers");
        assert!(line.starts_with("HTTP/1.1 200"), "{line}");
        while line != "\r\n" {
            line.clear();
            self.stream.read_line(&mut line).await.expect("a head has an end");
            if let Some(bytes) = line.strip_prefix("content-length: ") {
                length = bytes.trim().parse().expect("a length is a number");
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.expect("the body is whole");
        body
    }
}

#[expect(clippy::as_conversions, reason = "a ratio need not be exact")]
fn count(of: usize) -> f64 {
    of as f64
}
