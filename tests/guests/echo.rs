//! Returns the slugs it is told to: the claim `slugs`.

use usher_guest::{Request, workflow};

#[workflow]
fn echo(request: &Request) -> Vec<String> {
    request.claim("slugs").unwrap_or_default()
}
