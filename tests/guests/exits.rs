//! Leaves as a program leaves.

use usher_guest::{Request, workflow};

#[workflow]
#[expect(clippy::exit, clippy::disallowed_methods, reason = "that is what this guest is for")]
fn exits(_: &Request) -> [&'static str; 0] {
    std::process::exit(0)
}
