use usher_guest::{Request, workflow};

#[workflow]
fn tier(request: &Request) -> Result<bool, String> {
    Ok(request.claim("premium") == Some(true))
}

fn main() {}
