//! What an environment offers: features, plans, surfaces, and how visitors are recognized.

mod assignment;
mod audience;
mod difference;
mod error;
mod feature;
mod jwt;
mod ladder;
mod plan;
mod property;
mod rank;
mod read;
mod surface;
mod value;
mod word;
mod workflow;

use std::collections::HashMap;
use std::sync::Arc;

use crate::Calendar;
use assignment::Assignment;

pub use audience::Audience;
pub use difference::{Change, Difference, Part};
pub use error::{CatalogError, Problem};
pub use feature::Feature;
pub use jwt::{JwtAlgorithm, JwtIntegration, JwtKeys};
pub use ladder::{FailureKind, FailureLadder, FailurePolicy};
pub use plan::{Plan, PlanIndex};
pub use property::{Property, PropertyKind, Wins};
pub(crate) use rank::Rank;
pub use surface::{Component, Surface};
pub use value::{Meter, Period, Value};
pub use workflow::{Breaker, WorkflowRules};

/// Holds all features, plans, surfaces, static assignments and variables of one environment.
///
/// A catalog is valid once it exists, and never changes. It comes from a TOML file that people write and keep under
/// version control; the order of that file is kept everywhere (a table that has its own header is where its header is).
/// An empty file is a valid catalog, which is also the default: one that offers nothing.
///
#[doc = concat!("```toml\n", include_str!("catalog/format.toml"), "```\n")]
///
/// ```
/// let catalog = usher_decision::Catalog::parse("[plans.premium]\nname = 'Premium'\n")?;
/// assert_eq!(catalog.plans()[0].name(), "Premium");
///
/// let error = usher_decision::Catalog::parse("[plans.premium]\nnmae = 'Premium'\n").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "line 2: `plans.premium.nmae`: unknown key; \
///      expected one of `name`, `description`, `assign`, `products`, `features`",
/// );
/// # Ok::<(), usher_decision::CatalogError>(())
/// ```
#[derive(Debug, Default)]
pub struct Catalog {
    features: Vec<Feature>,
    /// How many properties all features have together. INVARIANT: their slots are the numbers below it.
    property_count: usize,
    plans: Vec<Plan>,
    plan_indexes: HashMap<Box<str>, PlanIndex>,
    assignment: Assignment,
    workflows: HashMap<Box<str>, Arc<WorkflowRules>>,
    /// What holds for all other workflows.
    other_workflows: Arc<WorkflowRules>,
    surfaces: Vec<Surface>,
    surface_positions: HashMap<Box<str>, usize>,
    jwt_integrations: Vec<JwtIntegration>,
    variables: Vec<(String, String)>,
    calendar: Calendar,
}

impl Catalog {
    /// Reads a catalog from the text of its TOML file.
    ///
    /// # Errors
    ///
    /// Fails if the text is not TOML or not a valid catalog. The error holds every problem of the file.
    pub fn parse(text: &str) -> Result<Self, CatalogError> {
        read::catalog(text)
    }

    /// Returns all features, in file order.
    #[must_use]
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// Returns all plans, in file order.
    #[must_use]
    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }

    /// Returns the plan with this index.
    ///
    /// An index that this catalog gave out always has its plan. There may be none for that of another catalog.
    #[must_use]
    pub fn plan(&self, index: PlanIndex) -> Option<&Plan> {
        self.plans.get(index.position())
    }

    /// Returns the index of the plan with this slug.
    #[must_use]
    pub fn plan_by_slug(&self, slug: &str) -> Option<PlanIndex> {
        self.plan_indexes.get(slug).copied()
    }

    /// Returns what the file says about the workflow with this slug, or the default when it says nothing.
    #[must_use]
    pub fn workflow(&self, slug: &str) -> &Arc<WorkflowRules> {
        self.workflows.get(slug).unwrap_or(&self.other_workflows)
    }

    /// Returns all surfaces, in file order.
    #[must_use]
    pub fn surfaces(&self) -> &[Surface] {
        &self.surfaces
    }

    /// Returns the surface with this slug.
    #[must_use]
    pub fn surface(&self, slug: &str) -> Option<&Surface> {
        self.surfaces.get(*self.surface_positions.get(slug)?)
    }

    /// Returns how JWTs are verified: every integration of the file, in file order.
    #[must_use]
    pub fn jwt_integrations(&self) -> &[JwtIntegration] {
        &self.jwt_integrations
    }

    /// Returns all variables with their values, in file order.
    pub fn variables(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns when the periods of meters begin.
    #[must_use]
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// Returns how many properties all features have together.
    pub(crate) fn property_count(&self) -> usize {
        self.property_count
    }

    /// Returns which plans need no workflow.
    pub(crate) fn assignment(&self) -> &Assignment {
        &self.assignment
    }
}

#[cfg(test)]
mod tests;
