//! Manifests of real modules: what an SDK stamps survives the build, and is read before anything runs.

use std::fs;

use serde_json::json;
use usher_sandbox::{CONTRACT_VERSION, Manifest, Refusal};
use usher_tests::{guests, newsroom, released};

use crate::support::{SANDBOX, nothing, run_guest};

fn manifest(wasm: &[u8]) -> Option<Manifest> {
    let admission = SANDBOX.admit(wasm);
    admission.verdict.unwrap();
    admission.report.manifest
}

#[track_caller]
fn check(path: &str, workflow: &str, plans: Option<&[&str]>) {
    let manifest = manifest(&fs::read(path).unwrap()).expect("a manifest");
    assert_eq!((manifest.contract(), manifest.workflow()), (CONTRACT_VERSION, workflow), "{path}");
    assert_eq!((manifest.sdk_name(), manifest.sdk_version()), ("usher-guest", env!("CARGO_PKG_VERSION")));
    assert_eq!(manifest.plans().map(|plans| plans.iter().map(String::as_str).collect()), plans.map(<[_]>::to_vec));
}

/// A component with a custom section appended, which is where the TypeScript SDK puts it.
fn with_section(path: &str, payload: &str) -> Vec<u8> {
    const NAME: &str = "usher:manifest";
    let content = [&[u8::try_from(NAME.len()).unwrap()], NAME.as_bytes(), payload.as_bytes()].concat();
    let length = content.len();
    assert!(length < 1 << 14, "two bytes of LEB128");
    let length = [u8::try_from(length & 0x7f).unwrap() | 0x80, u8::try_from(length >> 7).unwrap()];
    [&fs::read(path).unwrap()[..], &[0], &length, &content].concat()
}

#[test]
fn what_the_sdk_stamps_survives_the_build() {
    let plans = ["premium", "registered"];
    check(guests::DECLARES_PLANS, "usher-test-guests", Some(&plans));
    check(released::DECLARES_PLANS, "usher-test-guests", Some(&plans));
    check(newsroom::MEMBERSHIP, "newsroom-membership", None);
}

#[test]
fn a_module_of_another_toolchain_may_say_nothing() {
    assert_eq!(manifest(&fs::read(guests::ASYNC_WORLD).unwrap()), None);
}

#[test]
fn an_sdk_may_append_it() {
    let sdk = json!({"name": "typescript", "version": "9.9.9"});
    let appended = json!({"contract": CONTRACT_VERSION, "sdk": sdk, "workflow": "@acme/tier", "plans": ["premium"]});
    let manifest = manifest(&with_section(guests::ASYNC_WORLD, &appended.to_string())).expect("a manifest");
    assert_eq!((manifest.sdk_name(), manifest.workflow()), ("typescript", "@acme/tier"));
}

#[test]
fn two_manifests_are_one_too_many() {
    let refusal = SANDBOX.admit(&with_section(guests::ECHO, "{}")).verdict.unwrap_err();
    assert_eq!(refusal.kind(), "bad-manifest");
    assert!(refusal.to_string().contains("`usher:manifest`: expected one such section, found more"), "{refusal}");
}

#[test]
fn another_contract_is_refused_by_what_the_module_says() {
    let mut wasm = fs::read(guests::DECLARES_PLANS).unwrap();
    let version = br#""contract":"0.1.0""#;
    let at = wasm.windows(version.len()).position(|window| window == version).unwrap();
    wasm[at + version.len() - 4] = b'9';
    let admission = SANDBOX.admit(&wasm);
    assert_eq!(admission.verdict.unwrap_err(), Refusal::OtherContract { found: "0.9.0".to_owned() });
    assert_eq!(admission.report.manifest.unwrap().contract(), "0.9.0");
}

#[tokio::test]
async fn plans_of_an_enum_are_answers() {
    let run = run_guest(guests::DECLARES_PLANS, json!({"premium": true})).await;
    assert_eq!(run.slugs, ["premium"]);
    assert_eq!(run_guest(guests::DECLARES_PLANS, nothing()).await.slugs, ["registered"]);
}
