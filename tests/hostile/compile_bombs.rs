//! Small modules that are dear to compile: functions too long, too wide or too deep, and too many of anything.

use super::Hostile;
use super::guest::{Guest, NOTHING, main, provision};

pub(super) fn all() -> Vec<Hostile> {
    let mut all = functions_too_long();
    all.extend(too_many());
    all
}

/// One that consists of too much. Making it takes long, too.
fn bomb(name: &'static str, make: fn() -> Vec<u8>) -> Hostile {
    Hostile::refused(name, "too-complex", "", make).heavy()
}

/// One that takes long and does no harm.
fn large(name: &'static str, make: fn() -> Vec<u8>) -> Hostile {
    Hostile::answers(name, &[], make).heavy()
}

fn functions_too_long() -> Vec<Hostile> {
    vec![
        bomb("one-function-of-seven-megabytes", || provision(&format!("{} {NOTHING}", adds(1_500_000)))),
        bomb("one-function-of-a-million-calls", million_calls),
        Hostile::refused("fifty-thousand-locals", "too-complex", "local variables", || {
            provision(&format!("{} {NOTHING}", locals(49_000)))
        }),
        Hostile::refused("a-million-locals", "too-complex", "local variables", || {
            provision(&format!("{} {NOTHING}", locals(1_000_000)))
        }),
        bomb("a-hundred-functions-of-fifty-thousand-locals", || {
            let function = format!("(func {} (call $f))", locals(49_000));
            functions(&function, 100)
        }),
        bomb("values-that-live-through-every-loop", || loops(2_000, 2_000)),
        bomb("values-that-live-through-every-branch", || branches(4_000, 4_000)),
        bomb("a-hundred-thousand-blocks-in-each-other", || nested("block", "end", 100_000)),
        bomb("a-million-blocks-in-each-other", || nested("block", "end", 1_000_000)),
        bomb("a-hundred-thousand-loops-in-each-other", || nested("loop", "end", 100_000)),
        bomb("fifty-thousand-ifs-in-each-other", || nested("i32.const 1 if", "end", 50_000)),
        bomb("a-jump-table-of-a-million-targets", || {
            provision(&format!("block i32.const 0 br_table {} end {NOTHING}", "0 ".repeat(1_000_000)))
        }),
        bomb("a-thousand-jump-tables-of-a-thousand-blocks", || jump_tables(1_000, 1_000)),
    ]
}

fn too_many() -> Vec<Hostile> {
    vec![
        bomb("a-hundred-thousand-functions", || functions("(func (call $f))", 100_000)),
        bomb("a-million-functions", || functions("(func)", 999_000)),
        large("functions-of-a-thousand-parameters", || {
            let wide = format!("(func (param {}) (result {}) unreachable)", "i64 ".repeat(1_000), "i64 ".repeat(1_000));
            functions(&wide, 200)
        }),
        bomb("calls-of-a-thousand-parameters", wide_calls),
        bomb("a-hundred-thousand-types", || {
            let types: String = (0..100_000).fold(String::new(), |mut text, n| {
                text.push_str(&format!("(type (func (param {})))", bits(n)));
                text
            });
            with_provision(&types)
        }),
        bomb("one-expression-of-a-million-operands", || {
            let (consts, adds) = ("i32.const 1 ".repeat(1_000_000), "i32.add ".repeat(999_999));
            provision(&format!("{consts} {adds} drop {NOTHING}"))
        }),
        bomb("a-million-divisions", || {
            let step = "local.get 0 i32.div_s local.get 0 i32.rem_s ".repeat(500_000);
            provision(&format!("local.get 0 {step} drop {NOTHING}"))
        }),
        large("a-hundred-thousand-vectors", || {
            let step = "local.get 1 i8x16.mul local.get 1 i8x16.popcnt i16x8.extmul_low_i8x16_s ".repeat(20_000);
            provision(&format!("(local v128) local.get 1 {} drop {NOTHING}", step.replace("i8x16.mul", "i16x8.mul",)))
        }),
        large("sixteen-mebibytes-of-data", || {
            let data = format!("(data \"{}\")", "x".repeat(15 << 20));
            with_provision(&data)
        }),
        bomb("a-hundred-thousand-segments", || {
            let main = format!(
                r#"(import "libc" "memory" (memory 1)) {} (func (export "provision") (param i32) (result i32) {NOTHING})"#,
                r#"(data (i32.const 8000) "x")"#.repeat(99_000)
            );
            Guest { main: &main, ..Guest::default() }.workflow()
        }),
        bomb("a-million-globals", || with_provision(&"(global i32 (i32.const 0))".repeat(999_000))),
        bomb("ten-million-elements", || {
            let elements = "(elem func ".to_owned() + &"0 ".repeat(7_000_000) + ")";
            with_provision(&elements)
        }),
        bomb("a-hundred-thousand-exports", || {
            let exports = (0..100_000).fold(String::new(), |mut text, n| {
                text.push_str(&format!("(export \"{n}\" (func 0))"));
                text
            });
            with_provision(&exports)
        }),
    ]
}

/// A main module of these definitions beside its harmless export.
fn with_provision(definitions: &str) -> Vec<u8> {
    main(&format!(r#"(func (export "provision") (param i32) (result i32) {NOTHING}) {definitions}"#))
}

fn functions(function: &str, count: usize) -> Vec<u8> {
    with_provision(&format!("(func $f) {}", function.repeat(count)))
}

fn locals(count: usize) -> String {
    format!("(local {})", "i64 ".repeat(count))
}

fn adds(count: usize) -> String {
    format!("i32.const 1 {} drop", "local.get 0 i32.add local.get 0 i32.xor ".repeat(count / 2))
}

fn million_calls() -> Vec<u8> {
    with_provision(&format!("(func $f) (func {})", "(call $f)".repeat(1_000_000)))
}

fn nested(open: &str, close: &str, depth: usize) -> Vec<u8> {
    let (opens, closes) = (format!("{open} ").repeat(depth), format!("{close} ").repeat(depth));
    provision(&format!("{opens} {closes} {NOTHING}"))
}

/// Loops one after the other, through each of which all the locals live: each is a value of its own in each loop.
pub(super) fn loops(locals: usize, loops: usize) -> Vec<u8> {
    let changed = (1..=locals).fold(String::new(), |mut text, n| {
        text.push_str(&format!("local.get {n} i32.const 1 i32.add local.set {n} "));
        text
    });
    let step = "loop local.get 1 br_if 0 end ";
    let used = (1..=locals).fold(String::new(), |mut text, n| {
        text.push_str(&format!("local.get {n} i32.add "));
        text
    });
    let body = format!("loop {changed} {} local.get 0 br_if 0 end", step.repeat(loops));
    provision(&format!("(local {}) {body} i32.const 16 {used} drop {NOTHING}", "i32 ".repeat(locals)))
}

/// The same with branches, on either side of which another local changes.
fn branches(locals: usize, branches: usize) -> Vec<u8> {
    let body = (0..branches).fold(String::new(), |mut text, n| {
        let local = 1 + n % locals;
        text.push_str(&format!("local.get 0 if local.get {local} i32.const 1 i32.add local.set {local} end "));
        text
    });
    let used = (1..=locals).fold(String::new(), |mut text, n| {
        text.push_str(&format!("local.get {n} i32.add "));
        text
    });
    provision(&format!(
        "(local {}) loop {body} local.get 0 br_if 0 end i32.const 16 {used} drop {NOTHING}",
        "i32 ".repeat(locals)
    ))
}

fn jump_tables(blocks: usize, tables: usize) -> Vec<u8> {
    let targets = (0..blocks).fold(String::new(), |mut text, n| {
        text.push_str(&format!("{n} "));
        text
    });
    let table = format!("block local.get 0 br_table {targets} end ");
    let (opens, closes) = ("block ".repeat(blocks), "end ".repeat(blocks));
    provision(&format!("{opens} {} {closes} {NOTHING}", table.repeat(tables)))
}

fn wide_calls() -> Vec<u8> {
    let call = format!("{} call $wide ", "local.get 0 ".repeat(1_000));
    let wide = format!("(func $wide (param {}))", "i32 ".repeat(1_000));
    with_provision(&format!("{wide} (func (param i32) {})", call.repeat(1_000)))
}

/// Seventeen types, of two kinds by the bits of a number: another list for another number.
fn bits(number: u32) -> String {
    (0..17).map(|bit| if number >> bit & 1 == 0 { "i32 " } else { "i64 " }).collect()
}
