//! Modules of the asynchronous world that never answer, answer twice, or leave things behind.

use super::Hostile;
use super::guest::{Guest, beside};
use super::host_calls::LOG;

/// What a callback answers when it has come to its end, lets others go first, or waits for the set above the lowest four bits.
const EXIT: &str = "(i32.const 0)";
const YIELD: &str = "(i32.const 1)";
const ANSWER: &str = "(call $return (i32.const 0) (i32.const 0) (i32.const 0))";

pub(super) fn all() -> Vec<Hostile> {
    let mut all = endings();
    all.extend(leaks());
    all.extend(turns());
    all
}

fn endings() -> Vec<Hostile> {
    vec![
        Hostile::answers("an-asynchronous-answer", &[], || task(&format!("{ANSWER} {EXIT}"), EXIT)),
        Hostile::fails("an-end-without-an-answer", "trapped", "", || task(EXIT, EXIT)),
        Hostile::fails("two-answers", "trapped", "", || task(&format!("{ANSWER} {ANSWER} {EXIT}"), EXIT)),
        Hostile::fails("an-answer-and-then-a-loop", "out-of-fuel", "", || {
            task(&format!("{ANSWER} (loop (br 0)) {EXIT}"), EXIT)
        }),
        Hostile::fails("an-answer-and-then-a-trap", "trapped", "unreachable", || {
            task(&format!("{ANSWER} unreachable"), EXIT)
        }),
        Hostile::fails("an-asynchronous-answer-from-nowhere", "bad-output", "out of bounds", || {
            task(&format!("(call $return (i32.const 0) (i32.const 65536) (i32.const 1)) {EXIT}"), EXIT)
        }),
        Hostile::fails("an-asynchronous-list-whose-size-wraps-around", "bad-output", "", || {
            task(&format!("(call $return (i32.const 0) (i32.const 32) (i32.const 0x20000000)) {EXIT}"), EXIT)
        }),
        Hostile::fails("neither-an-asynchronous-answer-nor-an-error", "bad-output", "", || {
            task(&format!("(call $return (i32.const 5) (i32.const 0) (i32.const 0)) {EXIT}"), EXIT)
        }),
        Hostile::fails("an-end-of-a-kind-that-there-is-not", "trapped", "", || task("(i32.const 15)", EXIT)),
        Hostile::fails("waiting-for-a-set-that-there-is-not", "bad-output", "unknown handle", || {
            task("(i32.const 0xfff2)", EXIT)
        }),
        Hostile::fails("waiting-for-nothing", "trapped", "", || {
            task("(i32.or (i32.shl (call $set) (i32.const 4)) (i32.const 2))", EXIT)
        }),
        Hostile::fails("giving-up-a-task-that-nobody-gave-up", "trapped", "", || {
            task(&format!("(call $cancel) {EXIT}"), EXIT)
        }),
    ]
}

fn turns() -> Vec<Hostile> {
    vec![
        Hostile::fails("others-first-for-ever", "out-of-fuel", "", || task(YIELD, YIELD)),
        Hostile::answers("an-answer-and-then-others-first-for-ever", &[], || task(&format!("{ANSWER} {YIELD}"), YIELD)),
        Hostile::fails("a-loop-in-a-callback", "out-of-fuel", "", || task(YIELD, "(loop (br 0)) unreachable")),
        Hostile::fails("recursion-in-a-callback", "trapped", "stack", || {
            task(YIELD, "(call $callback (local.get 0) (local.get 1) (local.get 2))")
        }),
        Hostile::fails("polling-for-ever", "out-of-fuel", "", || {
            task(
                "(local $s i32) (local.set $s (call $set)) (loop (drop (call $poll (local.get $s) (i32.const 64))) (br 0)) unreachable",
                EXIT,
            )
        }),
        Hostile::fails("yielding-for-ever", "out-of-fuel", "", || {
            task("(loop (drop (call $yield)) (br 0)) unreachable", EXIT)
        }),
        Hostile::fails("waiting-in-the-middle-for-nothing", "trapped", "", || {
            task(&format!("(drop (call $wait (call $set) (i32.const 64))) {EXIT}"), EXIT)
        }),
        Hostile::refused("a-start-that-waits", "does-not-start", "", || {
            module(&format!(
                r#"(func $start (drop (call $wait (call $set) (i32.const 64)))) (start $start)
                   (func (export "provision") (param i32) (result i32) {ANSWER} {EXIT})
                   (func (export "callback") (param i32 i32 i32) (result i32) {EXIT})"#
            ))
        }),
        Hostile::answers("a-start-that-yields", &[], || {
            module(&format!(
                r#"(func $start (drop (call $yield))) (start $start)
                   (func (export "provision") (param i32) (result i32) {ANSWER} {EXIT})
                   (func (export "callback") (param i32 i32 i32) (result i32) {EXIT})"#
            ))
        }),
        Hostile::refused("an-asynchronous-start-that-never-ends", "does-not-start", "", || {
            module(&format!(
                r#"(func $start (loop (br 0))) (start $start)
                   (func (export "provision") (param i32) (result i32) {ANSWER} {EXIT})
                   (func (export "callback") (param i32 i32 i32) (result i32) {EXIT})"#
            ))
        }),
    ]
}

fn leaks() -> Vec<Hostile> {
    vec![
        Hostile::fails("sets-of-things-to-wait-for-without-end", "bad-output", "handle limit", || {
            task("(loop (drop (call $set)) (br 0)) unreachable", EXIT)
        }),
        Hostile::fails("streams-without-end", "bad-output", "handle limit", || {
            task("(loop (drop (call $stream)) (br 0)) unreachable", EXIT)
        }),
        Hostile::fails("futures-without-end", "bad-output", "handle limit", || {
            task("(loop (drop (call $future)) (br 0)) unreachable", EXIT)
        }),
        Hostile::answers("a-thousand-streams-left-behind", &[], || {
            task(
                &format!(
                    "(local $i i32)
                     (loop (drop (call $stream)) (local.set $i (i32.add (local.get $i) (i32.const 1)))
                       (br_if 0 (i32.lt_u (local.get $i) (i32.const 1000))))
                     {ANSWER} {EXIT}"
                ),
                EXIT,
            )
        }),
        Hostile::fails("reading-a-stream-that-nobody-writes", "trapped", "", || {
            task(
                &format!("(drop (call $read (i32.wrap_i64 (call $stream)) (i32.const 64) (i32.const 1))) {EXIT}"),
                EXIT,
            )
        }),
        Hostile::fails("reading-a-stream-to-nowhere", "trapped", "", || {
            task(
                &format!("(drop (call $read (i32.wrap_i64 (call $stream)) (i32.const -1) (i32.const -1))) {EXIT}"),
                EXIT,
            )
        }),
        Hostile::fails("a-back-pressure-that-never-ends", "trapped", "overflow", || {
            task("(loop (call $more) (br 0)) unreachable", EXIT)
        }),
        Hostile::fails("a-context-that-is-set-for-ever", "out-of-fuel", "", || {
            task("(loop (call $keep (i32.const 1)) (br 0)) unreachable", EXIT)
        }),
        Hostile::refused("calls-of-the-host-that-nobody-waits-for", "malformed", "async", || {
            beside(&(LOG.to_owned() + r#"(core func (canon lower (func $log "write") (memory $memory) async))"#))
        }),
    ]
}

const RETURN: &str =
    "(core func $return (canon task.return (result (result (list string) (error string))) (memory $memory)))";

/// A workflow whose export and whose callback do this.
fn task(provision: &str, callback: &str) -> Vec<u8> {
    module(&format!(
        r#"(func (export "provision") (param i32) (result i32) {provision})
           (func $callback (export "callback") (param i32 i32 i32) (result i32) {callback})"#
    ))
}

/// A workflow of this main module, which has all that a task can do.
fn module(text: &str) -> Vec<u8> {
    let functions = [
        ("return", "(param i32 i32 i32)", ""),
        ("cancel", "", "(canon task.cancel)"),
        ("yield", "(result i32)", "(canon thread.yield)"),
        ("set", "(result i32)", "(canon waitable-set.new)"),
        ("wait", "(param i32 i32) (result i32)", "(canon waitable-set.wait (memory $memory))"),
        ("poll", "(param i32 i32) (result i32)", "(canon waitable-set.poll (memory $memory))"),
        ("stream", "(result i64)", "(canon stream.new $bytes)"),
        ("read", "(param i32 i32 i32) (result i32)", "(canon stream.read $bytes (memory $memory) async)"),
        ("future", "(result i64)", "(canon future.new $later)"),
        ("more", "", "(canon backpressure.inc)"),
        ("keep", "(param i32)", "(canon context.set i32 0)"),
    ];
    let canon = functions.iter().filter(|(.., canon)| !canon.is_empty());
    let canon: String = canon.map(|(name, _, canon)| format!("(core func ${name} {canon})")).collect();
    let given: String = functions.iter().map(|(name, ..)| format!(r#"(export "{name}" (func ${name}))"#)).collect();
    let imports: String =
        functions.iter().map(|(name, ty, _)| format!(r#"(import "host" "{name}" (func ${name} {ty}))"#)).collect();
    Guest {
        outside: &format!("(type $bytes (stream u8)) (type $later (future u8)) {RETURN} {canon}"),
        with: &format!(r#"(with "host" (instance {given}))"#),
        main: &format!(r#"(import "libc" "memory" (memory 1)) {imports} {text}"#),
        ..Guest::default()
    }
    .asynchronous()
}
