//! The expansion asks nothing of its crate that a strict one would not give.

#![forbid(unsafe_code)]
#![deny(warnings, dead_code, missing_docs, unreachable_pub, unused_qualifications, rust_2018_idioms)]

use usher_guest::{Request, workflow};

#[workflow]
fn tier(_request: &Request) -> &'static str {
    "member"
}

fn main() {}
