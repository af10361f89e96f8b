//! Executes an instruction that traps.

use usher_guest::{Request, workflow};

#[workflow]
fn traps(_: &Request) -> [&'static str; 0] {
    std::process::abort()
}
