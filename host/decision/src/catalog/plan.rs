//! A bundle of property values under one name.

use std::sync::Arc;

use super::audience::Audience;
use super::rank::Rank;
use super::value::Value;

/// Describes a bundle of property values, and who holds it without any workflow.
#[derive(Debug, PartialEq)]
pub struct Plan {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) audiences: Vec<Audience>,
    pub(super) products: Vec<Arc<str>>,
    pub(super) settings: Vec<Setting>,
}

impl Plan {
    /// Returns the slug that workflows and answers know the plan by.
    #[must_use]
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// Returns the name that people know the plan by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns what the plan is about, if the file says so.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// Returns the audiences that hold the plan, in file order.
    #[must_use]
    pub fn assigned_to(&self) -> &[Audience] {
        &self.audiences
    }

    /// Returns the ids of the billing products whose buyers hold the plan, in file order.
    #[must_use]
    pub fn products(&self) -> &[Arc<str>] {
        &self.products
    }

    /// Returns the values that the plan gives, in file order.
    pub(crate) fn settings(&self) -> &[Setting] {
        &self.settings
    }
}

/// Holds the value that a plan gives to one property.
#[derive(Debug, PartialEq)]
pub(crate) struct Setting {
    /// The slot of the property.
    pub(crate) slot: usize,
    /// How the value does against those of other plans.
    pub(crate) rank: Rank,
    pub(crate) value: Value,
}

/// Points to a plan of a catalog.
///
/// It comes from the catalog only, and means nothing to another one. Indexes compare in file order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlanIndex(usize);

impl PlanIndex {
    pub(super) fn new(position: usize) -> Self {
        Self(position)
    }

    pub(super) fn position(self) -> usize {
        self.0
    }
}
