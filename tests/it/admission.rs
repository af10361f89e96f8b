//! I1: what a module may import is decided by name, at upload, and there is no way around it.

use std::fs;

use usher_sandbox::{Refusal, World};
use usher_tests::guests;

use crate::support::SANDBOX;

#[track_caller]
fn check(path: &str, expected: &str) {
    let refusal = SANDBOX.admit(&fs::read(path).unwrap()).verdict.unwrap_err();
    assert!(refusal.to_string().contains(expected), "{path}: {refusal}");
}

#[test]
fn i1_a_mutation_is_refused_by_name_whoever_offers_it() {
    check(guests::FIRES_TRIGGER, "imports `usher:provisioning/triggers@0.1.0#fire`");
    check(guests::INCREMENTS_COUNTER, "imports `usher:provisioning/identity@0.1.0#increment-counter`");
    check(guests::WRITES_CUSTOM_DATA, "imports `acme:provisioning/identity@0.1.0#write-custom-data`");
}

/// The interfaces of WASI that a guest imports, without their version.
fn wasi(path: &str) -> Vec<String> {
    let report = SANDBOX.admit(&fs::read(path).unwrap()).report;
    let imports = report.imports.iter().filter_map(|import| import.strip_prefix("wasi:")?.split('@').next());
    imports.map(str::to_owned).collect()
}

#[test]
fn a_workflow_in_rust_imports_no_more_of_wasi_than_it_uses() {
    // To leave is the host's to forbid, since it says so in its own words.
    assert_eq!(wasi(guests::ECHO), ["cli/exit"]);
    assert_eq!(wasi(guests::WRITES_OUTPUT), ["cli/exit"]);
    let clocks = wasi(guests::CLOCK_AND_RANDOM);
    assert!(clocks.contains(&"clocks/wall-clock".to_owned()), "{clocks:?}");
}

#[test]
fn i1_a_socket_is_refused_by_name() {
    check(guests::IMPORTS_SOCKET, "imports `wasi:sockets/");
}

#[test]
fn a_component_that_is_no_workflow_is_refused() {
    check(guests::COMMAND, "it exports `wasi:cli/run@0.2.");
    check(guests::WRONG_SIGNATURE, "does not fit the contract `usher:provisioning` 0.1.0: ");
}

#[test]
fn damaged_files_are_refused_wherever_they_are_cut() {
    let whole = fs::read(guests::ECHO).unwrap();
    for length in [0, 3, 4, 7] {
        assert!(SANDBOX.admit(&whole[..length]).verdict.is_err(), "{length}");
    }
    for length in (8..whole.len()).step_by(997) {
        let refusal = SANDBOX.admit(&whole[..length]).verdict.unwrap_err();
        assert!(matches!(refusal, Refusal::Malformed { .. } | Refusal::WrongWorld { .. }), "{length}: {refusal}");
    }
}

#[test]
fn other_versions_of_the_contract_are_refused() {
    let whole = fs::read(guests::ECHO).unwrap();
    for version in ["0.0.9", "0.2.0"] {
        let mut other = whole.clone();
        let mut start = 0;
        while let Some(found) = find(&other[start..], b"usher:provisioning/") {
            let name = start + found;
            let at = name + find(&other[name..], b"@0.1.0").unwrap() + 1;
            other[at..at + 5].copy_from_slice(version.as_bytes());
            start = at;
        }
        let refusal = SANDBOX.admit(&other).verdict.unwrap_err();
        assert!(matches!(refusal, Refusal::WrongContract { .. }), "{version}: {refusal}");
        assert!(refusal.to_string().contains(&format!("@{version}`, and this host speaks")), "{refusal}");
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Every decision pays for the size of its workflows.
#[test]
fn workflows_are_small() {
    use usher_tests::newsroom::{
        CAMPAIGN, CRAWLERS, DEVICE, EXPERIMENT, HAPPY_HOUR, LEGAL_GEOGRAPHY, MEMBERSHIP, TRIAL,
    };
    for path in [CAMPAIGN, CRAWLERS, DEVICE, EXPERIMENT, HAPPY_HOUR, LEGAL_GEOGRAPHY, MEMBERSHIP, TRIAL] {
        let size = fs::metadata(path).unwrap().len();
        assert!(size <= 100_000, "{path} has {size} bytes");
    }
}

#[test]
fn a_report_says_what_a_module_is() {
    let wasm = fs::read(guests::ECHO).unwrap();
    let report = SANDBOX.admit(&wasm).report;
    let size = u64::try_from(wasm.len()).unwrap();
    assert_eq!((report.size, report.digest.len(), report.world), (size, 64, Some(World::Workflow)));
    assert!(report.imports.contains(&"usher:provisioning/types@0.1.0".to_owned()), "{:?}", report.imports);
    let refused = SANDBOX.admit(&fs::read(guests::FIRES_TRIGGER).unwrap()).report;
    assert_eq!(refused.imports, ["usher:provisioning/triggers@0.1.0"]);
    let asynchronous = SANDBOX.admit(&fs::read(guests::ASYNC_WORLD).unwrap()).report;
    assert_eq!(asynchronous.world, Some(World::WorkflowAsync));
}
