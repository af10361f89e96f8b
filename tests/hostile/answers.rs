//! Modules whose answer is a lie: pointers to nowhere, lengths without end, text that is none, and allocators and clean-ups
//! that do not do what they are for.

use super::Hostile;
use super::guest::{Guest, NOTHING, alone, provision_alone};

const BAD: &str = "bad-output";
const CLEAN: &str = r#"(alias core export $main "clean" (core func $clean))"#;

pub(super) fn all() -> Vec<Hostile> {
    let mut all = lists();
    all.extend(texts());
    all.extend(allocators());
    all.extend(clean_ups());
    all
}

fn lists() -> Vec<Hostile> {
    vec![
        Hostile::fails("an-answer-beyond-the-memory", BAD, "out of bounds", || provision_alone("(i32.const 65536)")),
        Hostile::fails("an-answer-that-ends-beyond-the-memory", BAD, "out of bounds", || {
            provision_alone("(i32.const 65528)")
        }),
        Hostile::fails("an-answer-at-the-last-address", BAD, "", || provision_alone("(i32.const -4)")),
        Hostile::fails("an-answer-at-an-odd-address", BAD, "align", || provision_alone("(i32.const 17)")),
        Hostile::fails("neither-an-answer-nor-an-error", BAD, "", || {
            answer("(i32.store8 (i32.const 16) (i32.const 2))")
        }),
        Hostile::fails("a-list-beyond-the-memory", BAD, "out of bounds", || list(65536, 1)),
        Hostile::fails("a-list-at-an-odd-address", BAD, "align", || list(33, 1)),
        Hostile::fails("a-list-of-four-billion-slugs", BAD, "", || list(32, -1)),
        // Eight bytes each: the length in bytes wraps around to none.
        Hostile::fails("a-list-whose-size-wraps-around", BAD, "", || list(32, 0x2000_0000)),
        Hostile::fails("a-list-whose-end-wraps-around", BAD, "", || list(-8, 2)),
        Hostile::fails("a-list-of-all-the-memory", BAD, "", || list(0, 8192)),
        Hostile::fails("a-list-of-four-million-empty-slugs", BAD, "", || {
            answer(
                "(drop (memory.grow (i32.const 500)))
                 (i32.store (i32.const 20) (i32.const 64)) (i32.store (i32.const 24) (i32.const 4000000))",
            )
        }),
        Hostile::fails("an-empty-list-at-nowhere", BAD, "out of bounds", || list(-8, 0)),
        Hostile::fails("sixty-five-slugs", BAD, "65 slugs", || list(64, 65)),
    ]
}

fn texts() -> Vec<Hostile> {
    vec![
        Hostile::fails("a-slug-that-is-no-text", BAD, "utf-8", || slug(r"\ff\fe", 2)),
        Hostile::fails("a-slug-with-half-of-a-surrogate-pair", BAD, "utf-8", || slug(r"\ed\a0\80", 3)),
        Hostile::fails("a-slug-that-is-written-too-long", BAD, "utf-8", || slug(r"\c0\af", 2)),
        Hostile::fails("a-slug-cut-in-the-middle-of-a-letter", BAD, "utf-8", || slug(r"\e2\82", 2)),
        Hostile::answers("a-slug-of-nothing-but-a-zero", &["\0"], || slug(r"\00", 1)),
        Hostile::answers("a-slug-of-control-characters", &["\u{1b}[2J\n"], || slug(r"\1b[2J\n", 5)),
        Hostile::fails("a-slug-of-all-the-memory", BAD, "", || slug("", 60_000)),
        Hostile::fails("a-slug-from-beyond-the-memory", BAD, "out of bounds", || slug("", 0x7fff_ffff)),
        Hostile::fails("a-slug-of-the-length-in-the-wrong-encoding", BAD, "", || slug("", -1)),
        Hostile::fails("one-slug-of-a-megabyte-and-one-byte", BAD, "too much data", || {
            answer(
                "(drop (memory.grow (i32.const 31)))
                 (i32.store (i32.const 20) (i32.const 32)) (i32.store (i32.const 24) (i32.const 1))
                 (i32.store (i32.const 32) (i32.const 64)) (i32.store (i32.const 36) (i32.const 1048577))",
            )
        }),
        Hostile::fails("a-thousand-slugs-that-are-the-same-hundred-kilobytes", BAD, "too much data", || {
            answer(
                "(local $i i32) (drop (memory.grow (i32.const 31))) (memory.fill (i32.const 64) (i32.const 97) (i32.const 100000))
                 (i32.store (i32.const 20) (i32.const 200000)) (i32.store (i32.const 24) (i32.const 1000))
                 (loop
                   (i32.store offset=200000 (i32.mul (local.get $i) (i32.const 8)) (i32.const 64))
                   (i32.store offset=200004 (i32.mul (local.get $i) (i32.const 8)) (i32.const 100000))
                   (local.set $i (i32.add (local.get $i) (i32.const 1)))
                   (br_if 0 (i32.lt_u (local.get $i) (i32.const 1000))))",
            )
        }),
        Hostile::fails("a-refusal-of-a-hundred-kilobytes", "refused", "", || {
            answer(
                r"(drop (memory.grow (i32.const 2))) (memory.fill (i32.const 64) (i32.const 0x61) (i32.const 100000))
                  (i32.store8 (i32.const 16) (i32.const 1))
                  (i32.store (i32.const 20) (i32.const 64)) (i32.store (i32.const 24) (i32.const 100000))",
            )
        }),
        Hostile::fails("a-refusal-of-control-characters", "refused", "", || {
            answer(
                "(i32.store (i32.const 64) (i32.const 0x4a325b1b))
                 (i32.store8 (i32.const 16) (i32.const 1))
                 (i32.store (i32.const 20) (i32.const 64)) (i32.store (i32.const 24) (i32.const 4))",
            )
        }),
    ]
}

fn allocators() -> Vec<Hostile> {
    vec![
        Hostile::fails("an-allocator-that-points-beyond-the-memory", BAD, "beyond end of memory", || {
            realloc("(i32.const 65528)")
        }),
        Hostile::fails("an-allocator-that-points-to-the-last-address", BAD, "", || realloc("(i32.const -8)")),
        Hostile::fails("an-allocator-that-points-to-odd-addresses", BAD, "align", || realloc("(i32.const 8193)")),
        Hostile::answers("an-allocator-that-always-points-to-the-same", &[], || realloc("(i32.const 8192)")),
        Hostile::fails("an-allocator-that-points-to-where-the-answer-is", BAD, "", || realloc("(i32.const 0)")),
        Hostile::fails("an-allocator-that-traps", "trapped", "unreachable", || realloc("unreachable")),
        Hostile::fails("an-allocator-that-never-ends", "out-of-fuel", "", || realloc("(loop (br 0)) unreachable")),
        Hostile::fails("an-allocator-that-recurses", "trapped", "stack", || {
            realloc("(call $realloc (local.get 0) (local.get 1) (local.get 2) (local.get 3))")
        }),
        Hostile::fails("an-allocator-that-eats-memory", "memory", "", || {
            realloc("(drop (memory.grow (i32.const 1000))) (i32.const 0x7ffffff0)")
        }),
        Hostile::fails("an-allocator-of-kept-texts-that-points-beyond-the-memory", BAD, "beyond end of memory", || {
            keeping("(i32.const 65528)")
        }),
        Hostile::answers("an-allocator-of-kept-texts-that-always-points-to-the-same", &[], || {
            keeping("(i32.const 8192)")
        }),
        Hostile::fails("an-allocator-of-kept-texts-that-points-to-where-the-answer-is", BAD, "", || {
            keeping("(i32.const 0)")
        }),
        Hostile::fails("a-place-for-requests-beyond-the-memory", BAD, "usher-place-request return: beyond", || {
            placing("(i32.const 65528)")
        }),
        Hostile::fails("a-place-for-requests-at-the-last-address", BAD, "", || placing("(i32.const -8)")),
        Hostile::fails("a-place-for-requests-at-an-odd-address", BAD, "align", || placing("(i32.const 8193)")),
        Hostile::fails("a-place-for-requests-that-traps", "trapped", "unreachable", || placing("unreachable")),
        Hostile::fails("a-place-for-requests-that-never-ends", "out-of-fuel", "", || {
            placing("(loop (br 0)) unreachable")
        }),
        Hostile::fails("a-place-for-requests-where-the-answer-is", BAD, "", || placing("(i32.const 16)")),
        // It is asked for places one by one then.
        Hostile::answers("no-place-for-requests", &[], || placing("(i32.const 0)")),
        Hostile::answers("a-place-for-requests-that-is-another-function", &[], || {
            alone(&format!(
                r#"(func (export "usher-place-request") (param i64 i64) unreachable)
                   (func (export "provision") (param i32) (result i32) {NOTHING})"#
            ))
        }),
        Hostile::answers("kept-texts-in-utf-16", &["reader-1"], keeping_wide_texts),
        Hostile::fails("an-allocator-that-logs", "trapped", "leave", || calls_back("realloc")),
    ]
}

fn clean_ups() -> Vec<Hostile> {
    vec![
        Hostile::fails("a-clean-up-that-traps", "trapped", "unreachable", || post_return("unreachable")),
        Hostile::fails("a-clean-up-that-never-ends", "out-of-fuel", "", || post_return("(loop (br 0))")),
        Hostile::fails("a-clean-up-that-recurses", "trapped", "stack", || post_return("(call $clean (i32.const 0))")),
        // The answer was taken before.
        Hostile::answers("a-clean-up-that-changes-the-answer", &["kept"], || {
            post_return("(i32.store (i32.const 64) (i32.const 0x74736f6c))")
        }),
        Hostile::fails("a-clean-up-that-logs", "trapped", "leave", || calls_back("post-return")),
    ]
}

/// An answer of zeros, but for what this writes: a list is at 20, its length at 24.
fn answer(body: &str) -> Vec<u8> {
    provision_alone(&format!("{body} {NOTHING}"))
}

fn list(at: i32, length: i32) -> Vec<u8> {
    answer(&format!("(i32.store (i32.const 20) (i32.const {at})) (i32.store (i32.const 24) (i32.const {length}))"))
}

/// An answer of one slug: this text, said to have this many bytes.
fn slug(text: &str, length: i32) -> Vec<u8> {
    alone(&format!(
        r#"(data (i32.const 64) "{text}")
           (func (export "provision") (param i32) (result i32)
             (i32.store (i32.const 20) (i32.const 32)) (i32.store (i32.const 24) (i32.const 1))
             (i32.store (i32.const 32) (i32.const 64)) (i32.store (i32.const 36) (i32.const {length}))
             {NOTHING})"#
    ))
}

fn allocator(body: &str) -> String {
    format!(
        r#"(memory (export "memory") 1)
           (func $realloc (export "realloc") (param i32 i32 i32 i32) (result i32) {body})"#
    )
}

fn realloc(body: &str) -> Vec<u8> {
    let main = format!(r#"(func (export "provision") (param i32) (result i32) {NOTHING})"#);
    Guest { libc: &allocator(body), main: &main, ..Guest::default() }.alone(&[])
}

/// A workflow that says by this where a whole request goes.
fn placing(body: &str) -> Vec<u8> {
    alone(&format!(
        r#"(func (export "usher-place-request") (param i32) (result i32) {body})
           (func (export "provision") (param i32) (result i32) {NOTHING})"#
    ))
}

/// Says that texts of a request are kept.
const KEEPS_TEXTS: &str = r#"(@custom "usher:manifest"
  "{\"contract\":\"0.1.0\",\"sdk\":{\"name\":\"s\",\"version\":\"1\"},\"workflow\":\"w\",\"keepsTexts\":true}")"#;

/// The same of a workflow that says so.
fn keeping(body: &str) -> Vec<u8> {
    let main = format!(r#"(func (export "provision") (param i32) (result i32) {NOTHING})"#);
    Guest { outside: KEEPS_TEXTS, libc: &allocator(body), main: &main, ..Guest::default() }.alone(&[])
}

/// A workflow that says so of texts in UTF-16, and answers with the visitor's identifier.
fn keeping_wide_texts() -> Vec<u8> {
    let main = format!(
        r#"(func (export "provision") (param i32) (result i32)
             (i32.store (i32.const 20) (i32.const 32)) (i32.store (i32.const 24) (i32.const 1))
             (i32.store (i32.const 32) (i32.load offset=4 (local.get 0)))
             (i32.store (i32.const 36) (i32.load offset=8 (local.get 0)))
             {NOTHING})"#
    );
    Guest { outside: KEEPS_TEXTS, main: &main, lift: "string-encoding=utf16", ..Guest::default() }.alone(&[])
}

/// A workflow that answers `kept` and then does this.
fn post_return(body: &str) -> Vec<u8> {
    Guest {
        main: &format!(
            r#"(data (i32.const 64) "kept")
               (func (export "provision") (param i32) (result i32)
                 (i32.store (i32.const 20) (i32.const 32)) (i32.store (i32.const 24) (i32.const 1))
                 (i32.store (i32.const 32) (i32.const 64)) (i32.store (i32.const 36) (i32.const 4))
                 {NOTHING})
               (func $clean (export "clean") (param i32) {body})"#
        ),
        after: CLEAN,
        lift: "(post-return $clean)",
        ..Guest::default()
    }
    .alone(&[])
}

/// A workflow that calls the host from within its allocator or its clean-up, where it may not.
fn calls_back(from: &str) -> Vec<u8> {
    let logs = "(call $write (i32.const 0) (i32.const 0) (i32.const 0))";
    let (in_allocator, in_clean_up, lift) =
        if from == "realloc" { (logs, "", "") } else { ("", logs, "(post-return $clean)") };
    Guest {
        libc: &allocator(&format!("{in_allocator} (i32.const 8192)")),
        outside: super::host_calls::LOG,
        main: &format!(
            r#"(func (export "provision") (param i32) (result i32) {NOTHING})
               (func (export "clean") (param i32) {in_clean_up})"#
        ),
        after: CLEAN,
        lift,
        ..Guest::default()
    }
    .alone(&[("write", "(param i32 i32 i32)")])
}
