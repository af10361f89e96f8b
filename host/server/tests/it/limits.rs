//! Limits: how much the server reads before it says that it is too much.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::num::NonZeroU32;
use std::time::Duration;

use usher_server::{Patience, ServerConfig};
use usher_store::Location;

use crate::test_server::TestServer;

const MEBIBYTE: usize = 1 << 20;
const MODULE_BYTES: usize = 16 << 20;

/// A good body of exactly this many bytes.
fn padded(bytes: usize) -> String {
    let (before, after) = (r#"{"identity": {"anonymousIdentifier": "a"}, "x": ""#, r#""}"#);
    format!("{before}{}{after}", "x".repeat(bytes - before.len() - after.len()))
}

#[test]
fn a_question_has_at_most_one_mebibyte() {
    let server = TestServer::start();
    server.access_check(&padded(MEBIBYTE)).ok();
    server.access_check(&padded(MEBIBYTE + 1)).check_error(413, "more than the 1048576 bytes allowed");
}

#[test]
fn a_catalog_has_at_most_one_mebibyte() {
    let server = TestServer::start();
    let comment = |bytes: usize| format!("#{}", "x".repeat(bytes - 1));
    server.publish(&comment(MEBIBYTE)).ok();
    server.publish(&comment(MEBIBYTE + 1)).check_error(413, "allowed");
}

#[test]
fn a_module_has_at_most_16_mebibytes() {
    let server = TestServer::start();
    let upload = |bytes: usize| server.to("PUT", "/admin/v1/workflows/big").send(vec![0; bytes]);
    upload(MODULE_BYTES).check_error(422, "not WebAssembly");
    upload(MODULE_BYTES + 1).check_error(413, "more than the 16777216 bytes allowed");
}

fn patient_with_bodies(body: Duration) -> TestServer {
    let patience = Patience { body, ..Patience::default() };
    TestServer::with(&Location::Memory, ServerConfig { patience, ..ServerConfig::default() })
}

/// Sends the beginning of an upload whose rest never comes, and returns the beginning of the answer.
fn begin_upload(server: &TestServer, more: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let head = format!("PUT /admin/v1/workflows/big HTTP/1.1\r\nhost: usher\r\n{more}");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn an_upload_is_cut_off_at_the_first_byte_over() {
    // What comes after that byte, the server waits for so long, so that the connection can go on.
    let server = patient_with_bodies(Duration::from_secs(1));
    let key = format!("authorization: Bearer {}\r\n", server.keys.admin);
    let announced = format!("{key}content-length: {}\r\n\r\n", MODULE_BYTES + 1);
    assert_eq!(begin_upload(&server, &announced, b""), "HTTP/1.1 413");
    let chunk = format!("{key}transfer-encoding: chunked\r\n\r\n{:x}\r\n", MODULE_BYTES * 1_000);
    assert_eq!(begin_upload(&server, &chunk, &vec![0; MODULE_BYTES + 1]), "HTTP/1.1 413");
}

/// Nobody without a key makes the server keep a body, nor wait for one for long.
#[test]
fn a_key_is_looked_at_before_the_body() {
    let server = patient_with_bodies(Duration::from_millis(50));
    assert_eq!(begin_upload(&server, "content-length: 1000000\r\n\r\n", b""), "HTTP/1.1 401");
}

/// However much a caller sends, an error repeats little of it.
#[test]
fn an_error_is_short_whatever_it_is_about() {
    let server = TestServer::start();
    let long = "x".repeat(60_000);
    let echo = format!("{}…", "x".repeat(64));
    let surface = format!(r#"{{"identity": {{"anonymousIdentifier": "a"}}, "surfaceSlug": "{long}"}}"#);
    server.to("POST", "/api/v1/surface-decisions").send(surface).check_error(404, &format!("found `{echo}`"));
    server.to("GET", &format!("/{long}")).get().check_error(404, "no such route: GET /xxx");
    server.to(&long, "/healthz").get().check_error(405, &format!("does not take {echo};"));
    for (method, path, body) in [
        ("GET", format!("/{long}"), String::new()),
        ("DELETE", format!("/admin/v1/keys/{long}"), String::new()),
        ("DELETE", format!("/admin/v1/users/{long}/a/customer"), String::new()),
        ("PUT", format!("/admin/v1/workflows/a?{long}=1"), String::new()),
        ("POST", "/admin/v1/keys".to_owned(), format!(r#"{{"kind": "{long}"}}"#)),
        ("POST", "/api/v1/access-checks".to_owned(), format!(r#"{{"identity": "{long}"}}"#)),
    ] {
        let reply = server.to(method, &path).send(body);
        assert!((400..500).contains(&reply.status) && reply.body.len() < 1_200, "{method}: {}", reply.body);
    }
}

#[test]
fn a_key_may_ask_so_often_and_no_more() {
    let config = ServerConfig { rate_limit: NonZeroU32::new(3), ..ServerConfig::default() };
    let server = TestServer::with(&Location::Memory, config);
    let ask = |key: &str| {
        let call = server.to("POST", "/api/v1/access-checks").key(key).header("origin", "https://news.example");
        call.send(r#"{"identity": {"anonymousIdentifier": "a"}}"#)
    };
    // A slow machine gives some of the second back, so more than three may pass, but not one after the other.
    let refused = (0..1_000).map(|_| ask(&server.keys.secret)).find(|reply| reply.status != 200).unwrap();
    refused.check_error(429, "at most 3 requests a second");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(refused.header("access-control-allow-origin"), Some("*"));
    assert!(refused.header("access-control-expose-headers").unwrap().contains("retry-after"));
    // Another key has a second of its own, whatever it opens.
    ask(&server.keys.public).ok();
    server.to("GET", "/admin/v1/plans").get().ok();
}

#[test]
fn as_many_requests_as_allowed_pass_at_once() {
    let config = ServerConfig { rate_limit: NonZeroU32::new(50), ..ServerConfig::default() };
    let server = TestServer::with(&Location::Memory, config);
    for _ in 0..50 {
        server.access_check(r#"{"identity": {"anonymousIdentifier": "a"}}"#).ok();
    }
}

#[test]
fn a_body_that_stops_arriving_is_given_up() {
    let server = patient_with_bodies(Duration::from_millis(50));
    let key = format!("authorization: Bearer {}\r\ncontent-length: 10\r\n\r\n", server.keys.admin);
    assert_eq!(begin_upload(&server, &key, b"half"), "HTTP/1.1 408");
}

#[test]
fn a_head_that_stops_arriving_is_given_up() {
    let patience = Patience { head: Duration::from_millis(50), ..Patience::default() };
    let server = TestServer::with(&Location::Memory, ServerConfig { patience, ..ServerConfig::default() });
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: ush").unwrap();
    let mut answer = Vec::new();
    // However it ends, it ends.
    let _reset = stream.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/1.1 200"));
    server.to("GET", "/healthz").get().ok();
}

/// What cannot be read as HTTP is answered by what reads it, which knows statuses and no bodies.
#[test]
fn a_head_that_cannot_be_read_is_answered_with_a_bare_status() {
    let server = TestServer::start();
    for (head, status) in [
        ("hello\r\n\r\n".to_owned(), "400"),
        (format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(70_000)), "414"),
        (format!("GET / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(101)), "431"),
        (format!("GET / HTTP/1.1\r\nx: {}", "y".repeat(420_000)), "431"),
    ] {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(String::from_utf8_lossy(&answer), format!("HTTP/1.1 {status}"));
    }
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let fits = format!("GET /healthz HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(100));
    stream.write_all(fits.as_bytes()).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200");
}

/// Proxies keep a connection for 60 s, and then end it themselves, so that no request meets an end.
#[test]
fn a_connection_outlives_the_patience_of_proxies() {
    assert!(Patience::default().head > Duration::from_secs(60));
}

#[test]
fn more_connections_than_allowed_wait() {
    let config = ServerConfig { connections: 2, ..ServerConfig::default() };
    let server = TestServer::with(&Location::Memory, config);
    let first = TcpStream::connect(&server.address).unwrap();
    drop(TcpStream::connect(&server.address).unwrap());
    server.to("GET", "/healthz").get().ok();
    drop(first);
    server.to("GET", "/healthz").get().ok();
}
