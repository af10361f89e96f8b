use std::sync::{Arc, Mutex};

use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Store, StoreContextMut};

use super::parts::Parts;
use super::{in_one_table, slim};
use wasmparser::Instance;

/// As those who link components make them: `tell` has to be able to read the author's memory, so it goes through the shim, and
/// `pass` does not. The author's own functions and table lie around what they import.
const LINKED: &str = r#"(component
  (import "tell" (func $tell (param "text" string)))
  (import "pass" (func $pass (param "number" u32) (result u32)))

  (core module $author
    (type $tell (func (param i32 i32)))
    (type $pass (func (param i32) (result i32)))
    (import "host" "tell" (func $tell (type $tell)))
    (import "host" "pass" (func $pass (type $pass)))
    (import "host" "tell-again" (func $again (type $tell)))
    (memory (export "memory") 1)
    (data (i32.const 8) "onetwothree")
    (table 4 4 funcref)
    (elem (i32.const 1) $double $pass $again)
    (global $first (ref func) (ref.func $tell))
    (func $double (type $pass) local.get 0 i32.const 2 i32.mul)
    (func (export "run") (param i32) (result i32)
      (call $tell (i32.const 8) (i32.const 3))
      (call_indirect (type $tell) (i32.const 11) (i32.const 3) (i32.const 3))
      (call_indirect (type $pass) (call_indirect (type $pass) (local.get 0) (i32.const 1)) (i32.const 2)))
    (func (export "wild") (result i32)
      (call_indirect (type $pass) (i32.const 7) (i32.const 0)))
  )
  (core module $shim
    (type $tell (func (param i32 i32)))
    (table (export "$imports") 2 2 funcref)
    (func (export "0") (type $tell) local.get 0 local.get 1 i32.const 0 call_indirect (type $tell))
    (func (export "1") (type $tell) local.get 0 local.get 1 i32.const 1 call_indirect (type $tell))
  )
  (core module $fixup
    (type $tell (func (param i32 i32)))
    (import "" "0" (func $0 (type $tell)))
    (import "" "1" (func $1 (type $tell)))
    (import "" "$imports" (table 2 2 funcref))
    (elem (i32.const 0) func $0 $1)
  )

  (core instance $shim (instantiate $shim))
  (alias core export $shim "0" (core func $early))
  (core func $passed (canon lower (func $pass)))
  (alias core export $shim "1" (core func $early-again))
  (core instance $host (export "tell" (func $early)) (export "pass" (func $passed)) (export "tell-again" (func $early-again)))
  (core instance $author (instantiate $author (with "host" (instance $host))))
  (alias core export $author "memory" (core memory $memory))
  (alias core export $shim "$imports" (core table $table))
  (core func $told (canon lower (func $tell) (memory $memory)))
  (core func $told-again (canon lower (func $tell) (memory $memory)))
  (core instance $late (export "0" (func $told)) (export "1" (func $told-again)) (export "$imports" (table $table)))
  (core instance (instantiate $fixup (with "" (instance $late))))

  (func (export "run") (param "number" u32) (result u32) (canon lift (core func $author "run")))
  (func (export "wild") (result u32) (canon lift (core func $author "wild")))
)"#;

/// What the host was told, and what `run` makes of 20 and of a call that goes nowhere.
fn run(wasm: &[u8]) -> (Vec<String>, u32, String) {
    let engine = Engine::default();
    let component = Component::new(&engine, wasm).unwrap();
    let mut linker = Linker::<Arc<Mutex<Vec<String>>>>::new(&engine);
    let tell = |store: StoreContextMut<'_, Arc<Mutex<Vec<String>>>>, (text,): (String,)| {
        store.data().lock().unwrap().push(text);
        Ok(())
    };
    linker.root().func_wrap("tell", tell).unwrap();
    linker.root().func_wrap("pass", |_, (number,): (u32,)| Ok((number + 2,))).unwrap();
    let told = Arc::default();
    let mut store = Store::new(&engine, Arc::clone(&told));
    let instance = linker.instantiate(&mut store, &component).unwrap();
    let run = instance.get_typed_func::<(u32,), (u32,)>(&mut store, "run").unwrap();
    let (number,) = run.call(&mut store, (20,)).unwrap();
    let wild = instance.get_typed_func::<(), (u32,)>(&mut store, "wild").unwrap();
    let trap = wild.call(&mut store, ()).unwrap_err().root_cause().to_string();
    let told = told.lock().unwrap().clone();
    (told, number, trap)
}

fn instances(wasm: &[u8]) -> usize {
    let parts = Parts::read(wasm).unwrap();
    parts.instances.iter().filter(|instance| matches!(instance, Instance::Instantiate { .. })).count()
}

#[test]
fn a_component_without_its_shim_does_the_same() {
    let wasm = wat::parse_str(LINKED).unwrap();
    let slimmed = slim(&wasm).expect("it has a shim");
    assert_eq!((instances(&wasm), instances(&slimmed)), (3, 2));
    let done = run(&wasm);
    assert_eq!(done, (vec!["one".to_owned(), "two".to_owned()], 42, "wasm trap: uninitialized element".to_owned()));
    assert_eq!(run(&slimmed), done);
}

#[test]
fn what_has_no_shim_is_not_made_over_again() {
    let wasm = wat::parse_str(LINKED).unwrap();
    assert_eq!(in_one_table(&in_one_table(&wasm).unwrap()), None);
    assert_eq!(slim(&slim(&wasm).unwrap()), None);
    assert_eq!(slim(b"\0asm\x0d\0\x01\0"), None);
    assert_eq!(slim(b"hello"), None);
    for end in 0..wasm.len() {
        // Whatever comes of a part, it comes to an end.
        let _cut = slim(&wasm[..end]);
    }
}

/// A component that differs in one place is valid, and stays as it is.
#[track_caller]
fn check_stays(place: &str, other: &str) {
    assert!(LINKED.contains(place), "{place}");
    let wasm = wat::parse_str(LINKED.replacen(place, other, 1)).unwrap();
    wasmparser::Validator::new().validate_all(&wasm).unwrap();
    assert_eq!(in_one_table(&wasm), None, "{other}");
}

#[test]
fn a_component_of_another_form_stays_as_it_is() {
    // A shim that does more than to hand on, or hands on something else.
    let hop = "local.get 0 local.get 1 i32.const 1 call_indirect";
    check_stays(hop, "local.get 1 local.get 0 i32.const 1 call_indirect");
    check_stays(hop, "nop local.get 0 local.get 1 i32.const 1 call_indirect");
    check_stays(hop, "(local i32) local.get 0 local.get 1 i32.const 1 call_indirect");
    check_stays(hop, "local.get 0 i32.const 7 i32.const 1 call_indirect");
    check_stays("(table (export \"$imports\") 2 2 funcref)", "(memory 1) (table (export \"$imports\") 2 2 funcref)");
    check_stays(
        "(core instance $shim (instantiate $shim))",
        "(core instance $shim (instantiate $shim)) (core instance (instantiate $shim))",
    );
    // An author's module whose table may grow, is not its own, or is already there outside.
    check_stays("(table 4 4 funcref)", "(table 4 funcref)");
    check_stays("(table 4 4 funcref)", "(table 4 5 funcref)");
    check_stays("(table 4 4 funcref)", "(table 4 4 funcref) (table 1 1 funcref)");
    check_stays("(table 4 4 funcref)", "(table (export \"$imports\") 4 4 funcref)");
    // One who is made twice, or not alone in having the shim's functions.
    let author = "(core instance $author (instantiate $author (with \"host\" (instance $host))))";
    check_stays(author, &format!("(core instance (instantiate $author (with \"host\" (instance $host)))) {author}"));
    let second = "(core module $second (import \"host\" \"tell\" (func (param i32 i32))))";
    check_stays(
        author,
        &format!("{second} (core instance (instantiate $second (with \"host\" (instance $host)))) {author}"),
    );
    // A fix-up that does something else, too, or to another place.
    let fixed = "(elem (i32.const 0) func $0 $1)";
    check_stays(fixed, "(elem func $0 $1)");
    check_stays(fixed, "(elem (i32.const 0) func $0 $1) (func)");
    check_stays(fixed, "(elem (offset (i32.add (i32.const 0) (i32.const 0))) func $0 $1)");
    // A function of the shim that others have, too.
    check_stays(
        "(func (export \"wild\") (result u32) (canon lift (core func $author \"wild\")))",
        "(func (export \"early\") (param \"a\" u32) (param \"b\" u32) (canon lift (core func $early)))",
    );
}
