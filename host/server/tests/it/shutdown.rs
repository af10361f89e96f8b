//! Shutdown: nothing that was begun is dropped.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::test_server::TestServer;

#[test]
fn a_request_under_way_gets_its_answer() {
    let server = TestServer::start();
    let body = r#"{"identity": {"anonymousIdentifier": "a"}}"#;
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let head = format!(
        "POST /api/v1/access-checks HTTP/1.1\r\nhost: usher\r\nauthorization: Bearer {}\r\nexpect: 100-continue\r\n\
         content-length: {}\r\n\r\n",
        server.keys.secret,
        body.len(),
    );
    stream.write_all(head.as_bytes()).unwrap();
    // From here on the server is known to be reading the body.
    let mut begun = [0; 25];
    stream.read_exact(&mut begun).unwrap();
    assert_eq!(&begun, b"HTTP/1.1 100 Continue\r\n\r\n");
    let stopping = std::thread::spawn(|| server.stop());
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    stopping.join().unwrap();
}

#[test]
fn an_idle_connection_does_not_keep_the_server() {
    let server = TestServer::start();
    server.to("GET", "/healthz").get().ok();
    let _idle = TcpStream::connect(&server.address).unwrap();
    let asked = Instant::now();
    server.stop();
    // The grace that a request under way has is 70 s here.
    assert!(asked.elapsed() < Duration::from_secs(60));
}
