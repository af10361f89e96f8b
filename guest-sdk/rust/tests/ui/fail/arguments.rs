use usher_guest::{Request, workflow};

#[workflow(name = "tier")]
fn tier(_request: &Request) -> &'static str {
    "member"
}

fn main() {}
