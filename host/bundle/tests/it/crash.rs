//! `kill -9`: a child process writes one bundle after the other into the same file until it is killed. There is a whole one
//! then, and it is at least the last one that the child told of.
//!
//! The child is this very test binary, asked to run `the_child` alone, with a file in its environment.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use usher_bundle::{Bundle, Draft, TrustedKeys, remove_unfinished, write_whole};

use crate::fixture::{key, workflow};

/// Names the child's file. A test run by hand has none, and its child does nothing.
const FILE: &str = "USHER_BUNDLE_CRASH_FILE";
/// What an acknowledgement begins with; the test harness writes lines of its own.
const ACKNOWLEDGED: &str = "acknowledged ";
/// How often a child is killed.
const KILLS: u64 = 8;

#[test]
fn the_child() {
    let Some(file) = env::var_os(FILE) else { return };
    let file = Path::new(&file);
    let last = std::fs::read(file).map_or(0, |bytes| number(&bytes));
    let mut out = std::io::stdout();
    for number in last + 1.. {
        // Large enough for many pages.
        let large = workflow("large", &number.to_string().repeat(100_000));
        let bundle = Draft::new("live", number, "").with_workflow(large).sign(&key()).unwrap();
        write_whole(file, bundle.as_bytes()).unwrap();
        writeln!(out, "\n{ACKNOWLEDGED}{number}").unwrap();
        out.flush().unwrap();
    }
}

/// The number of a whole bundle.
fn number(bytes: &[u8]) -> u64 {
    Bundle::open(bytes.to_vec(), &TrustedKeys::one(key().public())).unwrap().release().number()
}

#[test]
fn a_bundle_is_whole_whenever_its_writer_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("last-good.usher");
    for kills in 1..=KILLS {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "crash::the_child", "--nocapture"])
            .env(FILE, &file)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acknowledged = || lines.find_map(|line| line.unwrap().strip_prefix(ACKNOWLEDGED)?.parse::<u64>().ok());
        let mut last = (0..kills).filter_map(|_| acknowledged()).last().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        // What it still told before the signal reached it counts as well.
        while let Some(number) = acknowledged() {
            last = number;
        }
        let found = number(&std::fs::read(&file).unwrap());
        assert!(found == last || found == last + 1, "found {found}, {last} was acknowledged");
    }
    remove_unfinished(folder.path()).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
