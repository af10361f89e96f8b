//! The door: access checks through it, against a bare handler that reads the same body as JSON and answers with the same
//! bytes. What is between the two is Usher. Both have 32 connections that are kept, and clients share the machine's cores: the
//! less a client takes of them, the more of a request is the server's.

use std::net::SocketAddr;
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
use usher_tests::newsroom;

use crate::checked::body;
use crate::clock::Times;
use crate::quantile::quantile;
use crate::row::Row;
use crate::server::Serving;
use crate::wrk;

pub(crate) const CONNECTIONS: u32 = 32;
/// Turns of each, after one that is not counted.
pub(crate) const TURNS: usize = 5;
pub(crate) const TURN: Duration = Duration::from_secs(1);
pub(crate) const PATH: &str = "/api/v1/access-checks";

pub(crate) fn rows(runtime: &Runtime) -> Vec<Row> {
    let folder = tempfile::tempdir().expect("there is room on the disk");
    let (serving, keys) = runtime.block_on(Serving::start(folder.path()));
    let keys = keys.expect("it is new");
    let wasm = std::fs::read(newsroom::MEMBERSHIP).expect("the newsroom is built");
    runtime.block_on(serving.upload(&keys.admin, "membership", wasm));
    let request = request(&keys.secret, &body());
    let answer = runtime.block_on(async { Client::connect(serving.address).await.ask(&request).await });
    let decided: Value = serde_json::from_slice(&answer).expect("an answer is JSON");
    assert_eq!(decided.pointer("/diagnostics/degraded"), Some(&Value::Bool(false)), "{decided}");
    let bare = runtime.block_on(serve_bare(answer.into()));

    let mut turns = [Vec::new(), Vec::new()];
    for turn in 0..=TURNS {
        for (turns, address) in turns.iter_mut().zip([serving.address, bare]) {
            let times = runtime.block_on(turn_of(address, &request));
            if turn > 0 {
                turns.push(times);
            }
        }
    }
    let throughput = turns[0].iter().zip(&turns[1]).map(|(usher, bare)| count(usher) / count(bare)).collect();
    let [usher_times, bare_times] = turns;
    let times = [Times::of("bare handler", &bare_times), Times::of("1 workflow", &usher_times)];
    let mut rows = compared("HTTP, 32 connections", &times, throughput);
    rows.extend(wrk::rows([bare, serving.address], &keys.secret, folder.path()).into_iter().flatten());
    runtime.block_on(serving.stop());
    rows
}

/// The rows of the bare handler and of Usher, and the part of its requests that Usher answers, from turn to turn.
pub(crate) fn compared(block: &str, [bare, usher]: &[Times; 2], mut throughput: Vec<f64>) -> Vec<Row> {
    let throughput = quantile(&mut throughput, 0.5);
    let usher_row = Row::of(block, usher).ratio(usher.ratio_to(bare), "bare", None);
    vec![Row::of(block, bare), usher_row.share(throughput, "of its requests a second", 0.6)]
}

fn request(key: &str, body: &[u8]) -> Arc<[u8]> {
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: usher\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat().into()
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
    // It is served for as long as the process lasts.
    drop(tokio::spawn(async move { axum::serve(listener, Router::new().route(PATH, post(handler))).await }));
    address
}

/// How long each answer took that any of the connections got in one turn, in nanoseconds.
async fn turn_of(address: SocketAddr, request: &Arc<[u8]>) -> Vec<f64> {
    let clients = (0..CONNECTIONS).map(|_| {
        let request = Arc::clone(request);
        tokio::spawn(async move {
            let mut client = Client::connect(address).await;
            let (ends, mut times) = (Instant::now() + TURN, Vec::new());
            loop {
                let asked = Instant::now();
                if asked >= ends {
                    return times;
                }
                client.ask(&request).await;
                times.push(asked.elapsed().as_secs_f64() * 1e9);
            }
        })
    });
    let mut times = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        times.extend(client.await.expect("every request is answered"));
    }
    times
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

#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "a ratio need not be exact")]
fn count(of: &[f64]) -> f64 {
    of.len() as f64
}
