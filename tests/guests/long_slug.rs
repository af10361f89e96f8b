//! Returns one slug of a megabyte.

use usher_guest::{Request, workflow};

#[workflow]
fn long_slug(_: &Request) -> [String; 1] {
    ["x".repeat(1_000_000)]
}
