//! Opens a connection, which makes it import a socket.

use std::net::TcpStream;

use usher_guest::{Request, workflow};

#[workflow]
fn imports_socket(_: &Request) -> Option<&'static str> {
    TcpStream::connect("192.0.2.1:80").is_ok().then_some("premium")
}
