//! Modules that differ in nothing but their digest. What they have in common is compiled once, so that there can be many.

use usher_sandbox::Artifact;
use usher_tests::jobs;

use crate::sandbox::SANDBOX;

/// The job `rules`, once for each number.
pub(crate) fn artifacts(numbers: std::ops::Range<u32>) -> impl Iterator<Item = Artifact> {
    let wasm = std::fs::read(jobs::RULES).expect("the jobs are built");
    numbers.map(move |number| SANDBOX.admit(&numbered(&wasm, number)).verdict.expect("the job is admitted"))
}

/// A component with one more custom section, which holds this number.
fn numbered(wasm: &[u8], number: u32) -> Vec<u8> {
    const CUSTOM: u8 = 0;
    const NAME: &[u8] = b"\x06number";
    let number = number.to_le_bytes();
    let length = u8::try_from(NAME.len() + number.len()).expect("both are short");
    [wasm, &[CUSTOM, length], NAME, &number].concat()
}
