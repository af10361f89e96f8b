use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use wasmtime::component::{Component, Linker};
use wasmtime::{CacheStore, Config, Engine, Store};

use super::*;
use crate::slim::slim;

/// The entries are among the rest, one is there by two names, and one by a function that is called as well.
const AMONG: &str = r#"(component
  (core module $author
    (func $inner (export "inner") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
    (func $twice (param i32) (result i32) (call $inner (call $inner (local.get 0))))
    (func $run (export "run") (export "again") (param i32) (result i32) (call $fails (call $twice (local.get 0))))
    (func $fails (param i32) (result i32)
      (if (i32.gt_u (local.get 0) (i32.const 9)) (then unreachable))
      (local.get 0)))
  (core instance $author (instantiate $author))
  (func (export "inner") (param "with" u32) (result u32) (canon lift (core func $author "inner")))
  (func (export "again") (param "with" u32) (result u32) (canon lift (core func $author "again")))
)"#;

fn called(wasm: &[u8], name: &str, with: u32) -> Result<u32, String> {
    let engine = Engine::default();
    let (component, mut store) = (Component::new(&engine, wasm).unwrap(), Store::new(&engine, ()));
    let instance = Linker::new(&engine).instantiate(&mut store, &component).unwrap();
    let function = instance.get_typed_func::<(u32,), (u32,)>(&mut store, name).unwrap();
    function.call(&mut store, (with,)).map(|(result,)| result).map_err(|error| format!("{error:?}"))
}

#[test]
fn entries_come_last_and_everything_is_found_by_its_number_and_its_name() {
    let wasm = wat::parse_str(AMONG).unwrap();
    let ordered = with_entries_last(&wasm).expect("two entries are among the rest");
    wasmparser::Validator::new().validate_all(&ordered).unwrap();
    for wasm in [&wasm, &ordered] {
        assert_eq!(called(wasm, "inner", 8), Ok(9));
        assert_eq!(called(wasm, "again", 7), Ok(9));
        let error = called(wasm, "again", 8).unwrap_err();
        let places: Vec<_> = ["fails", "run"].map(|name| error.find(&format!("{name}\n"))).into_iter().collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{error}");
    }
    assert_eq!(with_entries_last(&ordered), None, "they are last already");
    assert_eq!(slim(&wasm), Some(ordered), "nothing else of it can be slimmed");
}

#[test]
fn a_module_whose_table_has_functions_stays() {
    let with =
        |table: &str| wat::parse_str(AMONG.replacen("(func $inner", &format!("{table} (func $inner"), 1)).unwrap();
    assert_eq!(with_entries_last(&with("(table 1 funcref) (elem (i32.const 0) $twice)")), None);
    assert!(with_entries_last(&with("(table 1 funcref)")).is_some());
}

/// A cache that counts what it does not have.
#[derive(Debug, Default)]
struct Counting {
    kept: Mutex<HashMap<Vec<u8>, Vec<u8>>>,
    misses: AtomicUsize,
}

impl CacheStore for Counting {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        let found = self.kept.lock().unwrap().get(key).cloned();
        self.misses.fetch_add(usize::from(found.is_none()), Ordering::Relaxed);
        found.map(Cow::Owned)
    }

    fn insert(&self, key: &[u8], value: Vec<u8>) -> bool {
        self.kept.lock().unwrap().insert(key.to_vec(), value).is_none()
    }
}

/// How many functions are compiled for a component when another has been compiled before it.
fn compiled_after(another: &[u8], wasm: &[u8]) -> usize {
    let cache = Arc::new(Counting::default());
    let mut config = Config::new();
    config.parallel_compilation(false).enable_incremental_compilation(Arc::<Counting>::clone(&cache)).unwrap();
    let before = [another, wasm].map(|wasm| {
        let before = cache.misses.load(Ordering::Relaxed);
        Engine::new(&config).unwrap().precompile_component(wasm).unwrap();
        cache.misses.load(Ordering::Relaxed) - before
    });
    let [_, misses] = before;
    misses
}

/// A module with a hundred functions, and an entry behind so many of them.
fn entry_behind(count: usize) -> Vec<u8> {
    let mut functions: Vec<_> = (0..100).map(|number| format!("(func (result i32) (i32.const {number}))")).collect();
    functions.insert(count, "(func (export \"entry\"))".to_owned());
    let component = format!(
        r#"(component
             (core module $author {})
             (core instance $author (instantiate $author))
             (func (export "entry") (canon lift (core func $author "entry"))))"#,
        functions.concat()
    );
    wat::parse_str(component).unwrap()
}

#[test]
fn what_modules_have_in_common_is_compiled_once_wherever_their_entries_were() {
    let [first, later] = [0, 90].map(entry_behind);
    let ordered = [&first, &later].map(|wasm| with_entries_last(wasm).unwrap());
    assert_eq!(compiled_after(&ordered[0], &ordered[1]), 0);
    // As long as there is something to find here, there is a reason for all of it.
    assert!(compiled_after(&first, &later) > 80);
}
