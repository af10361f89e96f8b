//! `[features.<slug>.properties.<slug>]`: the properties of features.

use std::sync::Arc;

use super::message;
use super::node::Node;
use super::report::{Place, Report};
use super::table::Table;
use super::values;
use crate::catalog::word::Word;
use crate::catalog::{Meter, Property, PropertyKind, Value, Wins};

/// Reads a property. Its slot is the number of properties before it.
pub(super) fn read(node: &Node<'_>, feature_id: &str, slot: usize, report: &mut Report) -> Option<Property> {
    let mut table = node.table(report)?;
    let types = message::one_of(Type::ALL.iter().map(|kind| kind.word()));
    let kind = table.require("type", &types, report).and_then(|node| node.word(report));
    let wins = table.take("wins").and_then(|node| node.word(report)).unwrap_or(Wins::Higher);
    let fallback = table.take("fallback");
    let kind = read_kind(kind, &mut table, report);
    table.finish(report);

    let kind = kind?;
    let fallback = match fallback {
        Some(node) => values::read(&node, &kind, report),
        None => matches!(kind, PropertyKind::Meterable { .. }).then_some(Value::Meter(Meter::Off)),
    };
    let counter_id = format!("default:{feature_id}.{}", node.name);
    Some(Property { slug: node.name.into(), kind, wins, fallback, counter_id, slot })
}

/// Names the kinds of properties, as `type` does.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Type {
    Meterable,
    Number,
    Boolean,
    String,
}

impl Word for Type {
    const ALL: &'static [Self] = &[Self::Meterable, Self::Number, Self::Boolean, Self::String];

    fn word(self) -> &'static str {
        match self {
            Self::Meterable => "meterable",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::String => "string",
        }
    }
}

/// Reads the keys that only some kinds of properties have.
fn read_kind(kind: Option<Type>, table: &mut Table<'_>, report: &mut Report) -> Option<PropertyKind> {
    let place = table.place.clone();
    let mut only_for = |key, wanted: Type, report: &mut Report| {
        let node = table.take(key)?;
        if kind.is_none_or(|kind| kind == wanted) {
            return Some(node);
        }
        let expected = format!("this key only where `type` is `{}`", wanted.word());
        report.add(&node.place, "key that does not fit", expected);
        None
    };
    let unique_resources = only_for("unique-resources", Type::Meterable, report);
    let unique_resources = unique_resources.and_then(|node| node.boolean(report)).unwrap_or(false);
    let order = only_for("order", Type::String, report);
    match kind? {
        Type::Meterable => Some(PropertyKind::Meterable { unique_resources }),
        Type::Number => Some(PropertyKind::Number),
        Type::Boolean => Some(PropertyKind::Boolean),
        Type::String => match order {
            Some(node) => read_order(&node, report).map(|order| PropertyKind::String { order }),
            None => {
                let place = Place { key: message::path(&place.key, "order"), ..place };
                report.add(&place, "missing", "all values of the string, the lowest first, to tell which of two wins");
                None
            }
        },
    }
}

fn read_order(node: &Node<'_>, report: &mut Report) -> Option<Vec<Arc<str>>> {
    let values = node.distinct(Node::text, report)?;
    if values.is_empty() {
        report.add(&node.place, "empty array", "at least one value");
        return None;
    }
    Some(values.into_iter().map(Arc::from).collect())
}

#[cfg(test)]
mod tests {
    use crate::catalog::read::tests::check;

    /// Checks the problem that this part of a property has, together with a sound type.
    #[track_caller]
    fn check_property(kind: &str, rest: &str, expected: &[&str]) {
        check(&format!("[features.article.properties.x]\ntype = \"{kind}\"\n{rest}\n"), expected);
    }

    #[test]
    fn properties_have_a_known_type() {
        check(
            "[features.a.properties.x]\n",
            &["line 1: `features.a.properties.x.type`: missing; \
             expected one of `meterable`, `number`, `boolean`, `string`"],
        );
        check_property(
            "text",
            "order = []",
            &["line 2: `features.article.properties.x.type`: string `text`; \
             expected one of `meterable`, `number`, `boolean`, `string`"],
        );
    }

    #[test]
    fn conflict_keys_must_fit_the_type() {
        check_property(
            "number",
            "wins = 'highest'",
            &["line 3: `features.article.properties.x.wins`: string `highest`; expected one of `higher`, `lower`"],
        );
        for kind in ["meterable", "number", "boolean"] {
            check_property(
                kind,
                "order = ['sd']",
                &["line 3: `features.article.properties.x.order`: key that does not fit; \
                 expected this key only where `type` is `string`"],
            );
        }
        for (kind, order) in [("string", "order = ['sd']"), ("number", ""), ("boolean", "")] {
            check_property(
                kind,
                &format!("unique-resources = true\n{order}"),
                &["line 3: `features.article.properties.x.unique-resources`: key that does not fit; \
                 expected this key only where `type` is `meterable`"],
            );
        }
        check_property(
            "meterable",
            "unique-resources = 'yes'",
            &["line 3: `features.article.properties.x.unique-resources`: string `yes`; expected `true` or `false`"],
        );
    }

    #[test]
    fn strings_need_an_order() {
        check_property(
            "string",
            "",
            &["line 1: `features.article.properties.x.order`: missing; \
             expected all values of the string, the lowest first, to tell which of two wins"],
        );
        check_property(
            "string",
            "order = []",
            &["line 3: `features.article.properties.x.order`: empty array; expected at least one value"],
        );
        check_property(
            "string",
            "order = 'sd'",
            &["line 3: `features.article.properties.x.order`: string `sd`; expected an array"],
        );
        check_property(
            "string",
            "order = [\n  'sd',\n  'hd',\n  'sd',\n]",
            &["line 6: `features.article.properties.x.order`: string `sd` twice; expected each value once"],
        );
        check_property(
            "string",
            "order = ['sd', 1]",
            &["line 3: `features.article.properties.x.order`: integer `1`; expected a string"],
        );
    }

    #[test]
    fn fallbacks_must_fit_the_type() {
        let key = "line 3: `features.article.properties.x.fallback`";
        check_property(
            "meterable",
            "fallback = 'always'",
            &[&format!(
                "{key}: string `always`; \
                 expected `\"on\"`, `\"off\"` or a limit such as `{{ limit = 3, per = \"month\" }}`"
            )],
        );
        check_property("number", "fallback = '3'", &[&format!("{key}: string `3`; expected a number")]);
        check_property("boolean", "fallback = 0", &[&format!("{key}: integer `0`; expected `true` or `false`")]);
        check_property(
            "string",
            "fallback = '4k'\norder = ['sd', 'hd']",
            &[&format!("{key}: string `4k`; expected one of `sd`, `hd`")],
        );
    }
}
