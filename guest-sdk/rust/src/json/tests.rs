use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Json, read};

/// Reads as `serde_json` does, or not at all, as `serde_json` does not.
#[track_caller]
fn check(text: &str) {
    let ours = read::<serde_json::Value>(text).ok();
    let theirs = serde_json::from_str::<serde_json::Value>(text).ok();
    assert_eq!(ours, theirs, "{text}");
}

#[test]
fn values_are_what_serde_json_reads() {
    check("null");
    check(" true ");
    check("\t\r\nfalse\n");
    check("0");
    check("41");
    check("-41");
    check("18446744073709551615");
    check("-9223372036854775808");
    check("18446744073709551616");
    check("0.5");
    check("-12.75e+3");
    check("1E-2");
    check("[]");
    check("[ ]");
    check("[1, [2], {\"a\": [3]}]");
    check("-0");
    check("-0.0");
    check("-9223372036854775809");
    check("1.7976931348623157e308");
    check("1e-999");
    check("{}");
    check("{ \"a\" : 1 , \"b\" : { \"c\" : null } }");
    check("{\"a\":1,\"a\":2}");
    check("\"\"");
    check("\"plain, é, 語, 🦀\"");
    check(r#""\"\\\/\b\f\n\r\t\u0041\u00e9\u00E9\ud83e\udd80""#);
}

#[test]
fn what_serde_json_refuses_is_refused() {
    for text in [
        "",
        " ",
        "nul",
        "nullx",
        "True",
        "01",
        "-",
        "-a",
        "+1",
        "1.",
        ".5",
        "1e",
        "1e+",
        "1.e1",
        "0x10",
        "1 2",
        "1-2",
        "--1",
        "1..2",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "]",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,}",
        "{a:1}",
        "{1:1}",
        "{,}",
        "{\"a\" 1}",
        "\"",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u+123\"",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\ud800\\ue000\"",
        "\"\\udc00\"",
        "\"\\é\"",
        "\"\\u00é\"",
        "\"\n\"",
        "\"\u{1}\"",
        "é",
        "[é]",
        "1é",
        "\u{feff}1",
        "\u{a0}1",
    ] {
        check(text);
        assert!(Json::parse(text).is_none(), "{text}");
    }
}

#[test]
fn every_cut_and_every_flipped_byte_ends_as_in_serde_json() {
    let text = r#"{"sub":"reader-1","é":[1,-2.5e3,true,null],"o":{"k\u00e9\"":"\ud83e\udd80"}}"#;
    for end in 0..text.len() {
        if let Some(cut) = text.get(..end) {
            check(cut);
        }
        for byte in 0..0x80 {
            let mut bytes = text.as_bytes().to_vec();
            bytes[end] = byte;
            if let Ok(flipped) = String::from_utf8(bytes) {
                check(&flipped);
            }
        }
    }
}

#[test]
fn whatever_is_written_is_read_as_serde_json_reads_it() {
    let pieces = [
        "{", "}", "[", "]", ",", ":", "\"", "\"a\"", "\"a\":", "\"b\":", "null", "true", "0", "-", "-0", "1", ".5",
        "e9", "e999", "\\", "\\u", "d83e", "\\udd80", " ", "é",
    ];
    let mut seed = 1_u64;
    let mut draw = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    for _ in 0..20_000 {
        let length = draw(9);
        check(&(0..length).map(|_| pieces[draw(pieces.len())]).collect::<String>());
        let value = generated(&mut draw, 4);
        check(&value);
        let cut = value.char_indices().nth(draw(value.chars().count())).unwrap().0;
        let (before, after) = value.split_at(cut);
        check(&format!("{before}{}{after}", pieces[draw(pieces.len())]));
    }
}

/// The text of a value, nested at most so deeply. Its numbers are short: `serde_json` rounds long ones less exactly.
fn generated(draw: &mut dyn FnMut(usize) -> usize, levels: usize) -> String {
    let leaves = ["null", "false", "41", "-7", "0.25", "1e300", "1e999", "\"\"", "\"x\\n\"", "\"\\ud83e\\udd80\""];
    match draw(if levels == 0 { 1 } else { 3 }) {
        0 => leaves[draw(leaves.len())].to_owned(),
        1 => {
            let items: Vec<_> = (0..draw(4)).map(|_| generated(draw, levels - 1)).collect();
            format!("[{}]", items.join(", "))
        }
        _ => {
            let names = ["a", "b", "\\u0061"];
            let members = (0..draw(4)).map(|_| format!("\"{}\":{}", names[draw(3)], generated(draw, levels - 1)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(" ,"))
        }
    }
}

#[test]
fn nesting_ends_at_128_levels() {
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    assert!(Json::parse(&nested(128)).is_some());
    assert!(Json::parse(&nested(129)).is_none());
    assert!(Json::parse(&"{\"a\":".repeat(100_000)).is_none());
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Tier {
    Free,
    Gold(u8),
    Group { seats: u8 },
}

#[derive(Debug, Deserialize, PartialEq)]
struct Wrapped(i64);

#[derive(Debug, Deserialize, PartialEq)]
struct Reader<'a> {
    name: &'a str,
    age: Option<u8>,
    #[serde(default)]
    tiers: Vec<Tier>,
    pair: (i8, f32),
    wrapped: Wrapped,
}

#[test]
fn every_kind_of_type_is_read() {
    let text = r#"{"name":"A","age":41,"tiers":["free",{"gold":2},{"group":{"seats":3}}],"pair":[-1,0.5],
        "wrapped":7,"unknown":{"deep":[1.5]}}"#;
    let expected = Reader {
        name: "A",
        age: Some(41),
        tiers: vec![Tier::Free, Tier::Gold(2), Tier::Group { seats: 3 }],
        pair: (-1, 0.5),
        wrapped: Wrapped(7),
    };
    let json = Json::parse(text).unwrap();
    assert_eq!(json.get::<Reader<'_>>(text, std::iter::empty()), Some(expected));
    assert_eq!(read::<char>("\"é\""), Ok('é'));
    assert_eq!(read::<f32>("1"), Ok(1.0));
    assert_eq!(read::<()>("null"), Ok(()));
    assert_eq!(read::<u128>("18446744073709551616"), Ok(18_446_744_073_709_551_616));
    assert_eq!(read::<BTreeMap<String, bool>>("{\"a\":true}"), Ok([("a".to_owned(), true)].into()));
}

#[test]
fn a_path_leads_to_the_last_member_of_each_name() {
    let text = r#"{"a":{"b":1,"\u0062":2,"bb":3},"c":[{"b":4}],"\u0061\"":{"b":5},"d":"b"}"#;
    let json = Json::parse(text).unwrap();
    for (path, found) in [
        (&["a", "b"][..], Some(2)),
        (&["a", "bb"], Some(3)),
        (&["a\"", "b"], Some(5)),
        (&["a", "c"], None),
        (&["c", "b"], None),
        (&["d", "b"], None),
        (&["", "b"], None),
    ] {
        assert_eq!(json.get::<u8>(text, path.iter().copied()), found, "{path:?}");
    }
    assert_eq!(Json::nothing().get::<u8>("", ["a"].into_iter()), None);
}

#[test]
fn a_misfit_is_explained() {
    #[track_caller]
    fn check<T: serde::de::DeserializeOwned>(text: &str, reason: &str) {
        assert_eq!(read::<T>(text).err().as_deref(), Some(reason));
    }
    check::<bool>("1.5", "expected a boolean, found `1.5`");
    check::<u8>("300", "expected u8, found `300`");
    check::<u8>("-1", "expected u8, found `-1`");
    check::<i8>("-300", "expected i8, found `-300`");
    check::<u32>("\"soon\"", "expected u32, found `soon`");
    check::<u32>("true", "expected u32, found `true`");
    check::<String>("null", "expected a string, found null");
    check::<String>("[1]", "expected a string, found an array");
    check::<Vec<u8>>("{}", "expected a sequence, found an object");
    check::<(u8, u8)>("[1]", "invalid length 1, expected a tuple of size 2");
    check::<(u8, u8)>("[1,2,3]", "invalid length 3, expected 2 elements in sequence");
    check::<Tier>("\"silver\"", "unknown variant `silver`, expected one of `free`, `gold`, `group`");
    check::<Tier>(r#"{"gold":1,"free":null}"#, "expected enum Tier, found an object");
    check::<f64>("1e309", "expected f64, found `1e309`");
    check::<f64>("-1e309", "expected f64, found `-1e309`");
    check::<Tier>("7", "expected enum Tier, found `7`");
    check::<()>("0", "expected unit, found `0`");
    check::<u8>("{", "not well-formed JSON");
}
