//! Modules that fall over, each in another way: deep stacks, broken arithmetic, calls of what is not there.

use super::Hostile;
use super::guest::{NOTHING, alone, provision};

const TRAPPED: &str = "trapped";

pub(super) fn all() -> Vec<Hostile> {
    let mut all = stacks();
    all.extend(arithmetic());
    all.extend(calls());
    all.extend(numbers());
    all
}

fn stacks() -> Vec<Hostile> {
    vec![
        Hostile::fails("a-function-that-calls-itself", TRAPPED, "stack", || {
            export("(call $provision (local.get 0))", "")
        }),
        Hostile::fails("two-functions-that-call-each-other", TRAPPED, "stack", || {
            export("(call $a)", "(func $a (result i32) (call $b)) (func $b (result i32) (call $a))")
        }),
        Hostile::refused("a-frame-of-half-a-megabyte", "too-complex", "", || {
            // Every local is alive to the end, and none fits a register.
            let declared = "(local ".to_owned() + &"i64 ".repeat(20_000) + ")";
            let set: String =
                (1..=20_000).map(|n| format!("(local.set {n} (i64.load (i32.const {})))", n % 60_000)).collect();
            let call = "(drop (call $wide (i32.const 0)))";
            let used: String = (1..=20_000).map(|n| format!("(i64.store (i32.const {n}) (local.get {n}))")).collect();
            export(
                "(call $wide (i32.const 0))",
                &format!("(func $wide (param i32) (result i32) {declared} {set} {call} {used} (i32.const 16))"),
            )
        })
        .heavy(),
        Hostile::fails("recursion-through-a-table", TRAPPED, "stack", || {
            export(
                "(call_indirect (param i32) (result i32) (local.get 0) (i32.const 0))",
                "(table 1 funcref) (elem (i32.const 0) func $provision)",
            )
        }),
        Hostile::fails("tail-calls-without-end", "out-of-fuel", "", || {
            export("(call $round)", "(func $round (result i32) (return_call $round))")
        }),
    ]
}

fn arithmetic() -> Vec<Hostile> {
    vec![
        Hostile::fails("unreachable", TRAPPED, "unreachable", || provision("unreachable")),
        Hostile::fails("a-division-by-zero", TRAPPED, "divide by zero", || {
            provision("(i32.div_u (i32.const 1) (i32.load (i32.const 16)))")
        }),
        Hostile::fails("a-division-that-overflows", TRAPPED, "overflow", || {
            provision("(i32.div_s (i32.const 0x80000000) (i32.sub (i32.load (i32.const 16)) (i32.const 1)))")
        }),
        Hostile::fails("a-number-that-is-no-integer", TRAPPED, "", || provision("(i32.trunc_f32_s (f32.const nan))")),
        Hostile::fails("a-load-beyond-the-memory", TRAPPED, "out of bounds", || {
            provision("(i32.load (i32.const 65533))")
        }),
        Hostile::fails("a-load-far-beyond-the-memory", TRAPPED, "out of bounds", || {
            provision("(i32.load offset=0xffffffff (i32.const -1))")
        }),
        Hostile::fails("a-copy-of-four-gigabytes", "out-of-fuel", "", || {
            provision("(memory.copy (i32.const 0) (i32.const 1) (i32.const -1)) (i32.const 16)")
        }),
        Hostile::fails("a-copy-beyond-the-memory", TRAPPED, "out of bounds", || {
            provision("(memory.copy (i32.const 0) (i32.const 1) (i32.const 65536)) (i32.const 16)")
        }),
        Hostile::fails("a-fill-of-four-gigabytes", "out-of-fuel", "", || {
            provision("(memory.fill (i32.const 0) (i32.const 1) (i32.const -1)) (i32.const 16)")
        }),
        Hostile::fails("copies-of-thirty-megabytes-for-ever", "out-of-fuel", "", || {
            provision(
                "(drop (memory.grow (i32.const 480)))
                 (loop (memory.copy (i32.const 0) (i32.const 1) (i32.const 31000000)) (br 0)) unreachable",
            )
        }),
        Hostile::fails("fills-of-thirty-megabytes-for-ever", "out-of-fuel", "", || {
            provision(
                "(drop (memory.grow (i32.const 480)))
                 (loop (memory.fill (i32.const 0) (i32.const 1) (i32.const 31000000)) (br 0)) unreachable",
            )
        }),
        Hostile::fails("an-endless-loop", "out-of-fuel", "", || provision("(loop (br 0)) unreachable")),
        Hostile::fails("an-endless-loop-of-jumps", "out-of-fuel", "", || {
            provision("(loop (block (br_table 0 1 (i32.const 0))) (br 0)) unreachable")
        }),
        Hostile::fails("an-endless-loop-of-square-roots", "out-of-fuel", "", || {
            provision(
                "(local f64) (loop (local.set 1 (f64.sqrt (f64.sqrt (f64.add (local.get 1) (f64.const 1))))) (br 0)) unreachable",
            )
        }),
    ]
}

fn calls() -> Vec<Hostile> {
    vec![
        Hostile::fails("a-call-of-another-type", TRAPPED, "indirect call type mismatch", || {
            export(
                "(call_indirect (result i32) (i32.const 0))",
                "(table 1 funcref) (elem (i32.const 0) func $provision)",
            )
        }),
        Hostile::fails("a-call-of-nothing", TRAPPED, "uninitialized element", || {
            export("(call_indirect (result i32) (i32.const 0))", "(table 1 funcref)")
        }),
        Hostile::fails("a-call-from-beyond-the-table", TRAPPED, "undefined element", || {
            export("(call_indirect (result i32) (i32.const 7))", "(table 1 funcref)")
        }),
        Hostile::fails("a-null-that-is-promised-to-be-none", TRAPPED, "null", || {
            export("(call_ref $t (ref.null $t))", "(type $t (func (result i32)))")
        }),
        Hostile::fails("elements-that-were-dropped", TRAPPED, "out of bounds", || {
            export(
                "(elem.drop 0) (table.init 0 (i32.const 0) (i32.const 0) (i32.const 1)) (i32.const 16)",
                "(table 1 funcref) (elem func $provision)",
            )
        }),
    ]
}

/// Whatever bits a machine gives a NaN, a workflow sees the same ones everywhere.
fn numbers() -> Vec<Hostile> {
    vec![
        Hostile::answers("the-bits-of-a-nan-that-was-computed", &["0"], || {
            bits(
                "(i32.ne (i32.reinterpret_f32 (f32.div (f32.load (i32.const 96)) (f32.load (i32.const 96)))) (i32.const 0x7fc00000))",
            )
        }),
        Hostile::answers("the-bits-of-a-nan-that-went-through-a-sum", &["0"], || {
            bits(
                "(i32.ne (i32.reinterpret_f32 (f32.add (f32.const nan:0x200001) (f32.load (i32.const 96)))) (i32.const 0x7fc00000))",
            )
        }),
        Hostile::answers("the-bits-of-a-nan-that-was-only-carried", &["1"], || {
            bits("(i32.ne (i32.reinterpret_f32 (f32.reinterpret_i32 (i32.const 0x7fa00001))) (i32.const 0x7fc00000))")
        }),
        Hostile::answers("the-choices-of-relaxed-vectors", &["0"], || {
            // A swizzle by an index out of range: some machines answer zero, others wrap around.
            bits(
                "(i8x16.extract_lane_u 0 (i8x16.relaxed_swizzle (v128.const i32x4 7 7 7 7) (v128.const i32x4 0x10 0 0 0)))",
            )
        }),
    ]
}

/// A workflow that answers one digit.
fn bits(digit: &str) -> Vec<u8> {
    alone(&format!(
        r#"(func (export "provision") (param i32) (result i32)
             (i32.store (i32.const 20) (i32.const 32)) (i32.store (i32.const 24) (i32.const 1))
             (i32.store (i32.const 32) (i32.const 64)) (i32.store (i32.const 36) (i32.const 1))
             (i32.store8 (i32.const 64) (i32.add (i32.const 48) {digit}))
             {NOTHING})"#
    ))
}

/// A workflow whose export, `$provision`, does this, with more definitions beside it.
fn export(body: &str, more: &str) -> Vec<u8> {
    alone(&format!(
        r#"{more}
           (func $provision (export "provision") (param i32) (result i32) {body})"#
    ))
}
