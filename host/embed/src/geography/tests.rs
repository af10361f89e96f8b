//! Tests on a small database in MaxMind's format, written here by the specification of that format.

use serde_json::{Value, json};

use super::*;

/// A database whose tree has 24-bit records and addresses of both versions, with one record per network.
fn database(networks: &[(&str, u8, Value)]) -> Vec<u8> {
    let mut tree = vec![[None, None]];
    let mut data = Vec::new();
    for (address, bits, record) in networks {
        let offset = data.len();
        encode(record, &mut data);
        insert(&mut tree, address.parse().unwrap(), *bits, offset);
    }
    let nodes = tree.len();
    let mut file = Vec::new();
    for record in tree.iter().flatten() {
        let value = match record {
            None => nodes,
            Some(Record::Node(node)) => *node,
            Some(Record::Data(offset)) => nodes + 16 + offset,
        };
        file.extend_from_slice(&u32::try_from(value).unwrap().to_be_bytes()[1..]);
    }
    file.extend([0; 16]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    let metadata = json!({"node_count": nodes, "record_size": 24, "ip_version": 6, "database_type": "Test-City",
        "languages": ["en"], "binary_format_major_version": 2, "binary_format_minor_version": 0, "build_epoch": 1,
        "description": {"en": "test"}});
    encode(&metadata, &mut file);
    file
}

#[derive(Clone, Copy)]
enum Record {
    Node(usize),
    Data(usize),
}

fn insert(tree: &mut Vec<[Option<Record>; 2]>, address: std::net::Ipv6Addr, bits: u8, offset: usize) {
    let bit = |index: u8| usize::from(u128::from(address) >> (127 - index) & 1 == 1);
    let mut node = 0;
    for index in 0..bits - 1 {
        node = match tree[node][bit(index)] {
            Some(Record::Node(next)) => next,
            _ => {
                tree.push([None, None]);
                let next = tree.len() - 1;
                tree[node][bit(index)] = Some(Record::Node(next));
                next
            }
        };
    }
    tree[node][bit(bits - 1)] = Some(Record::Data(offset));
}

fn encode(value: &Value, into: &mut Vec<u8>) {
    let mut head = |kind: u8, size: usize| {
        let size_bits = u8::try_from(size.min(29)).unwrap();
        match kind {
            0..=7 => into.push(kind << 5 | size_bits),
            _ => into.extend([size_bits, kind - 7]),
        }
        if size >= 29 {
            into.push(u8::try_from(size - 29).unwrap());
        }
    };
    match value {
        Value::String(text) => {
            head(2, text.len());
            into.extend(text.bytes());
        }
        Value::Number(number) if number.is_f64() => {
            head(3, 8);
            into.extend(number.as_f64().unwrap().to_be_bytes());
        }
        // Whole numbers have the sizes that the metadata has to have: all but two are of 16 bits.
        Value::Number(number) => {
            head(5, 2);
            into.extend(u16::try_from(number.as_u64().unwrap()).unwrap().to_be_bytes());
        }
        Value::Bool(flag) => head(14, usize::from(*flag)),
        Value::Array(items) => {
            head(11, items.len());
            items.iter().for_each(|item| encode(item, into));
        }
        Value::Object(fields) => {
            head(7, fields.len());
            for (name, field) in fields {
                encode(&Value::from(name.as_str()), into);
                match (name.as_str(), field.as_u64()) {
                    ("node_count", Some(number)) => {
                        into.push(6 << 5 | 4);
                        into.extend(u32::try_from(number).unwrap().to_be_bytes());
                    }
                    ("build_epoch", Some(number)) => {
                        into.extend([8, 9 - 7]);
                        into.extend(number.to_be_bytes());
                    }
                    _ => encode(field, into),
                }
            }
        }
        Value::Null => {}
    }
}

fn hamburg() -> Value {
    json!({
        "city": {"names": {"en": "Hamburg", "de": "Hamburg"}},
        "continent": {"code": "EU"},
        "country": {"iso_code": "DE", "is_in_european_union": true},
        "location": {"latitude": 53.55, "longitude": 9.99, "time_zone": "Europe/Berlin"},
        "postal": {"code": "20095"},
        "subdivisions": [{"iso_code": "HH", "names": {"en": "Hamburg"}}],
    })
}

fn open(file: &[u8]) -> Result<Geography, GeographyError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("places.mmdb");
    std::fs::write(&path, file).unwrap();
    Geography::open(&path)
}

#[test]
fn an_address_has_a_place() {
    let country = json!({"country": {"iso_code": "US"}});
    // Addresses of version 4 are the last 32 bits.
    let geography = open(&database(&[("::203.0.113.0", 120, hamburg()), ("2001:db8::", 32, country)])).unwrap();
    let text = |text: &str| Some(text.to_owned());
    let expected = Place {
        city: text("Hamburg"),
        continent: text("EU"),
        country_code: text("DE"),
        is_eu_country: Some(true),
        latitude: Some(53.55),
        longitude: Some(9.99),
        metro_code: None,
        postal_code: text("20095"),
        region: text("Hamburg"),
        region_code: text("HH"),
        timezone: text("Europe/Berlin"),
    };
    let place = |address: &str| geography.place(address.parse().unwrap());
    assert_eq!(place("203.0.113.255"), expected);
    assert_eq!(place("203.0.114.0"), Place::default());
    assert_eq!(place("2001:db8:1::1"), Place { country_code: text("US"), ..Place::default() });
}

#[test]
fn a_database_that_is_cut_off_anywhere_is_refused() {
    let file = database(&[("::203.0.113.0", 120, hamburg())]);
    assert!(open(&file).is_ok());
    for length in (0..file.len()).step_by(7).chain([file.len() - 1]) {
        let error = open(&file[..length]).expect_err("a whole file is expected").to_string();
        assert!(
            error.contains("places.mmdb") && error.contains("expected a whole file in MaxMind's format"),
            "{error}"
        );
    }
    assert!(open(b"hello").is_err());
    assert!(Geography::open(Path::new("/none.mmdb")).is_err());
}

#[test]
fn an_error_says_its_cause_once() {
    let error = Geography::open(Path::new("/none.mmdb")).unwrap_err();
    let error: &dyn std::error::Error = &error;
    let causes = std::iter::successors(Some(error), |error| error.source());
    let chain: Vec<_> = causes.map(ToString::to_string).collect();
    let cause = chain.last().unwrap();
    assert_eq!((chain.len(), chain.join(": ").matches(cause.as_str()).count()), (2, 1), "{chain:?}");
}
