use usher_guest::{Request, workflow};

#[workflow]
fn tier(_request: &mut Request) -> &'static str {
    "member"
}

fn main() {}
