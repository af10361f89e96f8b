//! Modules that lie about themselves: in their headers, in what they say of their names, in their manifest.

use super::Hostile;
use super::guest::{NOTHING, TYPES, beside, component, main};

pub(super) fn all() -> Vec<Hostile> {
    let mut all = headers();
    all.extend(names());
    all.extend(manifests());
    all
}

fn headers() -> Vec<Hostile> {
    vec![
        Hostile::refused("nothing-at-all", "not-wasm", "", Vec::new),
        Hostile::refused("a-script", "not-wasm", "", || b"#!/bin/sh\nrm -rf /\n".to_vec()),
        Hostile::refused("a-program-of-the-machine", "not-wasm", "", || {
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec()
        }),
        Hostile::refused("half-a-header", "malformed", "", || b"\0asm\x0d".to_vec()),
        Hostile::refused("a-core-module", "core-module", "", || b"\0asm\x01\0\0\0".to_vec()),
        Hostile::refused("a-layer-that-there-is-not", "core-module", "", || b"\0asm\x0d\0\x02\0".to_vec()),
        Hostile::refused("a-component-of-another-version", "malformed", "", || b"\0asm\x99\0\x01\0".to_vec()),
        Hostile::refused("a-section-longer-than-the-file", "malformed", "", || {
            b"\0asm\x0d\0\x01\0\x00\xff\xff\xff\xff\x0f".to_vec()
        }),
        Hostile::refused("a-length-without-an-end", "malformed", "", || {
            b"\0asm\x0d\0\x01\0\x00\x80\x80\x80\x80\x80\x80\x80\x80".to_vec()
        }),
        Hostile::refused("a-section-that-there-is-not", "malformed", "", || b"\0asm\x0d\0\x01\0\x7f\x00".to_vec()),
        Hostile::refused("a-byte-after-the-end", "malformed", "", || {
            let mut wasm = beside("");
            wasm.push(1);
            wasm
        }),
        Hostile::refused("a-function-that-lacks-its-result", "malformed", "type mismatch", || {
            beside("(core module (func (result i32)))")
        }),
        Hostile::refused("two-memories-and-a-function-that-lacks-its-result", "malformed", "type mismatch", || {
            beside("(core module (memory 1) (memory 1)) (core module (func (result i32)))")
        }),
        Hostile::refused("four-billion-imports-in-ten-bytes", "too-complex", "4294967295", || {
            b"\0asm\x0d\0\x01\0\x0a\x05\xff\xff\xff\xff\x0f".to_vec()
        }),
        Hostile::refused("seventeen-mebibytes-of-nothing", "too-large", "", || {
            let mut wasm = b"\0asm\x0d\0\x01\0".to_vec();
            wasm.resize(17 << 20, 0);
            wasm
        }),
    ]
}

fn names() -> Vec<Hostile> {
    vec![
        Hostile::fails(
            "functions-with-names",
            "trapped",
            "in `innermost`, called by `rust::name`, called by function 2",
            || {
                main(&format!(
                    r#"(func $a (@name "innermost") unreachable)
                   (func $b (@name "_ZN4rust4name17h0123456789abcdefE") (call $a))
                   (func (export "provision") (param i32) (result i32) (call $b) {NOTHING})"#
                ))
            },
        ),
        Hostile::fails("a-function-whose-name-has-ninety-kilobytes", "trapped", "", || traps_in(&"n".repeat(90_000))),
        Hostile::fails("a-function-whose-name-clears-the-screen", "trapped", "", || traps_in("\\1b[2J\\1b[1;1H\\07")),
        Hostile::fails("a-function-whose-name-breaks-lines", "trapped", "", || {
            traps_in("f\\0d\\0aerror everything is fine")
        }),
        Hostile::fails("a-function-whose-name-runs-backwards", "trapped", "", || {
            traps_in("\\e2\\80\\aeenif si gnihtyreve")
        }),
        Hostile::fails("a-mangled-name-that-doubles", "trapped", "", || {
            // Each `S` stands for all before it.
            let doubling: String = (0..30).map(|n| format!("1{}IS{}_S{}_E", char::from(b'a' + n % 26), n, n)).collect();
            traps_in(&format!("_ZN1x{doubling}Ev"))
        }),
        Hostile::fails("a-mangled-name-in-a-name-in-a-name", "trapped", "", || {
            traps_in(&format!("_Z1f{}i", "PFv".repeat(2_000)))
        }),
        Hostile::fails("a-mangled-name-of-rust-that-doubles", "trapped", "", || {
            let nested: String = (0..40).map(|_| "TB2_B2_".to_owned()).collect();
            traps_in(&format!("_RINvC1a1b{nested}E"))
        }),
        Hostile::refused("an-import-whose-name-has-ninety-kilobytes", "too-complex", "90000 bytes", || {
            beside(&format!("(import \"{}\" (func))", "n".repeat(90_000)))
        }),
        Hostile::refused("ten-thousand-exports-that-are-none-of-ours", "too-complex", "imports and exports", || {
            let exports: String =
                (0..10_000).map(|n| format!("(export \"an-export-with-a-long-name-{n}\" (type $request))")).collect();
            component(&format!("{TYPES} {exports}"))
        }),
    ]
}

fn manifests() -> Vec<Hostile> {
    vec![
        Hostile::refused("a-manifest-that-is-no-json", "bad-manifest", "", || manifest("nope")),
        Hostile::refused("a-manifest-of-lists-in-lists", "bad-manifest", "", || manifest(&"[".repeat(60_000))),
        Hostile::refused("a-manifest-of-a-hundred-kilobytes", "bad-manifest", "at most", || {
            manifest(&" ".repeat(100_000))
        }),
        Hostile::refused("a-manifest-for-a-contract-of-the-future", "wrong-contract", "9.9.9", || {
            manifest(r#"{\"contract\":\"9.9.9\",\"sdk\":{\"name\":\"s\",\"version\":\"1\"},\"workflow\":\"w\"}"#)
        }),
        Hostile::refused("a-manifest-that-clears-the-screen", "bad-manifest", "control", || {
            manifest(
                r#"{\"contract\":\"0.1.0\",\"sdk\":{\"name\":\"\\u001b[2J\",\"version\":\"1\"},\"workflow\":\"w\"}"#,
            )
        }),
        Hostile::refused("two-manifests", "bad-manifest", "more", || {
            let one = r#"(@custom "usher:manifest" "{}")"#;
            component(&format!("{one} {one}"))
        }),
    ]
}

/// A workflow that traps in a function of this name.
fn traps_in(name: &str) -> Vec<u8> {
    main(&format!(
        r#"(func $f (@name "{name}") (result i32) unreachable)
           (func (export "provision") (param i32) (result i32) (drop (call $f)) {NOTHING})"#
    ))
}

/// A harmless workflow with this manifest.
fn manifest(text: &str) -> Vec<u8> {
    beside(&format!(r#"(@custom "usher:manifest" "{text}")"#))
}
