use usher_guest::{Request, workflow};

#[workflow]
async fn tier(request: &Request) -> bool {
    request.claim("premium") == Some(true)
}

fn main() {}
