use usher_guest::workflow;

#[workflow]
fn tier() -> &'static str {
    "member"
}

fn main() {}
