//! From text to a TOML document.

use std::collections::HashMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue, Error};

use super::message;
use super::report::{Place, Report};

/// What the parser says about a key that is in its table already.
const DUPLICATE: &str = "duplicate key";

/// Parses a TOML document, or reports why that fails.
///
/// Of what is not TOML at all only the first problem is reported, because the others are often its echo. Keys that
/// are defined twice are all reported, with their full path.
pub(super) fn parse<'t>(text: &'t str, report: &mut Report) -> Option<DeTable<'t>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Some(document.into_inner());
    }
    let (duplicates, others): (Vec<_>, Vec<_>) = errors.iter().partition(|error| error.message() == DUPLICATE);
    for (span, key) in key_paths(text, duplicates.iter().filter_map(|error| error.span()).collect()) {
        report.add(&Place { line: report.line_of(span.start), key }, "defined twice", "each key once");
    }
    let start = |error: &&Error| error.span().unwrap_or_default().start;
    if let Some(error) = others.into_iter().min_by_key(start) {
        let line = report.line_of(start(&error));
        let (found, expected) = match error.message().split_once(", expected ") {
            Some((found, expected)) if expected != "nothing" => (found, expected),
            Some((found, _)) => (found, "valid TOML"),
            None => (error.message(), "valid TOML"),
        };
        report.add(&Place { line, key: String::new() }, found, expected);
    }
    None
}

/// Finds the dotted paths of the surplus keys at these places.
///
/// The parser says where a surplus key is, but leaves it out of the document. So each gets another name that nothing
/// else has, and then the document is parsed again: whatever the notation, the key now is where it belongs.
fn key_paths(text: &str, mut spans: Vec<Range<usize>>) -> Vec<(Range<usize>, String)> {
    let mut marker = String::from("surplus");
    while text.contains(&marker) {
        marker = marker.repeat(2);
    }
    spans.sort_by_key(|span| span.start);
    spans.dedup();

    let mut marked = String::with_capacity(text.len());
    let mut names = HashMap::new();
    let mut rest = 0;
    for span in &spans {
        let (Some(before), Some(name)) = (text.get(rest..span.start), text.get(span.clone())) else { continue };
        let stand_in = format!("{marker}{}", span.start);
        marked.push_str(before);
        marked.push_str(&stand_in);
        names.insert(stand_in, (span.start, name.trim_matches(['"', '\''])));
        rest = span.end;
    }
    marked.push_str(text.get(rest..).unwrap_or_default());

    let (document, _) = DeTable::parse_recoverable(&marked);
    let mut paths = paths_of(document.get_ref(), &names);
    spans.into_iter().map(|span| (span.clone(), paths.remove(&span.start).unwrap_or_default())).collect()
}

/// Finds the paths of the keys that stand in for a name, by the offset of that name.
fn paths_of(document: &DeTable<'_>, names: &HashMap<String, (usize, &str)>) -> HashMap<usize, String> {
    let mut paths = HashMap::new();
    // Tables can be nested deeper than a stack bears, so that this is no recursion.
    let mut pending = vec![(String::new(), document)];
    while let Some((table_path, table)) = pending.pop() {
        for (key, value) in table {
            let key: &str = key.get_ref();
            let surplus = names.get(key);
            let path = message::path(&table_path, surplus.map_or(key, |(_, name)| name));
            if let Some((start, _)) = surplus {
                paths.insert(*start, path.clone());
            }
            match value.get_ref() {
                DeValue::Table(table) => pending.push((path, table)),
                DeValue::Array(array) => {
                    let tables = array.iter().filter_map(|element| element.get_ref().as_table());
                    pending.extend(tables.map(|table| (path.clone(), table)));
                }
                _ => {}
            }
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use crate::catalog::read::tests::check;

    #[test]
    fn keys_that_are_defined_twice_are_refused_with_their_path() {
        check(
            "[plans.premium]\n\n[plans.premium]\n",
            &["line 3: `plans.premium`: defined twice; expected each key once"],
        );
        check(
            "[plans.p]\nname = 'a'\n'name' = 'b'\n",
            &["line 3: `plans.p.name`: defined twice; expected each key once"],
        );
        check(
            "[features.f.properties]\nx.type = 'number'\ny.type = 'number'\nx.type = 'string'\n",
            &["line 4: `features.f.properties.x.type`: defined twice; expected each key once"],
        );
        check(
            "[plans.p.features.f]\nx = { limit = 1, limit = 2 }\n",
            &["line 2: `plans.p.features.f.x.limit`: defined twice; expected each key once"],
        );
        check("[[plans]]\na = 1\na = 2\n", &["line 3: `plans.a`: defined twice; expected each key once"]);
        check(
            "surplus = 1\n[plans.a]\n[plans.a]\n[plans.b]\n[plans.b]\n[plans.b.features]\nx = 1\nx = 2\n",
            &[
                "line 3: `plans.a`: defined twice; expected each key once",
                "line 5: `plans.b`: defined twice; expected each key once",
                "line 8: `plans.b.features.x`: defined twice; expected each key once",
            ],
        );
    }

    #[test]
    fn what_is_not_toml_is_one_problem() {
        check(
            "[plans.p]\nname = premium\ndescription = all\n",
            &["line 2: string values must be quoted; expected literal string"],
        );
        check("[plans.p]\r\n\r\nname =\r\n", &["line 3: string values must be quoted; expected literal string"]);
        check("[plans.p\n", &["line 1: unclosed table; expected `]`"]);
        check("[plans.p]\nname = \"\"\"\nabc", &["line 3: invalid multi-line basic string; expected `\"`"]);
        check("[plans.p]\nname = 'a\n'\n", &["line 2: invalid literal string; expected `'`"]);
        check("a = 1\nb = [1,\n\n", &["line 2: unclosed array; expected `]`"]);
        check("\na = 2020-13-45\n", &["line 2: invalid date; expected month between 01 and 12"]);
        check(
            "features = { a = 1 }\n[features.b]\n",
            &["line 2: cannot extend value of type inline table with a dotted key; expected valid TOML"],
        );
        check(
            &format!("\na = {}", "[".repeat(200)),
            &["line 2: cannot recurse further; max recursion depth met; expected valid TOML"],
        );
    }

    #[test]
    fn surplus_keys_come_out_together_with_what_is_not_toml() {
        check(
            "[plans.a]\n[plans.a]\nname = premium\n",
            &[
                "line 2: `plans.a`: defined twice; expected each key once",
                "line 3: string values must be quoted; expected literal string",
            ],
        );
    }
}
