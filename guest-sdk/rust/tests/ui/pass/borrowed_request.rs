use usher_guest::{Request, testing, workflow};

#[workflow]
fn tier(request: &Request) -> Vec<&'static str> {
    if request.claim("premium") == Some(true) { vec!["premium"] } else { vec![] }
}

fn main() {
    assert_eq!(tier(&testing::request().build()), [""; 0]);
}
