//! Modules that use what WebAssembly has beyond what workflows need: admitted where it does no harm, refused where the sandbox
//! does not have it.

use super::Hostile;
use super::guest::{NOTHING, beside, main, provision};

const REFUSED: &str = "does-not-compile";

pub(super) fn all() -> Vec<Hostile> {
    vec![
        Hostile::refused("exceptions", REFUSED, "exceptions", || with("(tag $t) (func (throw $t))")),
        Hostile::refused("exceptions-that-are-caught", REFUSED, "exceptions", || {
            with("(tag $t) (func (block $b (try_table (catch $t $b) (throw $t))))")
        }),
        Hostile::refused("structures-with-a-collector", REFUSED, "gc", || with("(type $s (struct (field i64)))")),
        Hostile::refused("arrays-with-a-collector", REFUSED, "gc", || with("(type $a (array (mut i8)))")),
        Hostile::answers("references-of-31-bits-that-nothing-holds", &[], || {
            with("(func (drop (ref.i31 (i32.const 1))))")
        }),
        Hostile::refused("references-to-the-hosts-things", REFUSED, "", || with("(func (param externref))")),
        Hostile::refused("stacks-that-are-switched", REFUSED, "", || {
            with("(type $f (func)) (type $c (cont $f)) (func (param (ref $c)) (resume $c (local.get 0)))")
        }),
        Hostile::refused("arithmetic-of-128-bits", REFUSED, "wide arithmetic", || {
            with("(func (param i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 0)))")
        }),
        Hostile::answers("tail-calls", &[], || {
            main(&format!(
                r#"(func (export "provision") (param i32) (result i32) (return_call $f))
                   (func $f (result i32) {NOTHING})"#
            ))
        }),
        Hostile::answers("vectors", &[], || {
            provision(&format!("(drop (i32x4.add (v128.const i32x4 1 2 3 4) (v128.const i32x4 1 2 3 4))) {NOTHING}"))
        }),
        Hostile::answers("many-values-at-once", &[], || {
            main(&format!(
                r#"(func $f (result i32 i32) (i32.const 1) (i32.const 2))
                   (func (export "provision") (param i32) (result i32) (call $f) drop drop {NOTHING})"#
            ))
        }),
        Hostile::refused("a-value-of-the-component", "malformed", "", || beside(r#"(import "v" (value string))"#)),
        Hostile::refused("lists-of-a-fixed-length", REFUSED, "", || beside("(type (list u8 4))")),
        Hostile::refused("an-error-with-a-context", REFUSED, "", || {
            beside("(core func $new (canon error-context.new (memory $memory)))")
        }),
        Hostile::refused("a-stream-in-the-world-without-one", REFUSED, "", || {
            beside("(type $s (stream u8)) (core func (canon stream.new $s))")
        }),
        Hostile::refused("threads-that-take-turns", REFUSED, "", || beside("(core func (canon thread.index))")),
    ]
}

/// A harmless workflow whose main module has this, too.
fn with(definitions: &str) -> Vec<u8> {
    main(&format!(r#"{definitions} (func (export "provision") (param i32) (result i32) {NOTHING})"#))
}
