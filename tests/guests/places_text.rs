//! Says how far from the beginning of its page of memory the visitor's identifier lies.

use usher_guest::{Request, workflow};

#[workflow]
fn places_text(request: &Request) -> [String; 1] {
    [format!("at-{}", request.identity().identifier.as_ptr().addr() % 4096)]
}
