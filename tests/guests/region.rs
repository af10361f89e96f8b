//! Returns the operator's variable `REGION`.

use usher_guest::{Request, env, workflow};

#[workflow]
fn region(_: &Request) -> Option<String> {
    env::get("REGION")
}
