//! A capability and its dials.

use super::property::Property;

/// Describes a capability, such as reading articles, and its dials.
#[derive(Debug, PartialEq)]
pub struct Feature {
    pub(super) slug: String,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) properties: Vec<Property>,
}

impl Feature {
    /// Returns the id that counters are kept under: unlike the slug, it is meant to survive a renaming.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the slug that plans and answers know the feature by.
    #[must_use]
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// Returns the name that people know the feature by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the feature's dials, in file order.
    #[must_use]
    pub fn properties(&self) -> &[Property] {
        &self.properties
    }
}
