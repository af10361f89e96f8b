//! `content` of a component: what clients put into the page around an element.

use serde_json::{Map, Value as Json};
use toml::de::DeValue;

use super::node::Node;
use super::report::Report;
use super::{freeform, message, table};

/// Where elements go, each a list of them.
const LISTS: [&str; 4] = ["before", "prepend", "append", "after"];
/// The types of elements that clients know.
const TYPES: [&str; 4] = ["html", "text", "element", "custom"];
/// What a range to be replaced is described by.
const RANGE: [&str; 3] = ["fromMarker", "toMarker", "replaceWith"];
/// What an element of a site's own has in its `schema`: whose it is, and which.
const SCHEMA: &str = "a string with a `:`";

/// Reads the table; a missing one is empty. Clients leave the page alone when a content is not of this form, so it is
/// looked at here.
pub(super) fn read(section: Option<Node<'_>>, report: &mut Report) -> Map<String, Json> {
    let entries = table::entries(section, report);
    for entry in &entries {
        check_entry(entry, report);
    }
    freeform::read_object(&entries, 1, report)
}

fn check_entry(entry: &Node<'_>, report: &mut Report) {
    match entry.name {
        list if LISTS.contains(&list) => check_elements(entry, report),
        "remove" => {
            entry.boolean(report);
        }
        "replaceRange" => check_range(entry, report),
        unknown => {
            let expected = message::one_of(LISTS.into_iter().chain(["remove", "replaceRange"]));
            report.add(&entry.place, format!("key {}", message::quoted(unknown)), expected);
        }
    }
}

/// What to put in the place of all that is between two markers; either may be missing.
fn check_range(entry: &Node<'_>, report: &mut Report) {
    let Some(mut table) = entry.table(report) else { return };
    let [from, to, with] = RANGE.map(|key| table.take(key));
    if from.is_none() && to.is_none() && with.is_none() {
        report.add(&entry.place, "none of its keys", message::one_of(RANGE));
    }
    for marker in [from, to].iter().flatten() {
        marker.text(report);
    }
    if let Some(with) = with {
        check_elements(&with, report);
    }
    table.finish(report);
}

fn check_elements(list: &Node<'_>, report: &mut Report) {
    for element in list.array(report).iter().flatten() {
        check_element(element, report);
    }
}

fn check_element(element: &Node<'_>, report: &mut Report) {
    let Some(mut table) = element.table(report) else { return };
    let Some(kind) = table.require("type", &message::one_of(TYPES), report) else { return };
    match kind.text(report) {
        Some("html" | "text") => {
            if let Some(content) = table.require("content", "a string", report) {
                content.text(report);
            }
            table.finish(report);
        }
        Some("element") => {
            if let Some(schema) = table.require("schema", SCHEMA, report) {
                check_schema(&schema, report);
            }
            if let Some(props) = table.take("props") {
                props.table(report);
            }
        }
        // What it means is between the operator and their own clients.
        Some("custom") | None => {}
        Some(_) => {
            kind.refuse::<()>(report, message::one_of(TYPES));
        }
    }
}

fn check_schema(schema: &Node<'_>, report: &mut Report) {
    if !matches!(schema.value, DeValue::String(text) if text.contains(':')) {
        schema.refuse::<()>(report, SCHEMA);
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::read::catalog;
    use crate::catalog::read::tests::check;

    const COMPONENT: &str = "[surfaces.page.components.wall.content]\n";

    #[test]
    fn content_has_the_form_that_clients_apply() {
        let sound = "remove = false\nafter = []\n\
            before = [{ type = 'html', content = '<p>' }, { type = 'text', content = '' }]\n\
            append = [{ type = 'element', schema = 'mos:offer@2', props = { a = [1] }, more = 1 }]\n\
            prepend = [{ type = 'element', schema = 'a:b' }, { type = 'custom', anything = { at = 'all' } }]\n";
        let catalog = catalog(&format!("{COMPONENT}{sound}")).unwrap();
        let wall = catalog.surfaces()[0].components().first().unwrap();
        assert_eq!(wall.content()["before"][0]["content"], "<p>");
        assert_eq!(wall.content()["append"][0]["props"]["a"][0], 1);
    }

    #[test]
    fn a_range_has_a_marker_or_something_to_put_there() {
        for range in [
            "{ fromMarker = 'h2' }",
            "{ toMarker = '#end' }",
            "{ replaceWith = [] }",
            "{ fromMarker = 'a', toMarker = 'b', replaceWith = [{ type = 'text', content = 'x' }] }",
        ] {
            assert!(catalog(&format!("{COMPONENT}replaceRange = {range}\n")).is_ok(), "{range}");
        }
    }

    #[track_caller]
    fn check_content(line: &str, key: &str, found_and_expected: &str) {
        let place = format!("line 2: `surfaces.page.components.wall.content.{key}`");
        check(&format!("{COMPONENT}{line}\n"), &[&format!("{place}: {found_and_expected}")]);
    }

    #[test]
    fn content_of_another_form_is_refused() {
        let lists = "one of `before`, `prepend`, `append`, `after`, `remove`, `replaceRange`";
        check_content("before = 'x'", "before", "string `x`; expected an array");
        check_content("before = ['x']", "before", "string `x`; expected a table");
        check_content("remove = 1", "remove", "integer `1`; expected `true` or `false`");
        check_content("remove = 'true'", "remove", "string `true`; expected `true` or `false`");
        check_content("inside = []", "inside", &format!("key `inside`; expected {lists}"));
    }

    #[test]
    fn elements_of_another_form_are_refused() {
        let types = "one of `html`, `text`, `element`, `custom`";
        for (element, key, found_and_expected) in [
            ("type = 'image'", "type", format!("string `image`; expected {types}")),
            ("type = 'HTML', content = ''", "type", format!("string `HTML`; expected {types}")),
            ("type = 1", "type", "integer `1`; expected a string".to_owned()),
            ("content = 'x'", "type", format!("missing; expected {types}")),
            ("type = 'html'", "content", "missing; expected a string".to_owned()),
            ("type = 'text', content = 5", "content", "integer `5`; expected a string".to_owned()),
            ("type = 'html', content = ['a']", "content", "array; expected a string".to_owned()),
            ("type = 'text', content = '', x = 1", "x", "unknown key; expected one of `type`, `content`".to_owned()),
            ("type = 'element'", "schema", "missing; expected a string with a `:`".to_owned()),
            ("type = 'element', schema = 'x'", "schema", "string `x`; expected a string with a `:`".to_owned()),
            ("type = 'element', schema = 1", "schema", "integer `1`; expected a string with a `:`".to_owned()),
            ("type = 'element', schema = 'a:b', props = []", "props", "array; expected a table".to_owned()),
        ] {
            check_content(&format!("append = [{{ {element} }}]"), &format!("append.{key}"), &found_and_expected);
            let range = format!("replaceRange = {{ replaceWith = [{{ {element} }}] }}");
            check_content(&range, &format!("replaceRange.replaceWith.{key}"), &found_and_expected);
        }
    }

    #[test]
    fn ranges_of_another_form_are_refused() {
        let keys = "one of `fromMarker`, `toMarker`, `replaceWith`";
        check_content("replaceRange = []", "replaceRange", "array; expected a table");
        check_content("replaceRange = {}", "replaceRange", &format!("none of its keys; expected {keys}"));
        for (range, key, found_and_expected) in [
            ("fromMarker = 5", "fromMarker", "integer `5`; expected a string"),
            ("toMarker = []", "toMarker", "array; expected a string"),
            ("replaceWith = 'x'", "replaceWith", "string `x`; expected an array"),
            ("replaceWith = ['x']", "replaceWith", "string `x`; expected a table"),
            ("toMarker = 'p', from = 'p'", "from", &format!("unknown key; expected {keys}")),
        ] {
            check_content(&format!("replaceRange = {{ {range} }}"), &format!("replaceRange.{key}"), found_and_expected);
        }
    }
}
