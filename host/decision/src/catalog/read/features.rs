//! `[features.<slug>]`: the features, and what plans can refer to.

use std::collections::{HashMap, HashSet};

use super::message;
use super::node::{self, Node};
use super::properties;
use super::report::Report;
use super::table::{self, Table};
use crate::catalog::{Feature, Property};

/// The longest id of a feature: longer than a slug, because the default is a slug with something in front.
const LONGEST_ID: usize = 128;

/// The path of the section.
const SECTION: &str = "features";

/// Holds the features of a file, for plans to refer to.
#[derive(Debug, Default)]
pub(super) struct Features {
    features: Vec<Feature>,
    positions: HashMap<String, usize>,
    property_count: usize,
    /// The paths of what is in the file, but not in order: features, properties, tables of them. All of it has been
    /// reported, and that a plan refers to it is no other problem.
    broken: HashSet<String>,
}

/// Says what a plan refers to.
#[derive(Debug)]
pub(super) enum Reference<'f, T> {
    /// This one.
    Known(&'f T),
    /// Something that is in the file, but has been reported already.
    Broken,
    /// Nothing that there is; these are the slugs that there are.
    Unknown(Vec<&'f str>),
}

impl Features {
    /// Returns how many properties all features have together.
    pub(super) fn property_count(&self) -> usize {
        self.property_count
    }

    /// Returns all features, in file order.
    pub(super) fn into_features(self) -> Vec<Feature> {
        self.features
    }

    /// Finds a feature.
    pub(super) fn feature(&self, slug: &str) -> Reference<'_, Feature> {
        match self.positions.get(slug).and_then(|position| self.features.get(*position)) {
            Some(feature) => Reference::Known(feature),
            None if self.is_broken(&[SECTION, &feature_path(slug)]) => Reference::Broken,
            None => Reference::Unknown(self.features.iter().map(Feature::slug).collect()),
        }
    }

    /// Finds a property of a feature.
    pub(super) fn property<'f>(&self, feature: &'f Feature, slug: &str) -> Reference<'f, Property> {
        match feature.properties().iter().find(|property| property.slug() == slug) {
            Some(property) => Reference::Known(property),
            None => {
                let properties = message::path(&feature_path(feature.slug()), "properties");
                if self.is_broken(&[&properties, &message::path(&properties, slug)]) {
                    return Reference::Broken;
                }
                Reference::Unknown(feature.properties().iter().map(Property::slug).collect())
            }
        }
    }

    fn is_broken(&self, paths: &[&str]) -> bool {
        paths.iter().any(|path| self.broken.contains(*path))
    }

    /// Reads a table whose keys are for the operator to choose, and notes down if it is no table.
    fn entries<'d>(&mut self, node: Option<Node<'d>>, report: &mut Report) -> Vec<Node<'d>> {
        if let Some(node) = node.as_ref().filter(|node| !node.value.is_table()) {
            self.broken.insert(node.place.key.clone());
        }
        table::entries(node, report)
    }
}

fn feature_path(slug: &str) -> String {
    message::path(SECTION, slug)
}

/// Reads the section.
pub(super) fn read(section: Option<Node<'_>>, report: &mut Report) -> Features {
    let mut all = Features::default();
    let mut ids = HashMap::new();
    for node in all.entries(section, report) {
        node.check_slug(report);
        match node.table(report) {
            Some(table) => {
                let feature = read_feature(node.name, table, &mut all, &mut ids, report);
                all.positions.insert(feature.slug.clone(), all.features.len());
                all.features.push(feature);
            }
            None => {
                all.broken.insert(node.place.key);
            }
        }
    }
    all
}

fn read_feature(
    slug: &str,
    mut table: Table<'_>,
    all: &mut Features,
    ids: &mut HashMap<String, String>,
    report: &mut Report,
) -> Feature {
    let name = table.take("name").and_then(|node| node.label(report)).unwrap_or(slug);
    let id = read_id(slug, &mut table, ids, report);
    let mut properties = Vec::new();
    for node in all.entries(table.take("properties"), report) {
        node.check_slug(report);
        match properties::read(&node, &id, all.property_count, report) {
            Some(property) => {
                all.property_count += 1;
                properties.push(property);
            }
            None => {
                all.broken.insert(node.place.key);
            }
        }
    }
    table.finish(report);
    Feature { slug: slug.into(), id, name: name.into(), properties }
}

/// Reads the id of a feature. `ids` holds those of the features before it, with their slugs.
fn read_id(slug: &str, table: &mut Table<'_>, ids: &mut HashMap<String, String>, report: &mut Report) -> String {
    let node = table.take("id");
    let given = node.as_ref().and_then(|node| match node.text(report)? {
        id if node::is_slug(id, LONGEST_ID) => Some(id),
        _ => node.refuse(report, node::slug_rule(LONGEST_ID)),
    });
    let id = given.map_or_else(|| format!("feat_{slug}"), String::from);
    if let Some(other) = ids.insert(id.clone(), slug.into()) {
        let place = node.as_ref().map_or(&table.place, |node| &node.place);
        let found = format!("id {}, which feature {} has already", message::quoted(&id), message::quoted(&other));
        report.add(place, found, "an id of its own");
    }
    id
}

#[cfg(test)]
mod tests {
    use crate::catalog::read::catalog;
    use crate::catalog::read::tests::check;

    #[test]
    fn ids_of_features_are_unique() {
        check(
            "[features.a]\nid = 'x'\n[features.b]\nid = 'x'\n",
            &["line 4: `features.b.id`: id `x`, which feature `a` has already; expected an id of its own"],
        );
        check(
            "[features.a]\nid = 'feat_b'\n[features.b]\n",
            &["line 3: `features.b`: id `feat_b`, which feature `a` has already; expected an id of its own"],
        );
        check(
            "[features.a]\nid = 'x.y'\n",
            &["line 2: `features.a.id`: string `x.y`; expected 1 to 128 ASCII letters, digits, `-` or `_`, \
             the first a letter or digit"],
        );
    }

    #[test]
    fn ids_have_a_length() {
        let longest = "x".repeat(128);
        assert!(catalog(&format!("[features.a]\nid = '{longest}'\n")).is_ok());
        check(
            &format!("[features.a]\nid = 'x{longest}'\n"),
            &[&format!(
                "line 2: `features.a.id`: string `{}…`; expected 1 to 128 ASCII letters, digits, `-` or `_`, \
                 the first a letter or digit",
                "x".repeat(60)
            )],
        );
    }

    #[test]
    fn what_is_broken_is_reported_once() {
        let text = "[features]\nf = 1\n[features.g.properties]\nx = { type = 'string' }\n\
                    [plans.p.features.f]\ny = 1\n[plans.p.features.g]\nx = 'hd'\n";
        check(
            text,
            &[
                "line 2: `features.f`: integer `1`; expected a table",
                "line 4: `features.g.properties.x.order`: missing; \
             expected all values of the string, the lowest first, to tell which of two wins",
            ],
        );
    }

    #[test]
    fn what_is_in_a_broken_table_is_not_reported() {
        check("features = 1\n[plans.p.features.f]\nx = 1\n", &["line 1: `features`: integer `1`; expected a table"]);
        check(
            "[features.f]\nproperties = 1\n[plans.p.features.f]\nx = 1\n",
            &["line 2: `features.f.properties`: integer `1`; expected a table"],
        );
    }
}
