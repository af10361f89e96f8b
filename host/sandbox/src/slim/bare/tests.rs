use std::sync::{Arc, Mutex};

use wasmtime::{Engine, Instance, Linker, Module, Store};

use super::bare;

/// What is around a module: a variable that it reads, and what a host calls. `{outside}` comes before the module's instance,
/// `{given}` is what that is given, `{after}` comes behind it.
fn component(outside: &str, module: &str, given: &str, after: &str, lift: &str) -> Vec<u8> {
    let text = format!(
        r#"(component
             (import "usher:provisioning/env@0.1.0" (instance $env
               (export "get" (func (param "name" string) (result (option string))))))
             {outside}
             (core module $author {module})
             (core instance $author (instantiate $author {given}))
             (alias core export $author "mem" (core memory $memory))
             (alias core export $author "cabi_realloc" (core func $realloc))
             {after}
             (func (export "provision") (param "n" u32) (result u32)
               (canon lift (core func $author "run") {lift})))"#
    );
    wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}"))
}

const LIFT: &str = "(memory $memory) (realloc $realloc)";

/// Everything that a module has but functions of the host, called `$get` in it.
const AUTHOR: &str = r#"
  (memory (export "mem") 1)
  (global $other (export "other") i32 (i32.const 7))
  (func $unused (export "unused"))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8))
  (func (export "run") (param i32) (result i32)
    (call $get (i32.const 1) (i32.const 2) (local.get 0))
    (i32.load8_u (i32.const 40)))
  (data (i32.const 40) "\2a")"#;

/// The same of one that calls them through its table, as a component whose parts are wired when they are there.
fn wired(module: &str, before: &str, lowered: &str) -> Vec<u8> {
    let hop = "(func $get (param i32 i32 i32)
                 (call_indirect (param i32 i32 i32) (local.get 0) (local.get 1) (local.get 2) (i32.const 1)))";
    let after = format!(
        r#"(core func $read (canon lower (func $env "get") {lowered}))
           (core module $wiring
             (import "host" "get" (func $get (param i32 i32 i32)))
             (import "author" "table" (table 2 2 funcref))
             (elem (i32.const 1) func $get))
           (core instance (instantiate $wiring
             (with "author" (instance $author)) (with "host" (instance (export "get" (func $read))))))"#
    );
    component(before, &format!(r#"(table (export "table") 2 2 funcref) {hop} {module}"#), "", &after, LIFT)
}

/// As linkers make components: with a shim for what needs the memory before it is there.
fn shimmed() -> Vec<u8> {
    let outside = r#"
      (core module $shim'
        (type $get (func (param i32 i32 i32)))
        (table (export "$imports") 1 1 funcref)
        (func (export "0") (type $get) local.get 0 local.get 1 local.get 2 i32.const 0 call_indirect (type $get)))
      (core instance $shim (instantiate $shim'))
      (alias core export $shim "0" (core func $early))
      (core instance $host (export "get" (func $early)))"#;
    let module = format!(
        r#"(type $get (func (param i32 i32 i32))) (import "anything" "get" (func $get (type $get)))
           (table 2 2 funcref) (elem (i32.const 1) $unused) {AUTHOR}"#
    );
    let after = r#"
      (alias core export $shim "$imports" (core table $table))
      (core func $read (canon lower (func $env "get") (memory $memory) (realloc $realloc)))
      (core module $fixup
        (type $get (func (param i32 i32 i32)))
        (import "" "0" (func $0 (type $get)))
        (import "" "$imports" (table 1 1 funcref))
        (elem (i32.const 0) func $0))
      (core instance $late (export "0" (func $read)) (export "$imports" (table $table)))
      (core instance (instantiate $fixup (with "" (instance $late))))"#;
    component(outside, &module, r#"(with "anything" (instance $host))"#, after, LIFT)
}

/// What the module of a component asks of a host that asks it for the answer to 5, and the answer.
#[track_caller]
fn check(title: &str, component: &[u8]) {
    let bare = bare(component, true).unwrap_or_else(|| panic!("{title}: it is one module"));
    let engine = Engine::default();
    let module = Module::new(&engine, &bare.module).unwrap_or_else(|error| panic!("{title}: {error:#}"));
    let mut exports: Vec<_> = module.exports().map(|export| export.name().to_owned()).collect();
    exports.sort();
    assert_eq!(exports, ["keeps-texts", "memory", "provision", "realloc"], "{title}");

    let asked = Arc::new(Mutex::new(Vec::new()));
    let (mut linker, mut store) = (Linker::new(&engine), Store::new(&engine, ()));
    let told = Arc::clone(&asked);
    let get = move |a: i32, b: i32, c: i32| told.lock().unwrap().push([a, b, c]);
    linker.func_wrap("usher:provisioning/env", "get", get).unwrap();
    let instance: Instance =
        linker.instantiate(&mut store, &module).unwrap_or_else(|error| panic!("{title}: {error:#}"));
    let provision = instance.get_typed_func::<i32, i32>(&mut store, "provision").unwrap();
    assert_eq!(provision.call(&mut store, 5).unwrap(), 42, "{title}");
    assert_eq!(*asked.lock().unwrap(), [[1, 2, 5]], "{title}");
    wasmtime::component::Component::new(&engine, &bare.outline).unwrap_or_else(|error| panic!("{title}: {error:#}"));
    assert!(bare.outline.len() < component.len(), "{title}: there is code in its outline");
}

#[test]
fn a_component_of_one_module_is_that_module() {
    let lowered = "(memory $memory) (realloc $realloc)";
    check("wired", &wired(AUTHOR, "", lowered));
    check("with a module beside it that nobody uses", &wired(AUTHOR, "(core module (func))", lowered));
    check("with segments of its own", &wired(&format!("{AUTHOR} (elem (i32.const 0) func $unused)"), "", lowered));
    check("with its encoding named", &wired(AUTHOR, "", &format!("{lowered} string-encoding=utf8")));
    check("shimmed", &shimmed());
}

#[test]
fn what_is_not_the_authors_is_not_exported_or_imported() {
    let quiet = AUTHOR.replace("(call $get (i32.const 1) (i32.const 2) (local.get 0))", "");
    let module = bare(&component("", &quiet, "", "", LIFT), false).unwrap().module;
    let module = Module::new(&Engine::default(), module).unwrap();
    assert_eq!(module.imports().count(), 0);
    let exports: Vec<_> = module.exports().map(|export| export.name().to_owned()).collect();
    assert_eq!(exports, ["memory", "realloc", "provision"], "and nothing of texts that are kept");
}

#[test]
fn anything_else_stays_a_component() {
    let lowered = "(memory $memory) (realloc $realloc)";
    let quiet = AUTHOR.replace("(call $get (i32.const 1) (i32.const 2) (local.get 0))", "");
    let two = "(core module $other (memory (export \"m\") 1)) (core instance $other (instantiate $other))
               (alias core export $other \"m\" (core memory $second))";
    let clock = r#"(import "wasi:clocks/timezone@0.2.0" (instance $clock (export "now" (func (param "a" u32)))))
                   (core func $now (canon lower (func $clock "now")))
                   (core instance $clocks (export "now" (func $now)))"#;
    let ticking = format!(r#"(import "clock" "now" (func (param i32))) {quiet}"#);
    let given = |what| format!(r#"(with "it" (instance (export "it" ({what}))))"#);
    let starting = AUTHOR.replace("$unused (export \"unused\")", "$unused") + "(start $unused)";
    for (title, component) in [
        ("a second instance", component(two, &quiet, "", "", LIFT)),
        ("texts in another memory", wired(AUTHOR, two, "(memory $second) (realloc $realloc)")),
        ("wide texts", wired(AUTHOR, "", &format!("{lowered} string-encoding=utf16"))),
        ("a wide answer", component("", &quiet, "", "", &format!("{LIFT} string-encoding=utf16"))),
        ("no allocator", component("", &quiet, "", "", "(memory $memory)")),
        (
            "a function that is not the contract's",
            component(clock, &ticking, r#"(with "clock" (instance $clocks))"#, "", LIFT),
        ),
        (
            "a memory that it is given",
            component(
                two,
                &format!(
                    r#"(import "it" "it" (memory $given 1)) {}"#,
                    quiet.replace("(memory (export \"mem\") 1)", "(export \"mem\" (memory $given))")
                ),
                &given("memory $second"),
                "",
                LIFT,
            ),
        ),
        ("a component within", component("(component)", &quiet, "", "", LIFT)),
        ("a start before it is wired", wired(&starting, "", lowered)),
    ] {
        assert!(bare(&component, true).is_none(), "{title}");
    }
    let other_realloc = wired(
        &format!(r#"{AUTHOR} (func (export "second") (param i32 i32 i32 i32) (result i32) (i32.const 8))"#),
        "",
        "(memory $memory) (realloc (func $author \"second\"))",
    );
    assert!(bare(&other_realloc, true).is_none(), "two allocators");
}
