//! `[variables]`: what workflows read through `env`.

use super::message;
use super::node::Node;
use super::report::Report;
use super::table;

/// The longest name of a variable, in characters.
const LONGEST_NAME: usize = 64;

/// Reads the section.
pub(super) fn read(section: Option<Node<'_>>, report: &mut Report) -> Vec<(String, String)> {
    let nodes = table::entries(section, report);
    nodes.iter().filter_map(|node| read_variable(node, report)).collect()
}

fn read_variable(node: &Node<'_>, report: &mut Report) -> Option<(String, String)> {
    if !is_name(node.name) {
        let expected = format!("1 to {LONGEST_NAME} ASCII letters, digits or `_`, the first no digit");
        report.add(&node.place, format!("key {}", message::quoted(node.name)), expected);
    }
    Some((node.name.into(), node.text(report)?.into()))
}

fn is_name(text: &str) -> bool {
    text.len() <= LONGEST_NAME
        && text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
}

#[cfg(test)]
mod tests {
    use crate::catalog::read::catalog;
    use crate::catalog::read::tests::check;

    #[test]
    fn variables_are_strings_with_plain_names() {
        let longest = "A".repeat(64);
        assert!(catalog(&format!("[variables]\n_a1 = ''\n{longest} = 'x'\n")).is_ok());
        let rule = "expected 1 to 64 ASCII letters, digits or `_`, the first no digit";
        check("[variables]\n1A = 'x'\n", &[&format!("line 2: `variables.1A`: key `1A`; {rule}")]);
        check("[variables]\nA-B = 'x'\n", &[&format!("line 2: `variables.A-B`: key `A-B`; {rule}")]);
        check(
            &format!("[variables]\nA{longest} = 'x'\n"),
            &[&format!("line 2: `variables.A{longest}`: key `{}…`; {rule}", "A".repeat(60))],
        );
        check("[variables]\nA = 1\n", &["line 2: `variables.A`: integer `1`; expected a string"]);
    }
}
