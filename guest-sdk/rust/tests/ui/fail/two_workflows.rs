use usher_guest::{Request, workflow};

#[workflow]
fn one(_request: &Request) -> &'static str {
    "one"
}

#[workflow]
fn two(_request: &Request) -> &'static str {
    "two"
}

fn main() {}
