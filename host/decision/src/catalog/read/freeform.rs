//! Tables that mean nothing to Usher, and go to the site as JSON.

use serde_json::{Map, Value as Json};
use toml::de::DeValue;

use super::node::Node;
use super::report::Report;
use super::table;

/// How many tables and arrays may be inside one another: fewer than JSON parsers of any language put up with.
const DEEPEST: usize = 64;

/// Reads a table as JSON; a missing one is empty. Dates and times, which JSON does not have, become strings.
pub(super) fn read(section: Option<Node<'_>>, report: &mut Report) -> Map<String, Json> {
    let nodes = table::entries(section, report);
    read_object(&nodes, 1, report)
}

/// Reads the keys of a table that is inside `depth` tables and arrays, itself included.
pub(super) fn read_object(nodes: &[Node<'_>], depth: usize, report: &mut Report) -> Map<String, Json> {
    nodes.iter().filter_map(|node| Some((node.name.into(), read_json(node, depth, report)?))).collect()
}

fn read_json(node: &Node<'_>, depth: usize, report: &mut Report) -> Option<Json> {
    match node.value {
        DeValue::Array(_) | DeValue::Table(_) if depth == DEEPEST => {
            node.refuse(report, format!("at most {DEEPEST} tables and arrays inside one another"))
        }
        DeValue::String(text) => Some(Json::String(text.as_ref().into())),
        DeValue::Boolean(boolean) => Some(Json::Bool(*boolean)),
        DeValue::Datetime(datetime) => Some(Json::String(datetime.to_string())),
        DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(integer) => Some(Json::from(integer)),
            Err(_) => node.refuse(report, "an integer of at most 64 bits"),
        },
        DeValue::Float(float) => match float.as_str().parse().ok().and_then(serde_json::Number::from_f64) {
            Some(number) => Some(Json::Number(number)),
            None => node.refuse(report, "a finite number, because JSON has no other"),
        },
        DeValue::Array(_) => {
            let elements = node.array(report)?;
            Some(elements.iter().filter_map(|element| read_json(element, depth + 1, report)).collect())
        }
        DeValue::Table(_) => {
            let nodes = node.table(report)?.into_entries();
            Some(Json::Object(read_object(&nodes, depth + 1, report)))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::read::catalog;
    use crate::catalog::read::tests::check;

    #[test]
    fn free_form_properties_must_fit_into_json() {
        check("[surfaces.s]\nproperties = 1\n", &["line 2: `surfaces.s.properties`: integer `1`; expected a table"]);
        check(
            "[surfaces.s.properties]\na.b = [1,\n  { c = nan }]\n",
            &["line 3: `surfaces.s.properties.a.b.c`: float `nan`; \
             expected a finite number, because JSON has no other"],
        );
        assert!(catalog("[surfaces.s.components.c.properties]\na = 9223372036854775807\n").is_ok());
        check(
            "[surfaces.s.components.c.properties]\na = 9223372036854775808\n",
            &["line 2: `surfaces.s.components.c.properties.a`: integer `9223372036854775808`; \
             expected an integer of at most 64 bits"],
        );
    }

    #[test]
    fn free_form_properties_have_a_depth() {
        let nested = |arrays| format!("[surfaces.s.properties]\na = {}{}\n", "[".repeat(arrays), "]".repeat(arrays));
        assert!(catalog(&nested(63)).is_ok());
        check(
            &nested(64),
            &["line 2: `surfaces.s.properties.a`: array; expected at most 64 tables and arrays inside one another"],
        );
        let dotted = vec!["a"; 40].join(".");
        let path = vec!["a"; 64].join(".");
        check(
            &format!("[surfaces.s.properties]\n{dotted} = {{ {dotted} = 1 }}\n"),
            &[&format!(
                "line 2: `surfaces.s.properties.{path}`: table; \
                 expected at most 64 tables and arrays inside one another"
            )],
        );
    }

    #[test]
    fn deep_files_do_not_exhaust_the_stack() {
        let dotted = vec!["a"; 70].join(".");
        let [open, close] = [format!("{dotted} = {{ "), " }".to_owned()].map(|part| part.repeat(15));
        assert!(catalog(&format!("[surfaces.s.properties]\n{open}b = 1{close}\n")).is_err());
        assert!(catalog(&format!("[surfaces.s.properties]\n{open}b = 1, b = 2{close}\n")).is_err());
    }
}
