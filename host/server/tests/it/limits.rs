//! Limits: how much the server reads before it says that it is too much.

use std::io::{Read, Write};
use std::net::TcpStream;

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

/// The answer comes while most of the body is still to be sent.
#[test]
fn an_upload_is_cut_off_at_the_first_byte_over() {
    let server = TestServer::start();
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let head = format!(
        "PUT /admin/v1/workflows/big HTTP/1.1\r\nhost: usher\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\n\r\n",
        server.keys.admin,
        MODULE_BYTES * 1_000,
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&vec![0; MODULE_BYTES + 1]).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
}

/// Nobody without a key makes the server read a body at all.
#[test]
fn a_key_is_looked_at_before_the_body() {
    let server = TestServer::start();
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let head = "PUT /admin/v1/workflows/big HTTP/1.1\r\nhost: usher\r\ncontent-length: 1000000\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 401");
}
