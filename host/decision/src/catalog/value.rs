//! What a plan gives for a property.

use std::sync::Arc;

use super::meter::Meter;

/// Holds what a plan gives for a property, or what its fallback is.
///
/// In a catalog, the variant always fits the property's [`PropertyKind`](crate::PropertyKind).
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// The value of a meterable property.
    Meter(Meter),
    /// The value of a number property; always finite.
    Number(f64),
    /// The value of a boolean property.
    Boolean(bool),
    /// The value of a string property; always one of its `order`.
    Text(Arc<str>),
}
