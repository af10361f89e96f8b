use wasm_encoder::RawSection;
use wasmparser::Payload;
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Store};

use super::*;

/// A module that calls whatever is in a place, by each of three types. Two segments lie over each other, one function is there
/// twice, and some places have nothing.
const ALONE: &str = r#"(component
  (core module $author
    (type $unary (func (param i32) (result i32)))
    (type $other (func (param i32) (result i32)))
    (type $binary (func (param i32 i32) (result i32)))
    (type $nullary (func (result i32)))
    (table 9 12 funcref)
    (elem (i32.const 2) $double $add $double)
    (elem (i32.const 4) $square $never $seven)
    (func $double (type $unary) (i32.mul (local.get 0) (i32.const 2)))
    (func $square (type $other) (i32.mul (local.get 0) (local.get 0)))
    (func $add (type $binary) (i32.sub (local.get 0) (local.get 1)))
    (func $never (type $binary) unreachable)
    (func $seven (type $nullary) (i32.const 7))
    (func (export "one") (param $place i32) (param i32) (result i32)
      (call_indirect (type $unary) (local.get 1) (local.get $place)))
    (func (export "two") (param $place i32) (param i32) (result i32)
      (call_indirect (type $binary) (local.get 1) (i32.const 1) (local.get $place)))
    (func (export "none") (param $place i32) (param i32) (result i32)
      (call_indirect (type $nullary) (local.get $place))))
  (core instance $author (instantiate $author))
  (func (export "one") (param "place" u32) (param "with" u32) (result u32) (canon lift (core func $author "one")))
  (func (export "two") (param "place" u32) (param "with" u32) (result u32) (canon lift (core func $author "two")))
  (func (export "none") (param "place" u32) (param "with" u32) (result u32) (canon lift (core func $author "none")))
)"#;

/// Has a fix-up fill places 5 and 8 of the same table.
fn filled() -> String {
    let exported = ALONE.replace("(table 9 12 funcref)", "(table (export \"table\") 9 12 funcref)");
    let fixup = r#"(core module $fixup
        (import "" "triple" (func $triple (param i32) (result i32)))
        (import "" "table" (table 9 12 funcref))
        (elem (i32.const 5) $triple)
        (elem (i32.const 8) $triple))
      (core module $host
        (func (export "triple") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3))))
      (core instance $host (instantiate $host))
      (alias core export $host "triple" (core func $triple))
      (alias core export $author "table" (core table $table))
      (core instance $given (export "triple" (func $triple)) (export "table" (table $table)))
      (core instance (instantiate $fixup (with "" (instance $given))))
      (func (export "one")"#;
    exported.replacen("(func (export \"one\") (param \"place\"", &format!("{fixup} (param \"place\""), 1)
}

/// What a call of each kind comes to, for each place and some that there are not.
fn calls(wasm: &[u8]) -> Vec<Result<u32, String>> {
    let engine = Engine::default();
    let (component, linker) = (Component::new(&engine, wasm).unwrap(), Linker::new(&engine));
    let mut calls = Vec::new();
    for name in ["one", "two", "none"] {
        for place in (0..=13).chain([u32::MAX, u32::MAX - 3]) {
            let mut store = Store::new(&engine, ());
            let instance = linker.instantiate(&mut store, &component).unwrap();
            let call = instance.get_typed_func::<(u32, u32), (u32,)>(&mut store, name).unwrap();
            let called = call.call(&mut store, (place, 5));
            calls.push(called.map(|(result,)| result).map_err(|error| format!("{error:?}")));
        }
    }
    calls
}

fn tables(wasm: &[u8]) -> usize {
    let parts = Parts::read(wasm).unwrap();
    let author = Parser::new(0).parse_all(parts.modules.first().unwrap());
    let sizes = author.map(|payload| match payload.unwrap() {
        Payload::TableSection(section) => section.into_iter().count(),
        _ => 0,
    });
    sizes.sum()
}

#[test]
fn a_table_that_nobody_else_has_is_gone_and_each_call_comes_to_the_same() {
    let wasm = wat::parse_str(ALONE).unwrap();
    let switched = with_switches(&wasm).expect("its table does not change");
    wasmparser::Validator::new().validate_all(&switched).unwrap();
    assert_eq!((tables(&wasm), tables(&switched)), (1, 0));
    let (before, after) = (calls(&wasm), calls(&switched));
    assert_eq!(before.iter().flatten().collect::<Vec<_>>(), [&10, &25, &4, &7]);
    for (before, after) in before.iter().zip(&after) {
        match (before, after) {
            (Ok(before), Ok(after)) => assert_eq!(before, after),
            // The trap is a function's name now, unless it is one that was called.
            (Err(before), Err(after)) => {
                let trap = before.rsplit("wasm trap: ").next().and_then(|trap| trap.split(':').next()).unwrap();
                assert!(after.contains(trap) && after.contains("`unreachable`"), "{trap}: {after}");
            }
            _ => panic!("{before:?}, {after:?}"),
        }
    }
}

#[test]
fn what_a_table_does_not_have_is_told_of_a_module_without_names_too() {
    let wasm = wat::parse_str(ALONE).unwrap();
    let author = *Parts::read(&wasm).unwrap().modules.first().unwrap();
    let mut bare = Module::new();
    for payload in Parser::new(0).parse_all(author) {
        let payload = payload.unwrap();
        let is_custom = matches!(payload, Payload::CustomSection(_));
        if let Some((id, range)) = payload.as_section().filter(|_| !is_custom) {
            bare.section(&RawSection { id, data: author.get(range).unwrap() });
        }
    }
    let bare = bare.finish();
    let mut switched = Module::new();
    let mut writer = Switched::read(&bare, Ok(Vec::new())).unwrap();
    writer.parse_core_module(&mut switched, Parser::new(0), &bare).unwrap();
    let switched = switched.finish();
    let text = String::from_utf8_lossy(&switched);
    assert!(wrong::NAMES.iter().all(|name| text.contains(name)));
}

#[test]
fn places_that_a_fixup_fills_are_called_through_the_table() {
    let wasm = wat::parse_str(filled()).unwrap();
    let switched = with_switches(&wasm).expect("nobody but a fix-up changes its table");
    wasmparser::Validator::new().validate_all(&switched).unwrap();
    assert_eq!(tables(&switched), 1);
    let (before, after) = (calls(&wasm), calls(&switched));
    assert_eq!(before.iter().flatten().collect::<Vec<_>>(), [&10, &25, &15, &15, &4, &7]);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before.as_ref().ok(), after.as_ref().ok());
    }
    // All that it knows of is in the switches.
    assert_eq!(with_switches(&switched), None);
}

/// A component that differs in one place is valid, and keeps its table as it is.
#[track_caller]
fn check_stays(whole: &str, place: &str, other: &str) {
    assert!(whole.contains(place), "{place}");
    let wasm = wat::parse_str(whole.replacen(place, other, 1)).unwrap();
    wasmparser::Validator::new().validate_all(&wasm).unwrap();
    assert_eq!(with_switches(&wasm), None, "{other}");
}

#[test]
fn a_table_that_may_change_stays() {
    let last = "(func $seven";
    for changes in [
        "(table.set (i32.const 0) (ref.null func))",
        "(drop (table.get (i32.const 0)))",
        "(drop (table.grow (ref.null func) (i32.const 1)))",
        "(table.fill (i32.const 0) (ref.null func) (i32.const 1))",
        "(table.copy (i32.const 0) (i32.const 1) (i32.const 1))",
        "(drop (table.size))",
        "(drop (ref.func $seven))",
        "(return_call_indirect (type $nothing) (i32.const 0))",
    ] {
        check_stays(ALONE, last, &format!("(type $nothing (func)) (func {changes}) {last}"));
    }
    let segment = "(elem (i32.const 4) $square $never $seven)";
    check_stays(ALONE, segment, &format!("{segment} (elem func $seven)"));
    check_stays(ALONE, segment, &format!("{segment} (elem declare func $seven)"));
    check_stays(ALONE, segment, &format!("{segment} (global (ref func) (ref.func $seven))"));
    check_stays(ALONE, segment, &format!("{segment} (table 1 1 funcref)"));
    check_stays(ALONE, segment, "(elem (i32.const 4) funcref (ref.func $square) (ref.null func) (ref.func $seven))");
    // One that does not fit, by one place.
    check_stays(ALONE, segment, "(elem (i32.const 7) $square $never $seven)");
    let wasm = wat::parse_str(ALONE.replace(segment, "(elem (i32.const 6) $square $never $seven)")).unwrap();
    assert!(with_switches(&wasm).is_some());
}

#[test]
fn a_table_that_others_read_stays() {
    let filled = filled();
    let segment = "(elem (i32.const 8) $triple)";
    check_stays(&filled, segment, &format!("{segment} (func (call_indirect (param i32) (i32.const 0) (i32.const 2)))"));
    check_stays(&filled, segment, "(global $at i32 (i32.const 8)) (elem (global.get $at) $triple)");
    check_stays(
        &filled,
        "(core instance (instantiate $fixup",
        "(core module $reader (import \"\" \"table\" (table 9 12 funcref)) (func (drop (table.get (i32.const 2)))))
         (core instance (instantiate $reader (with \"\" (instance $author))))
         (core instance (instantiate $fixup",
    );
    // Handed on by another name.
    check_stays(
        &filled,
        "(core instance (instantiate $fixup",
        "(alias core export $given \"table\" (core table $again))
         (core instance $other (export \"table\" (table $again)))
         (core module $reader (import \"\" \"table\" (table 9 12 funcref)) (func (drop (table.get (i32.const 2)))))
         (core instance (instantiate $reader (with \"\" (instance $other))))
         (core instance (instantiate $fixup",
    );
    // Made twice, each with a table of its own.
    check_stays(&filled, "(core instance $author", "(core instance (instantiate $author)) (core instance $author");
}

/// Four types with a function in the first places and one in the last that are looked at, in a table of so many.
fn has_switches(looked_at: u32, size: u32) -> bool {
    let last = looked_at - 1;
    let module = format!(
        r#"(component (core module $author
             (type $a (func)) (type $b (func (param i32))) (type $c (func (param i64))) (type $d (func (param f64)))
             (table {size} funcref)
             (elem (i32.const 0) $a $b $c $d) (elem (i32.const {last}) $a $b $c $d)
             (func $a (type $a)) (func $b (type $b)) (func $c (type $c)) (func $d (type $d))
             (func (call_indirect (type $a) (i32.const 0)))
             (func (call_indirect (type $b) (i32.const 0) (i32.const 1)))
             (func (call_indirect (type $c) (i64.const 0) (i32.const 2)))
             (func (call_indirect (type $d) (f64.const 0) (i32.const 3))))
           (core instance (instantiate $author)))"#
    );
    with_switches(&wat::parse_str(module).unwrap()).is_some()
}

#[test]
fn the_switches_of_a_module_look_at_so_many_places_and_no_more() {
    assert!(has_switches(1 << 14, 20_000));
    assert!(!has_switches((1 << 14) + 1, 20_000));
}

#[test]
fn a_table_that_is_larger_than_any_may_be_is_left_to_be_refused() {
    assert!(has_switches(8, 20_000));
    assert!(!has_switches(8, 20_001));
}
