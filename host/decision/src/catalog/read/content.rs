//! `content` of a component: what clients put into the page around an element.

use serde_json::{Map, Value as Json};

use super::node::Node;
use super::report::Report;
use super::{freeform, message, table};

/// Where elements go, each a list of them.
const LISTS: [&str; 4] = ["before", "prepend", "append", "after"];
/// The types of elements that clients know.
const TYPES: [&str; 4] = ["html", "text", "element", "custom"];

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
        list if LISTS.contains(&list) => {
            for element in entry.array(report).iter().flatten() {
                check_element(element, report);
            }
        }
        "remove" => {
            entry.boolean(report);
        }
        "replaceRange" => {
            entry.table(report);
        }
        unknown => {
            let expected = message::one_of(LISTS.into_iter().chain(["remove", "replaceRange"]));
            report.add(&entry.place, format!("key {}", message::quoted(unknown)), expected);
        }
    }
}

fn check_element(element: &Node<'_>, report: &mut Report) {
    let Some(mut table) = element.table(report) else { return };
    let Some(kind) = table.require("type", &message::one_of(TYPES), report) else { return };
    if kind.text(report).is_some_and(|kind| !TYPES.contains(&kind)) {
        kind.refuse::<()>(report, message::one_of(TYPES));
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::read::catalog;
    use crate::catalog::read::tests::check;

    const COMPONENT: &str = "[surfaces.page.components.wall.content]\n";

    #[test]
    fn content_has_the_form_that_clients_apply() {
        let sound = "remove = false\nbefore = [{ type = 'html', content = '<p>' }, { type = 'text', content = 'x' }]\nafter = []\n";
        let catalog = catalog(&format!("{COMPONENT}{sound}")).unwrap();
        let wall = catalog.surfaces()[0].components().first().unwrap();
        assert_eq!(wall.content()["before"][0]["content"], "<p>");
    }

    #[test]
    fn content_of_another_form_is_refused() {
        let types = "one of `html`, `text`, `element`, `custom`";
        for (line, found, expected) in [
            ("before = 'x'", "string `x`", "an array"),
            ("before = ['x']", "string `x`", "a table"),
            ("before = [{ type = 'image' }]", "string `image`", types),
            ("before = [{ content = 'x' }]", "missing", types),
            ("remove = 1", "integer `1`", "`true` or `false`"),
            ("replaceRange = []", "array", "a table"),
            ("inside = []", "key `inside`", "one of `before`, `prepend`, `append`, `after`, `remove`, `replaceRange`"),
        ] {
            let key = line.split_once(' ').unwrap().0;
            let kind = if expected == types { ".type" } else { "" };
            let place = format!("line 2: `surfaces.page.components.wall.content.{key}{kind}`");
            check(&format!("{COMPONENT}{line}\n"), &[&format!("{place}: {found}; expected {expected}")]);
        }
    }
}
