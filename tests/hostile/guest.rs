//! Workflows in text: what every one has, so that a hostile one is written down by what is hostile about it.

/// The types of the contract, as every workflow imports them.
pub(super) const TYPES: &str = include_str!("types.wat");

/// A memory, and an allocator that only ever goes forward.
const LIBC: &str = r#"
  (memory (export "memory") 1)
  (global $top (mut i32) (i32.const 8192))
  (func (export "realloc") (param $old i32) (param $had i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
    (global.set $top (i32.add (local.get $at) (local.get $size)))
    (local.get $at))"#;

/// The answer of a workflow that assigns nothing: 16 bytes of zeros are an empty list.
pub(super) const NOTHING: &str = "(i32.const 16)";

/// A workflow in its parts. What is not given is as in any harmless one.
pub(super) struct Guest<'a> {
    /// Everything between the memory and the main module: imports, and functions of the component.
    pub(super) outside: &'a str,
    /// The core module that has the memory and the allocator.
    pub(super) libc: &'a str,
    /// What the main module is given beside `libc`.
    pub(super) with: &'a str,
    /// The rest of the main module. It exports `provision`, and `callback` in the asynchronous world.
    pub(super) main: &'a str,
    /// Functions of the component made of the main module.
    pub(super) after: &'a str,
    /// Further options of the export.
    pub(super) lift: &'a str,
}

impl Default for Guest<'_> {
    fn default() -> Self {
        Self { outside: "", libc: LIBC, with: "", main: "", after: "", lift: "" }
    }
}

impl Guest<'_> {
    /// The component of the world `workflow`.
    pub(super) fn workflow(&self) -> Vec<u8> {
        let lift = format!("(memory $memory) (realloc $realloc) {}", self.lift);
        let export = format!(
            r#"(func (export "provision") (param "request" $request) (result (result (list string) (error string)))
                 (canon lift (core func $provision) {lift}))"#
        );
        self.component(&export)
    }

    /// The component of the world `workflow-async`.
    pub(super) fn asynchronous(&self) -> Vec<u8> {
        let lift = format!("(memory $memory) (realloc $realloc) async (callback $callback) {}", self.lift);
        let export = format!(
            r#"(alias core export $main "callback" (core func $callback))
               (type $provision'
                 (func async (param "request" $request) (result (result (list string) (error string)))))
               (func (export "provision") (type $provision') (canon lift (core func $provision) {lift}))"#
        );
        self.component(&export)
    }

    /// The component of the world `workflow` that is made of one module: its main module has the memory and the allocator itself,
    /// and calls these functions of the host, by their names and types, through its table, into which they are put later.
    pub(super) fn alone(&self, host: &[(&str, &str)]) -> Vec<u8> {
        let Self { outside, libc, main, after, lift, .. } = self;
        let count = host.len();
        let called: String = (0..).zip(host).map(|(place, (name, ty))| through_table(name, ty, place)).collect();
        let imports: String =
            host.iter().map(|(name, ty)| format!(r#"(import "host" "{name}" (func ${name} {ty}))"#)).collect();
        let given: String = host.iter().map(|(name, _)| format!(r#"(export "{name}" (func ${name}))"#)).collect();
        let put: String = host.iter().map(|(name, _)| format!("${name} ")).collect();
        let (table, wiring) = if host.is_empty() {
            (String::new(), String::new())
        } else {
            (
                format!(r#"(table (export "host") {count} funcref)"#),
                format!(
                    r#"(core module $wiring {imports} (import "main" "host" (table {count} funcref)) (elem (i32.const 0) func {put}))
                       (core instance (instantiate $wiring (with "main" (instance $main)) (with "host" (instance {given}))))"#
                ),
            )
        };
        component(&format!(
            r#"{TYPES}
               (core module $main' {table} {libc} {called} {main})
               (core instance $main (instantiate $main'))
               (alias core export $main "memory" (core memory $memory))
               (alias core export $main "realloc" (core func $realloc))
               {outside}
               {wiring}
               (alias core export $main "provision" (core func $provision))
               {after}
               (func (export "provision") (param "request" $request) (result (result (list string) (error string)))
                 (canon lift (core func $provision) (memory $memory) (realloc $realloc) {lift}))"#
        ))
    }

    fn component(&self, export: &str) -> Vec<u8> {
        let Self { outside, libc, with, main, after, .. } = self;
        component(&format!(
            r#"{TYPES}
               (core module $libc' {libc})
               (core instance $libc (instantiate $libc'))
               (alias core export $libc "memory" (core memory $memory))
               (alias core export $libc "realloc" (core func $realloc))
               {outside}
               (core module $main' {main})
               (core instance $main (instantiate $main' (with "libc" (instance $libc)) {with}))
               (alias core export $main "provision" (core func $provision))
               {after}
               {export}"#
        ))
    }
}

/// A workflow of the world `workflow` whose export does this, and which defines nothing else.
pub(super) fn provision(body: &str) -> Vec<u8> {
    main(&format!(r#"(import "libc" "memory" (memory 1)) (func (export "provision") (param i32) (result i32) {body})"#))
}

/// The same of one module.
pub(super) fn provision_alone(body: &str) -> Vec<u8> {
    alone(&format!(r#"(func (export "provision") (param i32) (result i32) {body})"#))
}

/// A workflow of the world `workflow` that is one module, which has this beside its memory and its allocator.
pub(super) fn alone(text: &str) -> Vec<u8> {
    Guest { main: text, ..Guest::default() }.alone(&[])
}

/// A workflow of the world `workflow` whose main module is this.
pub(super) fn main(text: &str) -> Vec<u8> {
    Guest { main: text, ..Guest::default() }.workflow()
}

/// A harmless workflow with all of this beside it, in its component.
pub(super) fn beside(outside: &str) -> Vec<u8> {
    let main = format!(r#"(func (export "provision") (param i32) (result i32) {NOTHING})"#);
    Guest { outside, main: &main, ..Guest::default() }.workflow()
}

/// A function that calls what is in a place of the table.
fn through_table(name: &str, ty: &str, place: usize) -> String {
    let takes = ty.split(')').find(|part| part.contains("param")).unwrap_or_default();
    let parameters = takes.split_whitespace().skip(1).count();
    let handed_on: String = (0..parameters).map(|parameter| format!("(local.get {parameter})")).collect();
    format!("(func ${name} {ty} (call_indirect {ty} {handed_on} (i32.const {place})))")
}

/// A component of this text.
pub(super) fn component(text: &str) -> Vec<u8> {
    let text = format!("(component {text})");
    wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}"))
}
