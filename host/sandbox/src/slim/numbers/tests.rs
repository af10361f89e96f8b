use std::sync::Arc;

use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine, Store};

use super::in_numbers;
use crate::instance::{RunState, Variables};
use crate::limits::Limits;
use crate::log::{Level, LogLine};
use crate::lookup::Answers;
use crate::readonly;
use crate::request::Request;

/// As those who link components make them. What is exported writes a line of the text that is where the test says, twice: by the
/// import, and by the table.
const LINKED: &str = r#"(component
  (type $log (instance
    (type (enum "debug" "info" "warn" "error"))
    (export "level" (type (eq 0)))
    (type (func (param "level" 1) (param "message" string)))
    (export "write" (func (type 2)))
  ))
  (import "usher:provisioning/log@0.1.0" (instance $log (type $log)))

  (core module $author
    (type $write (func (param i32 i32 i32)))
    (import "host" "write" (func $write (type $write)))
    (memory (export "memory") 33)
    (data (i32.const 5) "\c3\a9")
    (table 2 2 funcref)
    (elem (i32.const 1) $write)
    (func $fill (param $at i32) (param $length i32)
      (loop $more
        (if (i32.eqz (local.get $length)) (then (return)))
        (i32.store8 (local.get $at) (i32.add (i32.const 97) (i32.rem_u (local.get $length) (i32.const 26))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $length (i32.sub (local.get $length) (i32.const 1)))
        (br $more)))
    (func (export "run") (param $fills i32) (param $level i32) (param $at i32) (param $length i32)
      (call $fill (local.get $at) (local.get $fills))
      (call $write (local.get $level) (local.get $at) (local.get $length))
      (call_indirect (type $write) (local.get $level) (local.get $at) (local.get $length) (i32.const 1))))
  (core module $shim
    (type $write (func (param i32 i32 i32)))
    (table (export "$imports") 1 1 funcref)
    (func (export "0") (type $write) local.get 0 local.get 1 local.get 2 i32.const 0 call_indirect (type $write)))
  (core module $fixup
    (type $write (func (param i32 i32 i32)))
    (import "" "0" (func $0 (type $write)))
    (import "" "$imports" (table 1 1 funcref))
    (elem (i32.const 0) func $0))

  (core instance $shim (instantiate $shim))
  (alias core export $shim "0" (core func $early))
  (core instance $host (export "write" (func $early)))
  (core instance $author (instantiate $author (with "host" (instance $host))))
  (alias core export $author "memory" (core memory $memory))
  (alias core export $shim "$imports" (core table $table))
  (alias export $log "write" (func $write))
  (core func $written (canon lower (func $write) (memory $memory)))
  (core instance $late (export "0" (func $written)) (export "$imports" (table $table)))
  (core instance (instantiate $fixup (with "" (instance $late))))

  (func (export "run") (param "fills" u32) (param "level" u32) (param "at" u32) (param "length" u32)
    (canon lift (core func $author "run")))
)"#;

/// Bytes of the author's memory.
const MEMORY: u32 = 33 << 16;

/// A component and what there is for it to link.
struct Linked {
    linker: Linker<RunState>,
    component: Component,
}

/// What a run wrote, or why it failed.
type Wrote = Result<Vec<LogLine>, String>;

impl Linked {
    fn new(wasm: &[u8]) -> Self {
        let engine = Engine::new(Config::new().consume_fuel(true)).unwrap();
        let mut linker = Linker::new(&engine);
        readonly::link(&mut linker).unwrap();
        Self { component: Component::new(&engine, wasm).unwrap(), linker }
    }

    fn run(&self, (fills, level, at, length): (u32, u32, u32, u32)) -> Wrote {
        let limits = Limits { log_bytes: 1 << 20, ..Limits::default() };
        let (request, variables) = (Arc::new(Request::default()), Arc::new(Variables::new()));
        let state = RunState::new(request, variables, Arc::new(limits), Answers::default());
        let mut store = Store::new(self.linker.engine(), state);
        store.set_fuel(u64::MAX / 2).unwrap();
        let instance = self.linker.instantiate(&mut store, &self.component).unwrap();
        let run = instance.get_typed_func::<(u32, u32, u32, u32), ()>(&mut store, "run").unwrap();
        let ran = run.call(&mut store, (fills, level, at, length));
        ran.map_err(|error| error.root_cause().to_string())?;
        Ok(store.data().log.lines().to_vec())
    }
}

fn both() -> [Linked; 2] {
    let wasm = wat::parse_str(LINKED).unwrap();
    let told = in_numbers(&wasm).expect("it imports the log, and nothing else");
    wasmparser::Validator::new().validate_all(&told).unwrap();
    [Linked::new(&wasm), Linked::new(&told)]
}

#[test]
fn a_text_arrives_as_it_is_whatever_its_length_and_its_place() {
    let [before, after] = both();
    for length in [0, 1, 7, 8, 9, 63, 64, 65, 71, 72, 127, 128, 129, 4_000, 1 << 19] {
        // In the midst of memory, at an odd place, and where nothing comes after it.
        for at in [4_096, 4_099, MEMORY - length] {
            let asked = (length, 2, at, length);
            let wrote = before.run(asked).unwrap();
            assert_eq!(wrote.len(), 2);
            assert!(
                wrote.iter().all(|line| line.level == Level::Warn && u32::try_from(line.message.len()) == Ok(length))
            );
            assert_eq!(after.run(asked).unwrap(), wrote, "{asked:?}");
        }
    }
    let accent = after.run((0, 3, 5, 2)).unwrap();
    assert!(accent.iter().all(|line| line.level == Level::Error && line.message == "é"), "{accent:?}");
}

#[test]
fn what_is_no_text_of_the_contract_fails_as_well() {
    let [before, after] = both();
    let failures = [
        // Half a character, a level that there is not, and memory that there is not.
        ((0, 1, 5, 1), "incomplete utf-8 byte sequence"),
        ((0, 4, 5, 2), "discriminant"),
        ((0, 1, MEMORY, 1), "out of bounds memory access"),
        ((0, 1, MEMORY - 63, 64), "out of bounds memory access"),
        ((0, 1, MEMORY - 64, 65), "out of bounds memory access"),
        ((0, 1, u32::MAX, 2), "out of bounds memory access"),
        // More than may be handed over, with a length that is none, too.
        ((0, 1, 0, (1 << 20) + 1), "more bytes than a workflow may hand over"),
        ((0, 1, 0, u32::MAX), "more bytes than a workflow may hand over"),
    ];
    for (asked, reason) in failures {
        let failed = after.run(asked).unwrap_err();
        assert!(failed.contains(reason), "{asked:?}: {failed}");
        assert_eq!(before.run(asked).is_err(), asked.3 != (1 << 20) + 1, "{asked:?}");
    }
    assert_eq!(after.run((0, 1, 0, 1 << 20)).map(|lines| lines.len()), Ok(1));
}

/// A component that differs in one place is valid, and keeps its fix-up.
#[track_caller]
fn check_stays(place: &str, other: &str) {
    assert!(LINKED.contains(place), "{place}");
    let wasm = wat::parse_str(LINKED.replacen(place, other, 1)).unwrap();
    wasmparser::Validator::new().validate_all(&wasm).unwrap();
    assert_eq!(in_numbers(&wasm), None, "{other}");
}

#[test]
fn a_component_of_another_form_stays_as_it_is() {
    // Another interface, and one that has more.
    check_stays("usher:provisioning/log@0.1.0", "acme:provisioning/log@0.1.0");
    check_stays(
        "(export \"write\" (func (type 2)))\n",
        "(export \"write\" (func (type 2))) (export \"again\" (func (type 2)))\n",
    );
    // Another function in the place of the log's.
    check_stays(
        "(alias export $log \"write\" (func $write))",
        "(import \"ask\" (func $write (param \"a\" u32) (param \"b\" u32) (param \"c\" u32)))",
    );
    // Texts in another encoding, or in another's memory.
    check_stays("(memory $memory)))", "string-encoding=utf16 (memory $memory)))");
    check_stays(
        "(alias core export $author \"memory\" (core memory $memory))",
        "(core module $other (memory (export \"memory\") 1)) (core instance $other (instantiate $other))
         (alias core export $other \"memory\" (core memory $memory))",
    );
    check_stays("(memory (export \"memory\") 33)", "(memory (export \"memory\") 33) (memory 1)");
    // Somebody else who writes, or is handed the log.
    check_stays(
        "(core instance $late",
        "(core module $second (import \"\" \"write\" (func (param i32 i32 i32))))
         (core instance $direct (export \"write\" (func $written)))
         (core instance (instantiate $second (with \"\" (instance $direct)))) (core instance $late",
    );
    check_stays("(core module $shim", "(export \"log\" (instance $log)) (core module $shim");
    check_stays("(core module $shim", "(component) (core module $shim");
    // A fix-up that does more.
    check_stays("(elem (i32.const 0) func $0))", "(elem (i32.const 0) func $0) (func))");
}

#[test]
fn what_is_told_in_numbers_is_not_made_over_again() {
    let wasm = wat::parse_str(LINKED).unwrap();
    assert_eq!(in_numbers(&in_numbers(&wasm).unwrap()), None);
    for end in 0..wasm.len() {
        // Whatever comes of a part, it comes to an end.
        let _cut = in_numbers(&wasm[..end]);
    }
}
