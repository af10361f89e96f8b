//! Looks for anything it was not given: variables, arguments, files, input.

use std::io::Read;

use usher_guest::{Request, workflow};

#[workflow]
#[expect(clippy::disallowed_methods, reason = "looking around is what this guest is for")]
fn environment(_: &Request) -> Vec<String> {
    let mut input = String::new();
    let read = std::io::stdin().read_to_string(&mut input).unwrap_or_default();
    vec![
        format!("variables-{}", std::env::vars().count()),
        format!("arguments-{}", std::env::args().count()),
        format!("input-{read}"),
        format!("file-{}", std::fs::read("/etc/passwd").is_ok()),
        format!("wrote-{}", std::fs::write("/tmp/usher", "x").is_ok()),
    ]
}
