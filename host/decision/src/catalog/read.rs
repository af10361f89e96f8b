//! From the text of a catalog file to a catalog, or to everything that is wrong with it.

mod content;
mod document;
mod duration;
mod features;
mod freeform;
mod jwt;
mod message;
mod node;
mod plans;
mod properties;
mod report;
mod surfaces;
mod table;
mod time_zone;
mod values;
mod variables;
mod workflows;

use std::sync::Arc;

use super::assignment::Assignment;
use super::{Catalog, CatalogError, PlanIndex};
use report::Report;
use table::Table;

/// Reads a catalog file. Each section has a file of its own, which alone knows what the section may hold.
pub(super) fn catalog(text: &str) -> Result<Catalog, CatalogError> {
    let mut report = Report::new(text);
    let Some(document) = document::parse(text, &mut report) else { return Err(report.into_error()) };
    let mut root = Table::root(&document, &report);

    let calendar = time_zone::read(root.take("time-zone"), &mut report);
    let features = features::read(root.take("features"), &mut report);
    let plans = plans::read(root.take("plans"), &features, &mut report);
    let workflows = workflows::read(root.take("workflows"), &plans, &mut report);
    let surfaces = surfaces::read(root.take("surfaces"), &mut report);
    let jwt_integrations = jwt::read(root.take("jwt"), &mut report);
    let variables = variables::read(root.take("variables"), &mut report);
    root.finish(&mut report);

    if report.has_problems() {
        return Err(report.into_error());
    }
    Ok(Catalog {
        property_count: features.property_count(),
        features: features.into_features(),
        plan_indexes: (0..).zip(&plans).map(|(at, plan)| (plan.slug().into(), PlanIndex::new(at))).collect(),
        assignment: Assignment::new(&plans),
        workflows,
        other_workflows: Arc::default(),
        plans,
        surface_positions: (0..).zip(&surfaces).map(|(at, surface)| (surface.slug().into(), at)).collect(),
        surfaces,
        jwt_integrations,
        variables,
        calendar,
    })
}

#[cfg(test)]
mod tests;
