use std::collections::BTreeMap;

use super::*;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "only whether it can be read is of interest")]
struct Outer {
    inner: JsonObject<Inner>,
    many: Option<Vec<JsonObject<Inner>>>,
    meta: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only whether it can be read is of interest")]
struct Inner {
    first_name: Option<String>,
    is_new: Option<bool>,
}

#[track_caller]
fn check(text: &str, expected: &str) {
    match read_json::<JsonObject<Outer>>(text.as_bytes()) {
        Ok(found) => assert_eq!(expected, "", "{found:?}"),
        Err(error) => assert_eq!(error.to_string(), expected),
    }
}

#[test]
fn objects_are_written_as_objects() {
    check(r#"{"inner": {"firstName": "a", "isNew": true}, "many": [{}]}"#, "");
    check("\u{feff}{\"inner\": {}}", "");
    check(r#"[{"firstName": "a"}]"#, "expected an object, found an array");
    check(r#"{"inner": ["a", true]}"#, "`inner`: expected an object, found an array");
    check(r#"{"inner": {}, "many": [{}, []]}"#, "`many[1]`: expected an object, found an array");
}

#[test]
fn an_error_says_where_and_what() {
    check("", "expected JSON, found nothing");
    check(" \n", "expected JSON, found nothing");
    check("\u{feff}", "expected JSON, found nothing");
    check("{", "EOF while parsing an object at line 1 column 1");
    check(r#"{"inner": {}} x"#, "trailing characters at line 1 column 15");
    check(r#"{"inner": {"firstName": 1}}"#, "`inner.firstName`: expected a string, found number `1`");
    check(r#"{"inner": {"firstName": 1.5}}"#, "`inner.firstName`: expected a string, found number `1.5`");
    check(r#"{"inner": {"firstName": {}}}"#, "`inner.firstName`: expected a string, found an object");
    check(r#"{"inner": {"isNew": "yes"}}"#, r#"`inner.isNew`: expected a boolean, found string "yes""#);
    check(r#"{"inner": {}, "many": {}}"#, "`many`: expected an array, found an object");
    check(r#"{"inner": {}, "meta": [1]}"#, "`meta`: expected an object, found an array");
    check(r#"{"inner": {}, "meta": {"og:title": null}}"#, "`meta.og:title`: expected a string, found null");
    check("{}", "missing field `inner`");
    check("7", "expected an object, found number `7`");
    check(r#"{"inner": {}, "outer": 1}"#, "`outer`: unknown field `outer`, expected one of `inner`, `many`, `meta`");
    check(r#"{"inner": {}, "inner": {}}"#, "duplicate field `inner`");
}

#[test]
fn a_text_is_mended_only_where_it_is_asked_for() {
    let text = br#"{"inner": {"firstName": "\ud83d", "isNew": null}, "x": 1e400}"#;
    assert!(read_json::<JsonObject<Inner>>(br#"{"firstName": "\ud83d"}"#).is_err());
    let mended = read_mended::<serde_json::Value>(text, Numbers::Dropped, &Mended::default()).unwrap();
    assert_eq!(mended, serde_json::json!({"inner": {"firstName": "\u{fffd}", "isNew": null}, "x": null}));
    let kept = read_mended::<serde_json::Value>(text, Numbers::Kept, &Mended::default()).unwrap_err();
    assert!(kept.to_string().starts_with("number out of range at line 1"), "{kept}");
}
