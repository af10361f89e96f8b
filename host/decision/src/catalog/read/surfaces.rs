//! `[surfaces.<slug>]`: the surfaces and their components.

use super::content;
use super::freeform;
use super::node::Node;
use super::report::Report;
use super::table;
use crate::catalog::{Component, Surface};

/// Reads the section.
pub(super) fn read(section: Option<Node<'_>>, report: &mut Report) -> Vec<Surface> {
    let nodes = table::entries(section, report);
    nodes.iter().filter_map(|node| read_surface(node, report)).collect()
}

fn read_surface(node: &Node<'_>, report: &mut Report) -> Option<Surface> {
    node.check_slug(report);
    let mut table = node.table(report)?;
    let name = table.take("name").and_then(|node| node.label(report)).unwrap_or(node.name);
    let properties = freeform::read(table.take("properties"), report);
    let components = table::entries(table.take("components"), report);
    let components = components.iter().filter_map(|node| read_component(node, report)).collect();
    table.finish(report);
    Some(Surface { slug: node.name.into(), name: name.into(), properties, components })
}

fn read_component(node: &Node<'_>, report: &mut Report) -> Option<Component> {
    node.check_slug(report);
    let mut table = node.table(report)?;
    let css_selector = table.take("css-selector").and_then(|node| node.label(report));
    let content = content::read(table.take("content"), report);
    let properties = freeform::read(table.take("properties"), report);
    table.finish(report);
    Some(Component { key: node.name.into(), css_selector: css_selector.map(Into::into), content, properties })
}
