//! Components made of components, which call each other where they may not, and what crosses between them.

use super::Hostile;
use super::guest::{Guest, NOTHING};

pub(super) fn all() -> Vec<Hostile> {
    vec![
        Hostile::fails("a-component-that-is-entered-again", "trapped", "enter", re_entered),
        Hostile::refused("a-component-that-calls-its-parent-while-it-starts", "does-not-start", "enter", || {
            composed("(func $start (call $tick)) (start $start)", "unreachable", "nop")
        }),
        Hostile::fails("a-component-inside-that-calls-its-parent", "trapped", "enter", || {
            composed("", "nop", "(call $run)")
        }),
        Hostile::fails("handles-of-its-own-without-end", "bad-output", "handle limit", || {
            handles("(loop (drop (call $new (i32.const 1))) (br 0))")
        }),
        Hostile::fails("handles-of-its-own-made-and-dropped", "out-of-fuel", "", || {
            handles("(loop (call $drop (call $new (i32.const 1))) (br 0))")
        }),
        Hostile::fails("a-destructor-that-never-ends", "out-of-fuel", "", || destructor("(loop (br 0))")),
        Hostile::fails("a-destructor-that-traps", "trapped", "unreachable", || destructor("unreachable")),
        Hostile::fails("a-handle-forged-from-a-number", "bad-output", "unknown handle", || {
            handles("(drop (call $rep (i32.const 4242)))")
        }),
    ]
}

/// A component inside, whose core module has this and calls `$tick` of its parent, which does this, in `$run`.
fn composed(inner: &str, tick: &str, body: &str) -> Vec<u8> {
    let outside = format!(
        r#"(core module $ticks' (func (export "tick") {tick}))
           (core instance $ticks (instantiate $ticks'))
           (alias core export $ticks "tick" (core func $tick'))
           (func $tick (canon lift (core func $tick')))
           (component $inner'
             (import "tick" (func $tick'))
             (core func $tick (canon lower (func $tick')))
             (core module $m' (import "" "tick" (func $tick)) {inner} (func (export "run") (call $tick)))
             (core instance $m (instantiate $m' (with "" (instance (export "tick" (func $tick))))))
             (alias core export $m "run" (core func $run))
             (func (export "run") (canon lift (core func $run))))
           (instance $inner (instantiate $inner' (with "tick" (func $tick))))
           (core func $run (canon lower (func $inner "run")))"#
    );
    Guest {
        outside: &outside,
        with: r#"(with "host" (instance (export "run" (func $run))))"#,
        main: &format!(
            r#"(import "host" "run" (func $run)) (func (export "provision") (param i32) (result i32) {body} {NOTHING})"#
        ),
        ..Guest::default()
    }
    .workflow()
}

/// The component inside calls its parent, through a table that the parent fills with the call of the component inside.
fn re_entered() -> Vec<u8> {
    let outside = r#"
      (core module $shim'
        (table (export "table") 1 funcref)
        (func (export "tick") (call_indirect (i32.const 0))))
      (core instance $shim (instantiate $shim'))
      (alias core export $shim "tick" (core func $tick'))
      (func $tick (canon lift (core func $tick')))
      (component $inner'
        (import "tick" (func $tick'))
        (core func $tick (canon lower (func $tick')))
        (core module $m' (import "" "tick" (func $tick)) (func (export "run") (call $tick)))
        (core instance $m (instantiate $m' (with "" (instance (export "tick" (func $tick))))))
        (alias core export $m "run" (core func $run))
        (func (export "run") (canon lift (core func $run))))
      (instance $inner (instantiate $inner' (with "tick" (func $tick))))
      (core func $run (canon lower (func $inner "run")))"#;
    Guest {
        outside,
        with: r#"(with "host" (instance (export "run" (func $run)))) (with "shim" (instance $shim))"#,
        main: &format!(
            r#"(import "host" "run" (func $run))
               (import "shim" "table" (table 1 funcref))
               (elem (i32.const 0) func $run)
               (func (export "provision") (param i32) (result i32) (call $run) {NOTHING})"#
        ),
        ..Guest::default()
    }
    .workflow()
}

/// A workflow that makes handles of a resource of its own.
fn handles(body: &str) -> Vec<u8> {
    with_resource("(type $r (resource (rep i32)))", body)
}

/// The same, whose handles do this when they are dropped.
fn destructor(body: &str) -> Vec<u8> {
    let resource = format!(
        r#"(core module $d' (func (export "drop") (param i32) {body}))
           (core instance $d (instantiate $d'))
           (alias core export $d "drop" (core func $destructor))
           (type $r (resource (rep i32) (dtor (func $destructor))))"#
    );
    with_resource(&resource, "(call $drop (call $new (i32.const 1)))")
}

fn with_resource(resource: &str, body: &str) -> Vec<u8> {
    let outside = format!(
        "{resource}
         (core func $new (canon resource.new $r))
         (core func $rep (canon resource.rep $r))
         (core func $drop (canon resource.drop $r))"
    );
    Guest {
        outside: &outside,
        with: r#"(with "host" (instance
                   (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))))"#,
        main: &format!(
            r#"(import "host" "new" (func $new (param i32) (result i32)))
               (import "host" "rep" (func $rep (param i32) (result i32)))
               (import "host" "drop" (func $drop (param i32)))
               (func (export "provision") (param i32) (result i32) {body} {NOTHING})"#
        ),
        ..Guest::default()
    }
    .workflow()
}
