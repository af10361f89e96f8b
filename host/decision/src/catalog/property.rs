//! One dial of a feature.

use std::sync::Arc;

use super::value::Value;
use super::word::Word;

/// Describes one dial of a feature: what it can be set to, and what holds where plans overlap or are silent.
#[derive(Debug, PartialEq)]
pub struct Property {
    pub(super) slug: String,
    pub(super) kind: PropertyKind,
    pub(super) wins: Wins,
    pub(super) fallback: Option<Value>,
    pub(super) counter_id: String,
    /// The property's number among all properties of the catalog: where arrays have what belongs to it.
    pub(super) slot: usize,
}

impl Property {
    /// Returns the slug that plans and answers know the property by.
    #[must_use]
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// Returns what the property can be set to.
    #[must_use]
    pub fn kind(&self) -> &PropertyKind {
        &self.kind
    }

    /// Returns which value wins where plans overlap.
    #[must_use]
    pub fn wins(&self) -> Wins {
        self.wins
    }

    /// Returns what holds if no plan sets the property. A meterable property always has a fallback.
    #[must_use]
    pub fn fallback(&self) -> Option<&Value> {
        self.fallback.as_ref()
    }

    /// Returns the id of the counter that a meterable property is counted with: `default:<feature id>.<slug>`.
    #[must_use]
    pub fn counter_id(&self) -> &str {
        &self.counter_id
    }

    /// Returns the property's number among all properties of the catalog, the first being 0.
    #[must_use]
    pub fn slot(&self) -> usize {
        self.slot
    }
}

/// Says what a property can be set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PropertyKind {
    /// Off, on, or so much per period.
    Meterable {
        /// Whether each resource counts only once.
        unique_resources: bool,
    },
    /// A finite number.
    Number,
    /// True or false.
    Boolean,
    /// One of a few texts.
    String {
        /// All values the property can have, the lowest first; at least one, each once.
        order: Vec<Arc<str>>,
    },
}

/// Says which value of a property wins where plans overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Wins {
    /// The higher value wins.
    #[default]
    Higher,
    /// The lower value wins.
    Lower,
}

impl Word for Wins {
    const ALL: &'static [Self] = &[Self::Higher, Self::Lower];

    fn word(self) -> &'static str {
        match self {
            Self::Higher => "higher",
            Self::Lower => "lower",
        }
    }
}
