//! Says that it cannot answer.

use usher_guest::{Request, workflow};

#[workflow]
fn refuses(request: &Request) -> Result<[&'static str; 0], String> {
    Err(format!("no rule for {}", request.identity().identifier))
}
