use usher_guest::workflow;

#[workflow]
fn tier(_request: &str) -> &'static str {
    "member"
}

fn main() {}
