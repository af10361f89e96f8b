use usher_guest::{Request, workflow};

#[workflow]
fn tier<'a>(request: &'a Request) -> Option<&'a str> {
    request.claim("plan")
}

fn main() {}
