//! The admission worker of the tests' hosts, and nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    usher_host::AdmissionWorker::take_over().unwrap_or(ExitCode::FAILURE)
}
