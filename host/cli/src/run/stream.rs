//! Many requests on standard input, one a line, and one line of JSON for each: for test kits, which load a workflow once.

use std::io::BufRead;
use std::process::ExitCode;

use serde_json::json;

use super::report::Report;
use super::request_file::Question;
use super::{RunError, Runner};
use crate::output;

/// Answers line by line, until there are no more. A request that cannot be used is an answer, too.
pub(super) fn run(runner: &Runner) -> Result<ExitCode, RunError> {
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(RunError::Input)?;
        match Question::read(line.as_bytes()) {
            Ok(question) => output::json_line(&Report::of(&runner.run(&question.into())))?,
            Err(error) => output::json_line(&json!({"outcome": "bad-request", "error": error.to_string()}))?,
        }
    }
    Ok(ExitCode::SUCCESS)
}
