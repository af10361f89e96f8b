//! Any bytes, and any module that is one, through admission and, when it is admitted, a run; and what is run as a module once more as
//! the component that it is.
#![no_main]

use std::sync::Arc;
use std::time::{Duration, Instant};

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use usher_fuzz::{SANDBOX, block_on, hostile};
use usher_sandbox::request::Request;
use usher_sandbox::yardstick::{as_component, is_bare};
use usher_sandbox::{Artifact, Evaluation, Limits, NoLookups, Run, Variables};

/// Little enough that a run ends in milliseconds.
const FUEL: u64 = 200_000;

fuzz_target!(init: usher_fuzz::write_seeds(std::path::Path::new("corpus/admission")), |bytes: &[u8]| {
    // A component that was mutated, or a recipe for one.
    if bytes.starts_with(b"\0asm") {
        admit_and_run(bytes);
    } else if let Some((kind, recipe)) = bytes.split_first() {
        let mut recipe = Unstructured::new(recipe);
        if kind % 4 == 0 {
            if let Ok(component) = wasm_smith::Component::new(config(), &mut recipe) {
                admit_and_run(&component.to_bytes());
            }
        } else if let Ok(module) = wasm_smith::Module::new(config(), &mut recipe) {
            admit_and_run(&hostile::around(&module.to_bytes()));
        }
    }
});

/// Modules of which an instance can be made without anything around them.
fn config() -> wasm_smith::Config {
    wasm_smith::Config {
        max_imports: 0,
        max_memories: 1,
        max_tables: 1,
        memory64_enabled: false,
        shared_everything_threads_enabled: false,
        max_memory32_bytes: 1 << 20,
        max_table_elements: 1_000,
        gc_enabled: false,
        exceptions_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        custom_page_sizes_enabled: false,
        ..wasm_smith::Config::default()
    }
}

fn admit_and_run(wasm: &[u8]) {
    let Ok(artifact) = SANDBOX.admit(wasm).verdict else { return };
    let as_admitted = run(&artifact);
    if is_bare(&artifact) && !tells_host_where_to_write(wasm) {
        let component = as_component(&SANDBOX, wasm).expect("what was just admitted compiles");
        let as_component = run(&component);
        let ended = |run: &Run| (run.outcome.kind(), run.slugs.clone());
        let is_cut = |run: &Run| matches!(run.outcome.kind(), "out-of-fuel" | "deadline");
        if !is_cut(&as_admitted) && !is_cut(&as_component) {
            assert_eq!(ended(&as_admitted), ended(&as_component), "{as_admitted:?} {as_component:?}");
        }
    }
}

/// Whether a module has a request somewhere else than the component that it is.
fn tells_host_where_to_write(wasm: &[u8]) -> bool {
    ["keepsTexts", "usher-place-request"]
        .iter()
        .any(|word| wasm.windows(word.len()).any(|part| part == word.as_bytes()))
}

fn run(artifact: &Artifact) -> Run {
    let limits = Limits { fuel: FUEL, deadline: Duration::from_secs(2), ..Limits::default() };
    let workflow = SANDBOX.load(artifact, limits.clone()).expect("what was just admitted loads");
    let (request, variables) = (Arc::new(Request::default()), Arc::new(Variables::new()));
    let mut evaluation = Evaluation::new(request, &variables, &NoLookups, Instant::now() + Duration::from_secs(4));
    let run = block_on(SANDBOX.run(&workflow, &mut evaluation));
    assert!(run.fuel <= limits.fuel && run.memory_bytes <= limits.memory_bytes, "{run:?}");
    assert!(run.slugs.len() <= limits.slugs, "{run:?}");
    assert_ne!(run.outcome.kind(), "unavailable", "{run:?}");
    run
}
