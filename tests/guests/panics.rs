//! Panics, as a workflow with a bug does.

use usher_guest::{Request, workflow};

#[workflow]
#[expect(clippy::panic, reason = "that is what this guest is for")]
fn panics(request: &Request) -> [&'static str; 0] {
    panic!("no tier for {}", request.identity().identifier)
}
