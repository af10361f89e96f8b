//! Modules that want more memory or larger tables than anybody may have.

use super::Hostile;
use super::guest::{NOTHING, alone, beside, main, provision, provision_alone};

/// The most pages that any workflow can be given, which is what an instance at admission has.
const MOST_PAGES: u32 = 4096;

pub(super) fn all() -> Vec<Hostile> {
    let mut all = memories();
    all.extend(tables());
    all.extend(shared());
    all
}

fn memories() -> Vec<Hostile> {
    vec![
        Hostile::refused("a-memory-larger-than-any", "does-not-compile", "", || with("(memory 4097)")),
        Hostile::refused("a-memory-as-large-as-any-beside-another", "does-not-start", "", || {
            with(&format!("(memory {MOST_PAGES})"))
        }),
        Hostile::fails("a-memory-larger-than-its-limit", "memory", "", || with("(memory 1024)")),
        Hostile::refused("two-memories-in-one-module", "does-not-compile", "memories", || {
            with(&"(memory 1)".repeat(2))
        }),
        Hostile::refused("five-memories", "does-not-compile", "memories", || more_modules("(memory 1)", 4)),
        Hostile::answers("four-memories", &[], || more_modules("(memory 1)", 3)),
        Hostile::refused("a-hundred-and-one-memories", "too-complex", "memories", || with(&"(memory 0)".repeat(101))),
        // What is refused to it makes `memory.grow` answer -1, and it goes on without.
        Hostile::answers("memory-that-grows-until-it-is-refused", &[], || {
            grows("(loop (br_if 0 (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))")
        }),
        Hostile::fails("memory-that-grows-for-ever", "out-of-fuel", "", || {
            grows("(loop (drop (memory.grow (i32.const 1))) (br 0))")
        }),
        Hostile::fails("memory-that-grows-by-nothing-for-ever", "out-of-fuel", "", || {
            grows("(loop (drop (memory.grow (i32.const 0))) (br 0))")
        }),
        Hostile::answers("memory-that-grows-by-four-gigabytes-at-once", &["kept"], || {
            answers_kept("(i32.eq (memory.grow (i32.const -1)) (i32.const -1))")
        }),
        Hostile::fails("memory-refused-and-then-touched", "memory", "", || {
            grows("(drop (memory.grow (i32.const 65535))) (drop (i32.load (i32.const 0x7fffffff)))")
        }),
        Hostile::answers("memories-of-64-bits-inside", &[], || with("(memory i64 1)")),
        Hostile::refused("a-memory-of-64-bits-that-is-huge", "does-not-compile", "", || {
            with("(memory i64 0x1_0000_0000)")
        }),
        Hostile::refused("pages-of-one-byte", "does-not-compile", "custom page sizes", || {
            with("(memory 1 1 (pagesize 1))")
        }),
        Hostile::fails("memories-that-grow-in-turns", "out-of-fuel", "", || {
            main(&format!(
                r#"(import "libc" "memory" (memory $a 1)) (memory $b 1)
                   (func (export "provision") (param i32) (result i32)
                     (loop (drop (memory.grow $a (i32.const 7))) (drop (memory.grow $b (i32.const 7))) (br 0)) {NOTHING})"#
            ))
        }),
        Hostile::fails("memories-that-are-too-large-only-together", "memory", "", || more_modules("(memory 250)", 3)),
    ]
}

fn tables() -> Vec<Hostile> {
    vec![
        Hostile::refused("a-table-larger-than-any", "does-not-compile", "", || with("(table 20001 funcref)")),
        Hostile::answers("a-table-as-large-as-any", &[], || with("(table 20000 funcref)")),
        Hostile::refused("two-tables-larger-than-any-together", "does-not-start", "", || {
            more_modules("(table 10001 funcref)", 2)
        }),
        Hostile::refused("two-tables-in-one-module", "does-not-compile", "tables", || {
            with(&"(table 1 funcref)".repeat(2))
        }),
        Hostile::refused("nine-tables", "does-not-compile", "tables", || more_modules("(table 1 funcref)", 9)),
        Hostile::answers("eight-tables", &[], || more_modules("(table 1 funcref)", 8)),
        Hostile::answers("a-table-that-grows-until-it-is-refused", &[], || {
            with_table("(loop (br_if 0 (i32.ne (table.grow (ref.null func) (i32.const 100)) (i32.const -1))))")
        }),
        Hostile::fails("a-table-that-grows-for-ever", "out-of-fuel", "", || {
            with_table("(loop (drop (table.grow (ref.null func) (i32.const 1))) (br 0))")
        }),
        Hostile::fails("a-table-that-grows-by-four-billion-at-once", "out-of-fuel", "", || {
            with_table("(drop (table.grow (ref.null func) (i32.const -1)))")
        }),
        Hostile::fails("a-table-filled-for-ever", "out-of-fuel", "", || {
            with_table(
                "(drop (table.grow (ref.null func) (i32.const 19000)))
                 (loop (table.fill (i32.const 0) (ref.null func) (i32.const 19000)) (br 0))",
            )
        }),
        // What it asks for is paid for before it is looked at.
        Hostile::fails("a-table-filled-beyond-its-end", "trapped", "out of bounds", || {
            with_table("(table.fill (i32.const 0) (ref.null func) (i32.const 2))")
        }),
        Hostile::refused("a-table-of-64-bits-that-is-huge", "does-not-compile", "", || {
            with("(table i64 0x1_0000_0000 funcref)")
        }),
    ]
}

fn shared() -> Vec<Hostile> {
    vec![
        Hostile::refused("a-memory-shared-by-threads", "does-not-compile", "", || with("(memory 1 2 shared)")),
        Hostile::refused("atomics", "does-not-compile", "", || {
            provision(&format!("(drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1))) {NOTHING}"))
        }),
        Hostile::refused("a-thread-of-its-own", "does-not-compile", "", || {
            beside("(core type $start (shared (func (param i32)))) (core func $spawn (canon thread.spawn-ref $start))")
        }),
        Hostile::refused("waiting-for-another-thread", "does-not-compile", "", || {
            provision(&format!("(drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))) {NOTHING}"))
        }),
    ]
}

/// A harmless workflow whose main module has this, too.
fn with(definitions: &str) -> Vec<u8> {
    main(&format!(r#"{definitions} (func (export "provision") (param i32) (result i32) {NOTHING})"#))
}

fn with_table(body: &str) -> Vec<u8> {
    main(&format!(r#"(table 1 funcref) (func (export "provision") (param i32) (result i32) {body} {NOTHING})"#))
}

/// A harmless workflow that has this as often, in a module of its own each time.
fn more_modules(definition: &str, count: usize) -> Vec<u8> {
    beside(&format!("(core module $more {definition}) {}", "(core instance (instantiate $more))".repeat(count)))
}

/// A workflow that does this to its memory.
fn grows(body: &str) -> Vec<u8> {
    provision_alone(&format!("{body} {NOTHING}"))
}

/// A workflow that answers `kept` if this holds.
fn answers_kept(condition: &str) -> Vec<u8> {
    alone(&format!(
        r#"(data (i32.const 64) "kept")
           (func (export "provision") (param i32) (result i32)
             (if {condition} (then
               (i32.store (i32.const 20) (i32.const 32)) (i32.store (i32.const 24) (i32.const 1))
               (i32.store (i32.const 32) (i32.const 64)) (i32.store (i32.const 36) (i32.const 4))))
             {NOTHING})"#
    ))
}
