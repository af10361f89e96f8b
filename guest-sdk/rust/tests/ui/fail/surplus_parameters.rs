use usher_guest::{Request, workflow};

#[workflow]
fn tier(_request: &Request, _env: &str, _log: &str) -> &'static str {
    "member"
}

fn main() {}
