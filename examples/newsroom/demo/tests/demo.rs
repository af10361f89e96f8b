//! The demo as somebody sees it who runs it for the first time.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

fn demo() -> Command {
    Command::new(env!("CARGO_BIN_EXE_newsroom-demo"))
}

#[test]
fn eight_visitors_are_told_what_they_hold() {
    let output = demo().output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert_eq!(said.lines().filter(|line| line.starts_with("  → ")).count(), 8, "{said}");
}

#[test]
fn it_stays_up_when_it_is_asked_to() {
    let mut child = demo().arg("--serve").stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let found: Vec<_> = lines.filter(|line| line.starts_with("USHER_")).take(4).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    let names: Vec<_> = found.iter().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    assert_eq!(names, ["USHER_URL", "USHER_SECRET_KEY", "USHER_PUBLIC_KEY", "USHER_ADMIN_KEY"]);
}

#[test]
fn what_it_does_not_know_it_refuses() {
    assert!(!demo().arg("--server").output().unwrap().status.success());
}

/// `cargo demo -- --serve` brings its own `--`: one in the alias would reach the demo as an argument.
#[test]
fn the_alias_leaves_arguments_to_the_caller() {
    let config = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../.cargo/config.toml")).unwrap();
    assert!(config.contains("\ndemo = \"run --package newsroom-demo\"\n"), "{config}");
}
