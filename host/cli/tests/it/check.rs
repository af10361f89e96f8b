//! `usher check`, on files that are no workflows.

use serde_json::{Value, json};

use crate::usher::{check_failure, file, run};

#[test]
fn garbage_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "garbage.wasm", "hello");
    let output = run(&["check", &path]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("refused") && said.contains("(not-wasm)"), "{said}");
}

#[test]
fn the_report_is_json_for_machines() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "core.wasm", b"\0asm\x01\0\0\0");
    let output = run(&["check", &path, "--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = json!({
        "verdict": "refused",
        "reason": "the file is a core module, and a workflow is a component; build it with `--target wasm32-wasip2`",
        "kind": "core-module",
        "digest": "93a44bbb96c751218e4c00d479e4c14358122a389acca16205b1e4d0dc5f9476",
        "size": 8,
        "imports": [],
        "world": null,
        "contract": "0.1.0",
        "manifest": null,
        "purity": [],
        "memoryBytes": null,
        "probes": [],
        "slugs": [],
        "admittedBy": "",
    });
    assert_eq!((output.status.code(), report), (Some(1), expected));
}

#[test]
fn what_cannot_be_read_is_no_verdict() {
    check_failure(&["check", "no-such-file.wasm"], 2, "error: the module `no-such-file.wasm` cannot be read: ");
    check_failure(&["check"], 2, "FILE.wasm");
}
