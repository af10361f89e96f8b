//! What is different between two releases: what the catalog says, and the workflows.

use serde::Serialize;
use usher_host::{Catalog, CatalogChange};
use usher_store::{Enabled, Snapshot, StoredWorkflow};
use utoipa::ToSchema;

/// What has become of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(in crate::admin) struct DifferenceView {
    /// `plan`, `property`, `workflow`, `workflow-rules`, `surface`, `jwt-integration`, `variable`, `calendar`; or `catalog`, where
    /// one of the two cannot be read by this version.
    part: &'static str,
    name: String,
    /// `added`, `removed` or `changed`.
    change: &'static str,
    /// What of it is another one, as in `article.ads: true → false`, where that is taken apart.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<String>,
}

/// Everything that is different from one to the other. Before the first there was nothing.
pub(super) fn differences(before: Option<&Snapshot>, after: &Snapshot) -> Vec<DifferenceView> {
    let nothing = Snapshot::default();
    let before = before.unwrap_or(&nothing);
    let mut found = of_catalogs(before, after);
    let find = |among: &Snapshot, slug: &str| among.workflows.iter().find(|found| found.slug.as_str() == slug).cloned();
    for old in &before.workflows {
        let slug = old.slug.as_str();
        found.extend(match find(after, slug) {
            None => Some(of_workflow(slug, "removed", Vec::new())),
            Some(new) => Some(changes(old, &new))
                .filter(|details| !details.is_empty())
                .map(|details| of_workflow(slug, "changed", details)),
        });
    }
    for new in &after.workflows {
        let slug = new.slug.as_str();
        if find(before, slug).is_none() {
            found.push(of_workflow(slug, "added", Vec::new()));
        }
    }
    found
}

fn of_catalogs(before: &Snapshot, after: &Snapshot) -> Vec<DifferenceView> {
    let parsed = |snapshot: &Snapshot| Catalog::parse(snapshot.catalog.as_deref().unwrap_or_default());
    let (Ok(old), Ok(new)) = (parsed(before), parsed(after)) else {
        let is_other = before.catalog != after.catalog;
        let view =
            DifferenceView { part: "catalog", name: "catalog".to_owned(), change: "changed", details: Vec::new() };
        return is_other.then_some(view).into_iter().collect();
    };
    let view = |difference: usher_host::CatalogDifference| DifferenceView {
        part: difference.part.name(),
        change: difference.change.name(),
        name: difference.name,
        details: match difference.change {
            CatalogChange::Changed(details) => details,
            CatalogChange::Added | CatalogChange::Removed => Vec::new(),
        },
    };
    old.differences(&new).into_iter().map(view).collect()
}

fn of_workflow(slug: &str, change: &'static str, details: Vec<String>) -> DifferenceView {
    DifferenceView { part: "workflow", name: slug.to_owned(), change, details }
}

fn changes(old: &StoredWorkflow, new: &StoredWorkflow) -> Vec<String> {
    let number = |number: Option<u64>| number.map_or_else(|| "the host's".to_owned(), |number| number.to_string());
    let enabled = |workflow: &StoredWorkflow| if workflow.enabled == Enabled::Yes { "yes" } else { "no" };
    let short = |workflow: &StoredWorkflow| workflow.digest.as_str().chars().take(12).collect::<String>();
    let parts = [
        ("module", short(old), short(new)),
        ("enabled", enabled(old).to_owned(), enabled(new).to_owned()),
        ("fuel", number(old.limits.fuel), number(new.limits.fuel)),
        ("deadlineMs", number(old.limits.deadline_ms), number(new.limits.deadline_ms)),
        ("memoryBytes", number(old.limits.memory_bytes), number(new.limits.memory_bytes)),
    ];
    let other = parts.into_iter().filter(|(_, old, new)| old != new);
    other.map(|(part, old, new)| format!("{part}: {old} → {new}")).collect()
}
