//! What a plan or a fallback gives for a property.

use toml::de::DeValue;

use super::message;
use super::node::Node;
use super::report::Report;
use crate::catalog::word::Word;
use crate::catalog::{Meter, Period, PropertyKind, Value};

/// The largest limit of a meter.
const LARGEST_LIMIT: u64 = 1_000_000_000_000;

/// The largest integer up to which a 64-bit float has every integer.
const LARGEST_EXACT: u64 = 1 << 53;

/// Reads a value that fits the kind of its property.
pub(super) fn read(node: &Node<'_>, kind: &PropertyKind, report: &mut Report) -> Option<Value> {
    match kind {
        PropertyKind::Meterable { .. } => read_meter(node, report).map(Value::Meter),
        PropertyKind::Number => read_number(node, report).map(Value::Number),
        PropertyKind::Boolean => node.boolean(report).map(Value::Boolean),
        PropertyKind::String { order } => {
            let known = match node.value {
                DeValue::String(text) => order.iter().find(|known| ***known == **text),
                _ => None,
            };
            match known {
                Some(text) => Some(Value::Text(text.clone())),
                None => node.refuse(report, message::one_of(order.iter().map(AsRef::as_ref))),
            }
        }
    }
}

fn read_meter(node: &Node<'_>, report: &mut Report) -> Option<Meter> {
    match node.value {
        DeValue::String(text) if text == "on" => Some(Meter::On),
        DeValue::String(text) if text == "off" => Some(Meter::Off),
        DeValue::Table(_) => {
            let mut table = node.table(report)?;
            let limit = table.require("limit", &format!("an integer from 0 to {LARGEST_LIMIT}"), report);
            let limit = limit.and_then(|node| node.integer(LARGEST_LIMIT, report));
            let periods = message::one_of(Period::ALL.iter().map(|period| period.word()));
            let per = table.require("per", &periods, report).and_then(|node| node.word(report));
            table.finish(report);
            Some(Meter::Metered { limit: limit?, per: per? })
        }
        _ => node.refuse(report, "`\"on\"`, `\"off\"` or a limit such as `{ limit = 3, per = \"month\" }`"),
    }
}

/// Reads a number: a finite float, or an integer that a float has without rounding.
fn read_number(node: &Node<'_>, report: &mut Report) -> Option<f64> {
    match node.value {
        DeValue::Integer(integer) => {
            let exact = i64::from_str_radix(integer.as_str(), integer.radix())
                .ok()
                .filter(|integer| integer.unsigned_abs() <= LARGEST_EXACT)
                // The way over text is the one conversion that needs no cast.
                .and_then(|integer| integer.to_string().parse().ok());
            exact.or_else(|| node.refuse(report, format!("an integer from -{LARGEST_EXACT} to {LARGEST_EXACT}")))
        }
        // Adding 0 turns a negative zero, which is equal but looks different, into a positive one.
        DeValue::Float(float) => match float.as_str().parse::<f64>() {
            Ok(number) if number.is_finite() => Some(number + 0.0),
            _ => node.refuse(report, "a finite number"),
        },
        _ => node.refuse(report, "a number"),
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::read::catalog;
    use crate::catalog::read::tests::check;

    const METERABLE: &str = "{ type = 'meterable' }";
    const NUMBER: &str = "{ type = 'number' }";
    const BOOLEAN: &str = "{ type = 'boolean' }";
    const STRING: &str = "{ type = 'string', order = ['sd', 'hd'] }";

    /// Checks the problem that this value has in a plan, for a property of this definition.
    #[track_caller]
    fn check_value(property: &str, value: &str, expected: &str) {
        let text = format!("[features.f.properties]\nx = {property}\n[plans.p.features.f]\nx = {value}\n");
        check(&text, &[&format!("line 4: `plans.p.features.f.x`: {expected}")]);
    }

    /// Checks that this value is fine in a plan, for a property of this definition.
    #[track_caller]
    fn check_fine(property: &str, value: &str) {
        let text = format!("[features.f.properties]\nx = {property}\n[plans.p.features.f]\nx = {value}\n");
        assert_eq!(catalog(&text).map_err(|error| error.to_string()).map(drop), Ok(()));
    }

    #[test]
    fn meters_are_on_off_or_a_limit() {
        let expected = "expected `\"on\"`, `\"off\"` or a limit such as `{ limit = 3, per = \"month\" }`";
        check_value(METERABLE, "true", &format!("boolean `true`; {expected}"));
        check_value(METERABLE, "'ON'", &format!("string `ON`; {expected}"));
        check_value(METERABLE, "3", &format!("integer `3`; {expected}"));
    }

    #[test]
    fn limits_are_integers_per_period() {
        #[track_caller]
        fn check_limit(limit: &str, expected: &[&str]) {
            let text = format!("[features.f.properties]\nx = {METERABLE}\n[plans.p.features.f.x]\n{limit}\n");
            check(&text, expected);
        }
        let limit = "line 4: `plans.p.features.f.x.limit`";
        let range = "expected an integer from 0 to 1000000000000";
        let periods = "expected one of `lifetime`, `hour`, `day`, `week`, `month`";

        check_fine(METERABLE, "{ limit = 0, per = 'lifetime' }");
        check_fine(METERABLE, "{ limit = 1_000_000_000_000, per = 'hour' }");
        check_fine(METERABLE, "{ limit = 0xff, per = 'hour' }");
        check_limit(
            "per = 'day'\nlimit = 1_000_000_000_001",
            &[&format!("line 5: `plans.p.features.f.x.limit`: integer `1000000000001`; {range}")],
        );
        check_limit("limit = -1\nper = 'day'", &[&format!("{limit}: integer `-1`; {range}")]);
        check_limit("limit = 3.0\nper = 'day'", &[&format!("{limit}: float `3.0`; {range}")]);
        check_limit(
            "limit = 3\nper = 'year'",
            &[&format!("line 5: `plans.p.features.f.x.per`: string `year`; {periods}")],
        );
        check_limit("limit = 3", &[&format!("line 3: `plans.p.features.f.x.per`: missing; {periods}")]);
        check_limit("per = 'day'", &[&format!("line 3: `plans.p.features.f.x.limit`: missing; {range}")]);
    }

    #[test]
    fn unknown_keys_of_a_limit_are_refused() {
        let text = "[features.f.properties]\nx = { type = 'meterable' }\n\
                    [plans.p.features.f]\nx = { limit = 1, per = 'day', of = 'week' }\n";
        check(text, &["line 4: `plans.p.features.f.x.of`: unknown key; expected one of `limit`, `per`"]);
    }

    #[test]
    fn numbers_are_finite_and_exact() {
        check_fine(NUMBER, "4");
        check_fine(NUMBER, "-0.5");
        check_fine(NUMBER, "9007199254740992");
        check_fine(NUMBER, "-9007199254740992");
        check_fine(NUMBER, "0x1F");
        let range = "expected an integer from -9007199254740992 to 9007199254740992";
        check_value(NUMBER, "9007199254740993", &format!("integer `9007199254740993`; {range}"));
        check_value(NUMBER, "-9007199254740993", &format!("integer `-9007199254740993`; {range}"));
        check_value(NUMBER, "inf", "float `inf`; expected a finite number");
        check_value(NUMBER, "nan", "float `nan`; expected a finite number");
        check_value(NUMBER, "1e999", "float `1e999`; expected a finite number");
        check_value(NUMBER, "'4'", "string `4`; expected a number");
    }

    #[test]
    fn booleans_and_strings_are_of_their_type() {
        check_value(BOOLEAN, "'on'", "string `on`; expected `true` or `false`");
        check_value(STRING, "'uhd'", "string `uhd`; expected one of `sd`, `hd`");
        check_value(STRING, "1", "integer `1`; expected one of `sd`, `hd`");
        check_value("{ type = 'string', order = ['sd'] }", "'hd'", "string `hd`; expected `sd`");
    }
}
