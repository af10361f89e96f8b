//! Manifests in components that consist of nothing else: a custom section can be appended to anything.

use super::*;

const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
const MODULE: &[u8] = b"\0asm\x01\0\0\0";
/// The ids of sections: of custom ones everywhere, and of the two that nest in a component.
const CUSTOM: u8 = 0;
const CORE_MODULE: u8 = 1;
const NESTED_COMPONENT: u8 = 4;

const TIER: &str = r#"{"contract":"0.1.0","sdk":{"name":"s","version":"1"},"workflow":"tier"}"#;

fn leb128(mut value: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7f {
        bytes.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
        value >>= 7;
    }
    bytes.push(u8::try_from(value).unwrap());
    bytes
}

fn section(id: u8, content: &[u8]) -> Vec<u8> {
    [&[id], &leb128(content.len())[..], content].concat()
}

fn custom(name: &str, payload: &[u8]) -> Vec<u8> {
    section(CUSTOM, &[&leb128(name.len())[..], name.as_bytes(), payload].concat())
}

fn manifest(json: impl AsRef<[u8]>) -> Vec<u8> {
    custom(SECTION, json.as_ref())
}

fn component(sections: &[Vec<u8>]) -> Vec<u8> {
    [COMPONENT, &sections.concat()].concat()
}

fn module(sections: &[Vec<u8>]) -> Vec<u8> {
    section(CORE_MODULE, &[MODULE, &sections.concat()].concat())
}

fn nested(sections: &[Vec<u8>]) -> Vec<u8> {
    section(NESTED_COMPONENT, &component(sections))
}

/// Reads a component and says which workflow its manifest names.
#[track_caller]
fn check_sections(sections: &[Vec<u8>], expected: Result<Option<&str>, &str>) {
    let wasm = component(sections);
    wasmparser::Validator::new().validate_all(&wasm).unwrap();
    match (read(&wasm), expected) {
        (Ok(found), Ok(expected)) => assert_eq!(found.as_ref().map(Manifest::workflow), expected),
        (Err(refusal), Err(expected)) => {
            assert_eq!(refusal.kind(), "bad-manifest");
            assert!(refusal.to_string().contains(expected), "{refusal}");
        }
        (found, expected) => panic!("expected {expected:?}, found {found:?}"),
    }
}

#[track_caller]
fn check(json: impl AsRef<[u8]>, expected: Result<(), &str>) {
    check_sections(&[manifest(json)], expected.map(|()| Some("tier")));
}

#[test]
fn it_is_found_at_the_outermost_level_and_in_a_core_module_there() {
    check_sections(&[], Ok(None));
    check_sections(&[custom("name", b""), custom("usher:manifesto", b"?")], Ok(None));
    check_sections(&[manifest(TIER)], Ok(Some("tier")));
    check_sections(&[module(&[]), module(&[custom("producers", b"\0"), manifest(TIER)])], Ok(Some("tier")));
    check_sections(&[module(&[]), nested(&[]), manifest(TIER)], Ok(Some("tier")));
}

#[test]
fn what_a_component_was_made_of_speaks_for_itself() {
    check_sections(&[nested(&[manifest("?")])], Ok(None));
    check_sections(&[nested(&[module(&[manifest("?")])]), manifest(TIER)], Ok(Some("tier")));
}

#[test]
fn there_is_one_at_most() {
    let more = Err("expected one such section, found more");
    check_sections(&[manifest(TIER), manifest(TIER)], more);
    check_sections(&[module(&[manifest(TIER)]), manifest(TIER)], more);
    check_sections(&[module(&[manifest(TIER)]), module(&[manifest(TIER)])], more);
}

#[test]
fn all_of_it_is_read() {
    let json = r#"{"plans":["premium","a"],"workflow":"tier","sdk":{"version":"1.2.3","name":"usher-guest"},
        "contract":"0.1.0"}"#;
    let read = read(&component(&[manifest(json)])).unwrap().unwrap();
    assert_eq!((read.contract(), read.workflow()), ("0.1.0", "tier"));
    assert_eq!((read.sdk_name(), read.sdk_version()), ("usher-guest", "1.2.3"));
    assert_eq!(read.plans(), Some(&["premium".to_owned(), "a".to_owned()][..]));
}

#[test]
fn whether_it_keeps_texts_is_true_or_false() {
    let saying = |value: &str| TIER.replace("tier\"", &format!("tier\",\"keepsTexts\":{value}"));
    let keeps = |json: &str| parse(json.as_bytes()).unwrap().keeps_texts();
    assert_eq!((keeps(&saying("true")), keeps(&saying("false"))), (true, false));
    assert!(!keeps(TIER), "who says nothing promises nothing");
    check(saying("1"), Err("`keepsTexts`: expected a boolean, found a number"));
    check(saying("\"true\""), Err("`keepsTexts`: expected a boolean, found a text"));
    check(saying("null"), Err("`keepsTexts`: expected a boolean, found null"));
}

/// A newer SDK may say more, and older ones say less.
#[test]
fn keys_that_are_not_known_are_left_alone() {
    check(TIER.replace('}', r#","new":[1]}"#), Ok(()));
    check(TIER.replace("tier\"", r#"tier","plans":[]"#), Ok(()));
}

#[test]
fn its_size_has_a_limit() {
    let padded = |bytes: usize| TIER.to_owned() + &" ".repeat(bytes - TIER.len());
    check(padded(64 << 10), Ok(()));
    check(padded((64 << 10) + 1), Err("expected at most 65536 bytes, found 65537"));
}

#[test]
fn what_is_no_manifest_is_refused_by_place() {
    check("", Err("expected one JSON object, found: EOF"));
    check("hello", Err("expected one JSON object, found: "));
    check(TIER.repeat(2), Err("found: trailing characters"));
    check("[".repeat(10_000), Err("recursion limit"));
    check(b"{\"a\":\"\xff\"}", Err("expected UTF-8, found another byte at position 6"));
    check("[]", Err("expected an object, found a list"));
    check("{}", Err("`sdk`: expected an object, found nothing"));
    check(TIER.replace("contract", "c"), Err("`contract`: expected a text, found nothing"));
    check(TIER.replace("\"0.1.0\"", "1"), Err("`contract`: expected a text, found a number"));
    check(TIER.replace("\"s\"", "null"), Err("`sdk.name`: expected a text, found null"));
    check(TIER.replace("\"1\"", "true"), Err("`sdk.version`: expected a text, found a boolean"));
    check(TIER.replace("\"tier\"", "{}"), Err("`workflow`: expected a text, found an object"));
    let plans = |plans: &str| TIER.replace("\"tier\"", &format!("\"tier\",\"plans\":{plans}"));
    check(plans("\"premium\""), Err("`plans`: expected a list of slugs, found a text"));
    check(plans("null"), Err("`plans`: expected a list of slugs, found null"));
    check(plans("[\"a\",7]"), Err("`plans[1]`: expected a slug, found a number"));
}

#[test]
fn texts_have_limits() {
    let named = |name: &str| TIER.replace("\"s\"", &format!("\"{name}\""));
    check(named(&"n".repeat(256)), Ok(()));
    check(named(&"n".repeat(257)), Err("`sdk.name`: expected 1 to 256 bytes, found 257"));
    check(named(""), Err("`sdk.name`: expected 1 to 256 bytes, found 0"));
    check(named(r"\u001b[2J"), Err("`sdk.name`: expected no control characters, found one"));
    let plan = |slug: &str| TIER.replace("\"tier\"", &format!("\"tier\",\"plans\":[\"a\",\"{slug}\"]"));
    check(plan("b"), Ok(()));
    check(plan(&"b".repeat(64)), Ok(()));
    check(plan(&"b".repeat(65)), Err("`plans[1]`: expected 1 to 64 bytes, found 65"));
    check(plan(""), Err("`plans[1]`: expected 1 to 64 bytes, found 0"));
    check(plan(r"\n"), Err("`plans[1]`: expected no control characters, found one"));
}

#[test]
fn another_contract_is_refused() {
    let of = |version: &str| parse(TIER.replace("0.1.0", version).as_bytes()).unwrap().check_contract();
    assert_eq!(of("0.1.0"), Ok(()));
    for version in ["0.0.9", "0.1.1", "0.1", "1.0.0"] {
        let refusal = of(version).unwrap_err();
        assert_eq!(refusal.kind(), "wrong-contract");
        assert!(refusal.to_string().contains(&format!("`usher:provisioning` {version}, and this host")), "{refusal}");
    }
}
