//! Modules that ask the host: too much, too often, too long, or with words that are none.

use super::Hostile;
use super::guest::{Guest, NOTHING};
use super::host_calls::{CLOCK, ENV, ENVIRONMENT, EXIT, LOG, RANDOM, RESOLVE_JWT, STREAMS};

const FUEL: &str = "out-of-fuel";

pub(super) fn all() -> Vec<Hostile> {
    let mut all = logs();
    all.extend(look_ups());
    all.extend(frozen());
    all
}

fn logs() -> Vec<Hostile> {
    vec![
        Hostile::fails("a-flood-of-empty-lines", FUEL, "", || {
            log("(loop (call $write (i32.const 1) (i32.const 0) (i32.const 0)) (br 0))")
        }),
        Hostile::fails("a-flood-of-long-lines", FUEL, "", || {
            log("(loop (call $write (i32.const 1) (i32.const 16384) (i32.const 49152)) (br 0))")
        }),
        Hostile::fails("a-line-of-more-than-a-megabyte", "bad-output", "too much data", || {
            log("(drop (memory.grow (i32.const 31))) (call $write (i32.const 1) (i32.const 0) (i32.const 1048577))")
        }),
        Hostile::fails("a-line-from-beyond-the-memory", "bad-output", "out of bounds", || {
            log("(call $write (i32.const 1) (i32.const 65000) (i32.const 65536))")
        }),
        Hostile::fails("a-line-whose-end-wraps-around", "bad-output", "out of bounds", || {
            log("(call $write (i32.const 1) (i32.const -1) (i32.const -1))")
        }),
        Hostile::fails("a-line-that-is-no-text", "bad-output", "utf-8", || {
            log(
                "(i32.store8 (i32.const 100) (i32.const 0xff)) (call $write (i32.const 1) (i32.const 100) (i32.const 1))",
            )
        }),
        Hostile::fails("a-level-that-there-is-not", "bad-output", "", || {
            log("(call $write (i32.const 99) (i32.const 0) (i32.const 0))")
        }),
        Hostile::answers("a-line-of-control-characters", &[], || {
            log(
                "(i32.store (i32.const 100) (i32.const 0x0a4a325b)) (call $write (i32.const 3) (i32.const 99) (i32.const 5))",
            )
        }),
        Hostile::fails("a-flood-of-standard-error", FUEL, "", || {
            streams(
                "(local $s i32) (local.set $s (call $stderr))
                     (loop (call $print (local.get $s) (i32.const 0) (i32.const 65536) (i32.const 64)) (br 0))",
            )
        }),
        Hostile::fails("a-flood-of-bytes-without-a-line-break", FUEL, "", || {
            streams(
                "(local $s i32) (local.set $s (call $stderr))
                     (loop (call $print (local.get $s) (i32.const 0) (i32.const 1) (i32.const 64)) (br 0))",
            )
        }),
    ]
}

fn look_ups() -> Vec<Hostile> {
    vec![
        // Each answer takes memory of the workflow's own, until there is none.
        Hostile::fails("a-flood-of-look-ups", "bad-output", "beyond end of memory", || {
            look_up("(loop (call $resolve (i32.const 16384) (i32.const 8) (i32.const 128)) (br 0))")
        }),
        Hostile::answers("a-token-of-a-megabyte", &[], || {
            look_up(
                "(drop (memory.grow (i32.const 31))) (call $resolve (i32.const 65536) (i32.const 1048000) (i32.const 128))",
            )
        }),
        Hostile::answers("an-empty-token", &[], || {
            look_up("(call $resolve (i32.const 0) (i32.const 0) (i32.const 128))")
        }),
        Hostile::fails("an-answer-to-nowhere", "bad-output", "", || {
            look_up("(call $resolve (i32.const 0) (i32.const 1) (i32.const -4))")
        }),
        Hostile::fails("an-answer-to-an-odd-address", "bad-output", "align", || {
            look_up("(call $resolve (i32.const 0) (i32.const 1) (i32.const 129))")
        }),
        Hostile::fails("a-flood-of-variables", FUEL, "", || {
            asks(
                ENV,
                &[("get", "(param i32 i32 i32)")],
                "(loop (call $get (i32.const 0) (i32.const 0) (i32.const 64)) (br 0))",
            )
        }),
        Hostile::answers("the-name-of-a-variable-of-a-megabyte", &[], || {
            asks(
                ENV,
                &[("get", "(param i32 i32 i32)")],
                "(drop (memory.grow (i32.const 31))) (call $get (i32.const 65536) (i32.const 1000000) (i32.const 64))",
            )
        }),
    ]
}

fn frozen() -> Vec<Hostile> {
    vec![
        Hostile::fails("a-flood-of-clocks", FUEL, "", || {
            asks(CLOCK, &[("now", "(result i64)")], "(loop (drop (call $now)) (br 0))")
        }),
        Hostile::fails("a-flood-of-environments", FUEL, "", || {
            asks(ENVIRONMENT, &[("environment", "(param i32)")], "(loop (call $environment (i32.const 64)) (br 0))")
        }),
        Hostile::fails("a-flood-of-random-numbers", FUEL, "", || random("(loop (drop (call $number)) (br 0))")),
        Hostile::fails("a-flood-of-random-bytes", FUEL, "", || {
            random("(drop (memory.grow (i32.const 480))) (loop (call $bytes (i64.const 65536) (i32.const 64)) (br 0))")
        }),
        Hostile::fails("random-bytes-without-end", "trapped", "64 KiB", || {
            random("(call $bytes (i64.const -1) (i32.const 64))")
        }),
        Hostile::fails("things-to-wait-for-without-end", FUEL, "", || {
            streams(
                "(local $s i32) (local.set $s (call $stderr)) (loop (drop (call $subscribe (local.get $s))) (br 0))",
            )
        }),
        Hostile::fails("things-to-wait-for-made-and-dropped", FUEL, "", || {
            streams(
                "(local $s i32) (local.set $s (call $stderr))
                     (loop (call $drop (call $subscribe (local.get $s))) (br 0))",
            )
        }),
        // Each answer takes memory, until one lies where the list was.
        Hostile::fails("waiting-for-ten-thousand-at-once-again-and-again", "bad-output", "unknown handle", || {
            streams(
                "(local $s i32) (local $i i32) (local.set $s (call $stderr))
                 (drop (memory.grow (i32.const 400)))
                 (loop
                   (i32.store (i32.add (i32.const 26000000) (i32.mul (local.get $i) (i32.const 4))) (call $subscribe (local.get $s)))
                   (local.set $i (i32.add (local.get $i) (i32.const 1)))
                   (br_if 0 (i32.lt_u (local.get $i) (i32.const 10000))))
                 (loop (call $poll (i32.const 26000000) (i32.const 10000) (i32.const 64)) (br 0))",
            )
        }),
        Hostile::fails("a-handle-that-there-is-not", "bad-output", "unknown handle", || {
            streams("(call $print (i32.const 77) (i32.const 0) (i32.const 1) (i32.const 64))")
        }),
        Hostile::fails("a-handle-of-another-kind", "bad-output", "", || streams("(call $drop (call $stderr))")),
        Hostile::fails("a-handle-dropped-twice", "bad-output", "unknown handle", || {
            streams(
                "(local $p i32) (local.set $p (call $subscribe (call $stderr)))
                     (call $drop (local.get $p)) (call $drop (local.get $p))",
            )
        }),
        Hostile::fails("leaving-with-success", "trapped", "exit", || {
            asks(EXIT, &[("exit", "(param i32)")], "(call $exit (i32.const 0))")
        }),
        Hostile::fails("leaving-with-a-status-that-there-is-not", "bad-output", "", || {
            asks(EXIT, &[("exit", "(param i32)")], "(call $exit (i32.const 7))")
        }),
    ]
}

fn log(body: &str) -> Vec<u8> {
    asks(LOG, &[("write", "(param i32 i32 i32)")], body)
}

fn look_up(body: &str) -> Vec<u8> {
    asks(RESOLVE_JWT, &[("resolve", "(param i32 i32 i32)")], body)
}

fn random(body: &str) -> Vec<u8> {
    asks(RANDOM, &[("number", "(result i64)"), ("bytes", "(param i64 i32)")], body)
}

fn streams(body: &str) -> Vec<u8> {
    let functions = [
        ("stderr", "(result i32)"),
        ("print", "(param i32 i32 i32 i32)"),
        ("subscribe", "(param i32) (result i32)"),
        ("poll", "(param i32 i32 i32)"),
        ("drop", "(param i32)"),
    ];
    asks(STREAMS, &functions, body)
}

/// A workflow that calls these functions of the host, and assigns nothing when it comes to its end.
fn asks(outside: &str, functions: &[(&str, &str)], body: &str) -> Vec<u8> {
    let main = format!(r#"(func (export "provision") (param i32) (result i32) {body} {NOTHING})"#);
    Guest { outside, main: &main, ..Guest::default() }.alone(functions)
}
