//! Small components that are dear to compile: too many parts, parts in parts, and types that double with every line.

use super::Hostile;
use super::guest::beside;

/// What a component begins with.
const HEADER: &[u8] = b"\0asm\x0d\0\x01\0";

pub(super) fn all() -> Vec<Hostile> {
    let bomb = |name, make| Hostile::refused(name, "too-complex", "", make).heavy();
    let invalid = |name, make| Hostile::refused(name, "malformed", "", make).heavy();
    // What takes long and does no harm.
    let large = |name, make| Hostile::answers(name, &[], make).heavy();
    vec![
        bomb("a-hundred-thousand-components-in-each-other", || {
            let mut wasm = HEADER.to_vec();
            // Each says that it goes on to the end of the file, and so they do.
            for inside in (0..100_000_u32).rev() {
                wasm.push(4);
                wasm.extend(length(inside * 14 + 8));
                wasm.extend(HEADER);
            }
            wasm
        }),
        bomb("ninety-components-in-each-other", || beside(&format!("{}{}", "(component ".repeat(90), ")".repeat(90)))),
        bomb("nine-hundred-modules", || beside(&"(core module (func))".repeat(900))),
        bomb("nine-hundred-components", || beside(&"(component (core module (func)))".repeat(900))),
        Hostile::refused("seventeen-instances", "does-not-compile", "core module instances", || {
            beside(&format!("(core module $m) {}", "(core instance (instantiate $m))".repeat(15)))
        }),
        Hostile::answers("sixteen-instances", &[], || {
            beside(&format!("(core module $m) {}", "(core instance (instantiate $m))".repeat(14)))
        }),
        Hostile::refused("instances-that-double-at-every-level", "does-not-compile", "", || {
            let mut text = "(component $c0 (core module $m) (core instance (instantiate $m)))".to_owned();
            for level in 1..=16 {
                let before = level - 1;
                text.push_str(&format!(
                    "(component $c{level} (alias outer 1 $c{before} (component $c))
                       (instance (instantiate $c)) (instance (instantiate $c)))"
                ));
            }
            beside(&format!("{text} (instance (instantiate $c16))"))
        })
        .heavy(),
        Hostile::refused("a-type-that-doubles-thirty-times", "malformed", "type size", || {
            beside(&doubling("(tuple $t{n} $t{n})", 30))
        }),
        invalid("types-just-below-a-million", || beside(&doubling("(tuple $t{n} $t{n})", 18))),
        large("a-function-between-components-of-a-huge-type", || {
            adapters(&doubling("(tuple (option $t{n}) (option $t{n}))", 12), 12, 1)
        }),
        invalid("a-hundred-functions-between-components-of-a-large-type", || {
            adapters(&doubling("(variant (case \"a\" $t{n}) (case \"b\" (list $t{n})))", 9), 9, 100)
        }),
        bomb("a-hundred-thousand-component-types", || beside(&"(type (list string))".repeat(100_000))),
        large("a-record-of-ten-thousand-fields", || {
            let fields = (0..9_999).fold(String::new(), |mut text, n| {
                text.push_str(&format!("(field \"f{n}\" string)"));
                text
            });
            beside(&format!("(type (record {fields}))"))
        }),
    ]
}

/// A length in five bytes, seven bits in each.
fn length(bytes: u32) -> impl Iterator<Item = u8> {
    (0..5).map(move |at| {
        let more = if at < 4 { 0x80 } else { 0 };
        u8::try_from(bytes >> (7 * at) & 0x7f).unwrap_or_default() | more
    })
}

/// Types of which each is made twice of the one before it.
fn doubling(made_of: &str, times: usize) -> String {
    let mut text = "(type $t0 (tuple string string))".to_owned();
    for n in 0..times {
        let of = made_of.replace("{n}", &n.to_string());
        text.push_str(&format!("(type $t{} {of})", n + 1));
    }
    text
}

/// Two components that hand each other values of the last of these types: the compiler writes the code that carries them.
fn adapters(types: &str, last: usize, functions: usize) -> Vec<u8> {
    let each = |what: &dyn Fn(usize) -> String| (0..functions).map(what).collect::<String>();
    let libc = r#"(core module $libc' (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
      (core instance $libc (instantiate $libc'))
      (alias core export $libc "memory" (core memory $memory))
      (alias core export $libc "realloc" (core func $realloc))"#;
    let takes = |n: usize| {
        format!(
            r#"(func (export "f{n}") (param "x" $t{last})
                 (canon lift (core func $take) (memory $memory) (realloc $realloc)))"#
        )
    };
    let imports = |n: usize| format!(r#"(import "f{n}" (func $f{n} (param "x" $t{last})))"#);
    let lowers = |n: usize| format!(r#"(core func $l{n} (canon lower (func $f{n}) (memory $memory)))"#);
    let core_imports = |n: usize| format!(r#"(import "" "f{n}" (func (param i32)))"#);
    let given = |n: usize| format!(r#"(export "f{n}" (func $l{n}))"#);
    beside(&format!(
        r#"(component $callee {types} {libc}
             (core module $m (func (export "take") (param i32)))
             (core instance $i (instantiate $m))
             (alias core export $i "take" (core func $take))
             {})
           (component $caller {types} {} {libc} {}
             (core module $m {})
             (core instance (instantiate $m (with "" (instance {})))))
           (instance $callee' (instantiate $callee))
           (instance (instantiate $caller {}))"#,
        each(&takes),
        each(&imports),
        each(&lowers),
        each(&core_imports),
        each(&given),
        each(&|n| format!(r#"(with "f{n}" (func $callee' "f{n}"))"#)),
    ))
}
