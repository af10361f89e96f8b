//! Modules that do their harm before they are asked anything.

use super::Hostile;
use super::guest::{Guest, NOTHING, alone, beside, main};
use super::host_calls::{CLOCK, EXIT, LOG, RESOLVE_JWT};

const DOES_NOT_START: &str = "does-not-start";

pub(super) fn all() -> Vec<Hostile> {
    let mut all = asking_nothing();
    all.extend(asking());
    all
}

fn asking_nothing() -> Vec<Hostile> {
    vec![
        Hostile::refused("a-start-that-never-ends", DOES_NOT_START, "fuel", || starts("(loop (br 0))")),
        Hostile::refused("a-start-that-recurses", DOES_NOT_START, "stack", || starts("(call $start)")),
        Hostile::refused("a-start-that-traps", DOES_NOT_START, "unreachable", || starts("unreachable")),
        Hostile::refused("a-start-that-eats-memory", DOES_NOT_START, "fuel", || {
            starts("(loop (drop (memory.grow (i32.const 1))) (br 0))")
        }),
        Hostile::refused("a-segment-that-does-not-fit", DOES_NOT_START, "out of bounds", || {
            main(&format!(
                r#"(memory 1) (data (i32.const 65536) "x")
                   (func (export "provision") (param i32) (result i32) {NOTHING})"#
            ))
        }),
        Hostile::refused("elements-that-do-not-fit", DOES_NOT_START, "out of bounds", || {
            main(&format!(
                r#"(table 1 funcref) (elem (i32.const 1) func $f) (func $f)
                   (func (export "provision") (param i32) (result i32) {NOTHING})"#
            ))
        }),
        Hostile::refused("a-start-in-a-component-inside", DOES_NOT_START, "unreachable", || {
            beside(
                "(component $inner (core module $m (func $f unreachable) (start $f)) (core instance (instantiate $m)))
                 (instance (instantiate $inner))",
            )
        }),
        Hostile::refused("a-start-of-the-component-itself", "does-not-compile", "value", || {
            beside(
                r#"(core module $m (func (export "f")))
                   (core instance $i (instantiate $m))
                   (alias core export $i "f" (core func $f))
                   (func $start (canon lift (core func $f)))
                   (start $start)"#,
            )
        }),
    ]
}

/// Those that ask the host for something.
fn asking() -> Vec<Hostile> {
    vec![
        Hostile::refused("a-start-that-looks-something-up", DOES_NOT_START, "", || starts_with_look_up(false)),
        Hostile::refused("an-asynchronous-start-that-looks-something-up", DOES_NOT_START, "", || {
            starts_with_look_up(true)
        }),
        Hostile::refused("a-start-that-leaves", DOES_NOT_START, "exit", || {
            Guest {
                outside: EXIT,
                with: r#"(with "host" (instance (export "exit" (func $exit))))"#,
                main: &format!(
                    r#"(import "host" "exit" (func $exit (param i32)))
                       (func $start (call $exit (i32.const 0))) (start $start)
                       (func (export "provision") (param i32) (result i32) {NOTHING})"#
                ),
                ..Guest::default()
            }
            .workflow()
        }),
        // At admission the clock stands at the epoch, and here it does not.
        Hostile::fails("a-start-that-behaves-at-admission", "out-of-fuel", "", || {
            Guest {
                outside: CLOCK,
                with: r#"(with "host" (instance (export "now" (func $now))))"#,
                main: &format!(
                    r#"(import "host" "now" (func $now (result i64)))
                       (func $start (if (i64.ne (call $now) (i64.const 0)) (then (loop (br 0))))) (start $start)
                       (func (export "provision") (param i32) (result i32) {NOTHING})"#
                ),
                ..Guest::default()
            }
            .workflow()
        }),
        // It is the workflow's own doing, and not for the operator to look at.
        Hostile::fails("a-start-that-misuses-the-host-after-admission", "bad-output", "utf-8", || {
            Guest {
                outside: &format!("{CLOCK} {LOG}"),
                with: r#"(with "host" (instance (export "now" (func $now)) (export "write" (func $write))))"#,
                main: &format!(
                    r#"(import "libc" "memory" (memory 1))
                       (import "host" "now" (func $now (result i64)))
                       (import "host" "write" (func $write (param i32 i32 i32)))
                       (func $start
                         (i32.store8 (i32.const 100) (i32.const 0xff))
                         (if (i64.ne (call $now) (i64.const 0))
                           (then (call $write (i32.const 0) (i32.const 100) (i32.const 1)))))
                       (start $start)
                       (func (export "provision") (param i32) (result i32) {NOTHING})"#
                ),
                ..Guest::default()
            }
            .workflow()
        }),
    ]
}

/// A harmless workflow, once it has started.
fn starts(body: &str) -> Vec<u8> {
    alone(&format!(
        r#"(func $start {body}) (start $start)
           (func (export "provision") (param i32) (result i32) {NOTHING})"#
    ))
}

/// A look-up, while nobody is there yet to answer it.
fn starts_with_look_up(is_asynchronous: bool) -> Vec<u8> {
    let (result, callback) = if is_asynchronous {
        ("(i32.const 0)", r#"(func (export "callback") (param i32 i32 i32) (result i32) (i32.const 0))"#)
    } else {
        (NOTHING, "")
    };
    let main = format!(
        r#"(import "host" "resolve" (func $resolve (param i32 i32 i32)))
           (func $start (call $resolve (i32.const 0) (i32.const 1) (i32.const 64))) (start $start) {callback}
           (func (export "provision") (param i32) (result i32) {result})"#
    );
    let guest = Guest {
        outside: RESOLVE_JWT,
        with: r#"(with "host" (instance (export "resolve" (func $resolve))))"#,
        main: &main,
        ..Guest::default()
    };
    if is_asynchronous { guest.asynchronous() } else { guest.workflow() }
}
