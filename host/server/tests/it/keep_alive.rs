//! Keep-alive: an answer that comes before the body was read costs the next request on the connection nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use usher_server::{Patience, ServerConfig};
use usher_store::Location;

use crate::test_server::TestServer;

/// A connection as a pool of a client has it.
struct Connection(BufReader<TcpStream>);

/// An answer, read to its end.
struct Answer {
    status: String,
    head: String,
    body: String,
}

impl Connection {
    fn to(server: &TestServer) -> Self {
        let stream = TcpStream::connect(&server.address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self(BufReader::new(stream))
    }

    fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    fn head(&mut self, path: &str, key: &str, more: &str) {
        self.write(format!("POST {path} HTTP/1.1\r\nhost: usher\r\nauthorization: Bearer {key}\r\n{more}\r\n\r\n"));
    }

    fn answer(&mut self) -> Answer {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(self.0.read_line(&mut head).unwrap(), 0, "the connection ended: {head}");
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        self.0.read_exact(&mut body).unwrap();
        let status = head.split(' ').nth(1).unwrap_or_default().to_owned();
        Answer { status, head, body: String::from_utf8(body).unwrap() }
    }

    /// Holds the connection to go on.
    #[track_caller]
    fn goes_on(&mut self, after: &str) {
        self.write("GET /healthz HTTP/1.1\r\nhost: usher\r\n\r\n");
        assert_eq!(self.answer().status, "200", "{after}");
    }

    /// Holds the server to have ended the connection, without having lost anything.
    #[track_caller]
    fn is_over(&mut self) {
        assert_eq!(self.0.read(&mut [0]).unwrap(), 0);
    }
}

impl Answer {
    fn closes(&self) -> bool {
        self.head.contains("connection: close\r\n")
    }
}

/// A server that gives up on slow bodies soon.
fn impatient() -> TestServer {
    let patience = Patience { body: Duration::from_millis(50), ..Patience::default() };
    TestServer::with(&Location::Memory, ServerConfig { patience, ..ServerConfig::default() })
}

#[test]
fn an_answer_that_needs_no_body_leaves_the_connection_usable() {
    let server = TestServer::start();
    // So long that it never arrives in one piece with the head.
    let question = r#"{"surfaceSlug": "none", "identity": {"anonymousIdentifier": "a"}}"#;
    let body = question.to_owned() + &" ".repeat((1 << 20) - question.len());
    let (secret, admin, nobody) = (&server.keys.secret, &server.keys.admin, "nobody".to_owned());
    let mut connection = Connection::to(&server);
    for (path, key, status) in [
        ("/api/v1/access-checks", &nobody, "401"),
        ("/api/v1/access-checks", admin, "403"),
        ("/api/v1/counter-updates", secret, "400"),
        ("/api/v1/surface-decisions", secret, "404"),
        ("/api/v1/envs/env_1/endpoints/x", secret, "404"),
        ("/api/v1/offer-redemptions", secret, "404"),
        ("/api/v1/nowhere", secret, "404"),
        ("/nowhere", secret, "404"),
        ("/healthz", secret, "405"),
    ] {
        connection.head(path, key, &format!("content-length: {}", body.len()));
        for part in body.as_bytes().chunks(100_000) {
            connection.write(part);
        }
        let answer = connection.answer();
        assert_eq!((answer.status.as_str(), answer.closes()), (status, false), "{path}: {}", answer.body);
        connection.goes_on(path);
    }
}

#[test]
fn a_body_that_is_somewhat_too_large_is_read_to_its_end() {
    let server = TestServer::start();
    let mut connection = Connection::to(&server);
    for (length, chunked) in [((1 << 20) + 1, false), ((1 << 20) + 1, true), (2 << 20, false)] {
        let framing =
            if chunked { "transfer-encoding: chunked".to_owned() } else { format!("content-length: {length}") };
        connection.head("/api/v1/access-checks", &server.keys.secret, &framing);
        if chunked {
            connection.write(format!("{length:x}\r\n"));
        }
        connection.write(vec![b' '; length]);
        if chunked {
            connection.write("\r\n0\r\n\r\n");
        }
        let answer = connection.answer();
        assert_eq!((answer.status.as_str(), answer.closes()), ("413", false), "{framing}");
        connection.goes_on(&framing);
    }
}

/// Whoever sends far too much can read why it was not taken, although the connection ends.
#[test]
fn a_body_that_is_far_too_large_ends_the_connection_after_its_answer() {
    let server = TestServer::start();
    for (framing, before) in [
        (format!("content-length: {}", 20 << 20), String::new()),
        ("transfer-encoding: chunked".to_owned(), format!("{:x}\r\n", 20 << 20)),
    ] {
        let mut connection = Connection::to(&server);
        connection.head("/api/v1/access-checks", "nobody", &framing);
        connection.write(before);
        for _ in 0..20 {
            connection.write(vec![b' '; 1 << 20]);
        }
        let answer = connection.answer();
        assert_eq!((answer.status.as_str(), answer.closes()), ("401", true), "{framing}");
        assert!(answer.body.ends_with('}'), "{}", answer.body);
    }
}

#[test]
fn a_body_that_stops_arriving_is_not_waited_for_twice() {
    let server = impatient();
    for (path, key, status) in
        [("/api/v1/access-checks", "nobody", "401"), ("/api/v1/access-checks", &server.keys.secret, "408")]
    {
        let mut connection = Connection::to(&server);
        connection.head(path, key, "content-length: 100");
        connection.write("half");
        let answer = connection.answer();
        assert_eq!((answer.status.as_str(), answer.closes()), (status, true));
    }
}

/// A caller who waits to be asked for the body is not asked, and may not send it: what comes next would be ambiguous.
#[test]
fn a_body_that_nobody_asked_for_ends_the_connection() {
    let server = TestServer::start();
    let mut connection = Connection::to(&server);
    connection.head("/api/v1/access-checks", "nobody", "expect: 100-continue\r\ncontent-length: 10");
    let answer = connection.answer();
    assert_eq!((answer.status.as_str(), answer.closes()), ("401", true));
    connection.is_over();
}
