//! Writes to standard output and standard error, there the last line without its end.

use usher_guest::{Request, workflow};

#[workflow]
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "writing there is what this guest is for")]
fn writes_output(_: &Request) -> [&'static str; 0] {
    println!("to standard output");
    eprintln!("to standard error");
    eprint!("cut sho");
    eprint!("rt");
    []
}
