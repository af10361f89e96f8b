//! `[plans.<slug>]`: the plans, who holds them, and what they give.

use std::sync::Arc;

use super::features::{Features, Reference};
use super::message;
use super::node::Node;
use super::report::Report;
use super::table;
use super::values;
use crate::catalog::plan::Setting;
use crate::catalog::{Audience, Plan, Rank};

/// Reads the section.
pub(super) fn read(section: Option<Node<'_>>, features: &Features, report: &mut Report) -> Vec<Plan> {
    let nodes = table::entries(section, report);
    nodes.iter().filter_map(|node| read_plan(node, features, report)).collect()
}

fn read_plan(node: &Node<'_>, features: &Features, report: &mut Report) -> Option<Plan> {
    node.check_slug(report);
    let mut table = node.table(report)?;
    let name = table.take("name").and_then(|node| node.label(report)).unwrap_or(node.name);
    let description = table.take("description").and_then(|node| node.text(report));
    let audiences = table.take("assign").and_then(|node| read_audiences(&node, report));
    let products = table.take("products").and_then(|node| read_products(&node, report));
    let settings = read_settings(table.take("features"), features, report);
    table.finish(report);
    Some(Plan {
        slug: node.name.into(),
        name: name.into(),
        description: description.map(Into::into),
        audiences: audiences.unwrap_or_default(),
        products: products.unwrap_or_default(),
        settings,
    })
}

fn read_audiences(node: &Node<'_>, report: &mut Report) -> Option<Vec<Audience>> {
    node.distinct(Node::word, report)
}

fn read_products(node: &Node<'_>, report: &mut Report) -> Option<Vec<Arc<str>>> {
    let products = node.distinct(Node::label, report)?;
    Some(products.into_iter().map(Arc::from).collect())
}

/// Reads what a plan gives, and checks each value against the property that it is for.
fn read_settings(section: Option<Node<'_>>, features: &Features, report: &mut Report) -> Vec<Setting> {
    let mut settings = Vec::new();
    for feature_node in table::entries(section, report) {
        let feature = match features.feature(feature_node.name) {
            Reference::Known(feature) => feature,
            Reference::Broken => continue,
            Reference::Unknown(known) => {
                report.add(&feature_node.place, "unknown feature", message::one_of(known));
                continue;
            }
        };
        for node in table::entries(Some(feature_node), report) {
            match features.property(feature, node.name) {
                Reference::Known(property) => {
                    let Some(value) = values::read(&node, property.kind(), report) else { continue };
                    let rank = Rank::of(&value, property.kind(), property.wins());
                    settings.push(Setting { slot: property.slot(), rank, value });
                }
                Reference::Broken => {}
                Reference::Unknown(known) => report.add(&node.place, "unknown property", message::one_of(known)),
            }
        }
    }
    settings
}

#[cfg(test)]
mod tests {
    use crate::catalog::read::catalog;
    use crate::catalog::read::tests::check;

    #[test]
    fn plans_refer_to_what_there_is() {
        check(
            "[features.article]\n[features.video]\n[plans.p.features.articel]\nenabled = 'on'\n",
            &["line 3: `plans.p.features.articel`: unknown feature; expected one of `article`, `video`"],
        );
        check(
            "[plans.p.features.article]\n",
            &["line 1: `plans.p.features.article`: unknown feature; expected none, because there is none"],
        );
        check(
            "[features.f.properties]\nads = { type = 'boolean' }\n[plans.p.features.f]\nadz = true\n",
            &["line 4: `plans.p.features.f.adz`: unknown property; expected `ads`"],
        );
        check(
            "[features.f]\n[plans.p.features.f]\nadz = true\n",
            &["line 3: `plans.p.features.f.adz`: unknown property; expected none, because there is none"],
        );
    }

    #[test]
    fn long_lists_are_cut_short() {
        let features: String = (1..=14).map(|number| format!("[features.f{number}]\n")).collect();
        check(
            &format!("{features}[plans.p.features.x]\n"),
            &["line 15: `plans.p.features.x`: unknown feature; expected one of \
             `f1`, `f2`, `f3`, `f4`, `f5`, `f6`, `f7`, `f8`, `f9`, `f10`, `f11`, `f12` and 2 more"],
        );
    }

    #[test]
    fn assignments_name_each_audience_and_product_once() {
        let audiences = "expected one of `anonymous`, `authenticated`, `search-crawler`, `ai-bot`";
        check(
            "[plans.p]\nassign = ['anonymous', 'ai-bot',\n  'anonymous']\n",
            &["line 3: `plans.p.assign`: string `anonymous` twice; expected each value once"],
        );
        check(
            "[plans.p]\nassign = ['bots', 1]\n",
            &[
                &format!("line 2: `plans.p.assign`: string `bots`; {audiences}"),
                &format!("line 2: `plans.p.assign`: integer `1`; {audiences}"),
            ],
        );
        check(
            "[plans.p]\nassign = 'anonymous'\n",
            &["line 2: `plans.p.assign`: string `anonymous`; expected an array"],
        );
        check(
            "[plans.p]\nproducts = ['a', 'b', 'a']\n",
            &["line 2: `plans.p.products`: string `a` twice; expected each value once"],
        );
        check(
            "[plans.p]\nproducts = [' ']\n",
            &["line 2: `plans.p.products`: string ` `; expected a string that is not blank"],
        );
        assert!(catalog("[plans.p]\nproducts = ['a']\n[plans.q]\nproducts = ['a']\n").is_ok());
    }
}
