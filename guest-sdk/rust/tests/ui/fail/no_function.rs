use usher_guest::workflow;

#[workflow]
struct Tier;

fn main() {}
