//! Returns 10 000 slugs.

use usher_guest::{Request, workflow};

#[workflow]
fn many_slugs(_: &Request) -> Vec<&'static str> {
    vec!["premium"; 10_000]
}
