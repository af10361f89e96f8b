//! From text to a TOML document.

use toml::de::{DeTable, Error};

use super::report::{Place, Report};

/// What the parser says about a key that is in its table already.
const DUPLICATE: &str = "duplicate key";

/// Parses a TOML document, or reports why that fails.
///
/// Of what is not TOML at all only the first problem is reported, because the others are often its echo. Keys that
/// are defined twice are all reported, as they stand in the text: the parser leaves them out of the document, so that
/// nothing is known of the tables around them.
pub(super) fn parse<'t>(text: &'t str, report: &mut Report) -> Option<DeTable<'t>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Some(document.into_inner());
    }
    let (duplicates, others): (Vec<_>, Vec<_>) = errors.iter().partition(|error| error.message() == DUPLICATE);
    for span in duplicates.iter().filter_map(|error| error.span()) {
        let key = text.get(span.clone()).unwrap_or_default().into();
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

#[cfg(test)]
mod tests {
    use crate::catalog::read::tests::check;

    #[test]
    fn keys_that_are_defined_twice_are_all_refused() {
        check("[plans.premium]\n\n[plans.premium]\n", &["line 3: `premium`: defined twice; expected each key once"]);
        check("[plans.p]\nname = 'a'\n'name' = 'b'\n", &["line 3: `'name'`: defined twice; expected each key once"]);
        check(
            "[features.f.properties]\nx.type = 'number'\ny.type = 'number'\nx.type = 'string'\n",
            &["line 4: `type`: defined twice; expected each key once"],
        );
        check(
            "[plans.p.features.f]\nx = { limit = 1, limit = 2 }\n",
            &["line 2: `limit`: defined twice; expected each key once"],
        );
        check("[[plans]]\na = 1\na = 2\n", &["line 3: `a`: defined twice; expected each key once"]);
        check(
            "surplus = 1\n[plans.a]\n[plans.a]\n[plans.b]\n[plans.b]\n[plans.b.features]\nx = 1\nx = 2\n",
            &[
                "line 3: `a`: defined twice; expected each key once",
                "line 5: `b`: defined twice; expected each key once",
                "line 8: `x`: defined twice; expected each key once",
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
                "line 2: `a`: defined twice; expected each key once",
                "line 3: string values must be quoted; expected literal string",
            ],
        );
    }
}
