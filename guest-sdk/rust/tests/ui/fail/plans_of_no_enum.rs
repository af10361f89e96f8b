use usher_guest::{Request, workflow};

enum Plan {
    Premium,
}

#[workflow(plans = Plan)]
fn tier(_request: &Request) -> Vec<Plan> {
    vec![Plan::Premium]
}

fn main() {}
