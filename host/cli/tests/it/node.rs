//! Node and the SDK for TypeScript, where this machine has them.

use std::path::PathBuf;
use std::process::{Command, Output};

/// The folder of the SDK with its dependencies. Without it, or without Node, a test is skipped aloud, and fails where
/// everything is required.
#[expect(clippy::print_stdout, reason = "a skip is said aloud")]
pub(crate) fn typescript_sdk() -> Option<PathBuf> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../guest-sdk/typescript"));
    let has_node = Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success());
    if has_node && folder.join("node_modules").exists() {
        return Some(folder);
    }
    let why = "expected Node 20, and `npm ci` to have been run in guest-sdk/typescript";
    assert!(option_env!("USHER_REQUIRE_ALL").is_none(), "{why}");
    println!("SKIPPED: {why}");
    None
}

/// What a command that has to succeed printed.
#[track_caller]
pub(crate) fn succeed(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert!(status.success(), "{command:?}: {stdout}{stderr}");
    stdout
}
