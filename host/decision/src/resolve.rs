//! From the plans of one decision to one value per feature property.

use crate::catalog::Rank;
use crate::{Catalog, Feature, Plan, PlanIndex, Property, Provisioning, Value};

/// Holds the outcome of one decision: for each feature property the plan whose value won.
///
/// Where several plans set a property, its [`Wins`](crate::Wins) rule decides:
///
/// | kind | what is higher |
/// | --- | --- |
/// | number | the larger number |
/// | boolean | `true` |
/// | string | what comes later in the property's `order` |
/// | meterable | `on`, then the larger allowance, then `off` |
///
/// The allowance of a meter is what it comes to per day. A day has 24 hours, a week 7 days, a month 30; what is given
/// once in a lifetime comes to nothing per day. If two meters allow the same per day, the larger limit is higher.
/// All of this is compared exactly, without rounding.
///
/// If values are equally high, the plan that was granted first wins. A property that none of the plans sets has its
/// fallback value.
///
/// It does not borrow the catalog, but belongs to it: use it with no other.
#[derive(Debug, Clone)]
pub struct Resolution {
    /// What won each property, by the property's slot; nothing where no plan sets it.
    choices: Vec<Option<Choice>>,
}

/// Points to the value that won a property: the `position`-th of those that `plan` sets.
#[derive(Debug, Clone, Copy)]
struct Choice {
    plan: PlanIndex,
    position: usize,
    rank: Rank,
}

impl Resolution {
    /// Resolves the provisioned plans, property by property.
    #[must_use]
    pub fn of(catalog: &Catalog, plans: &Provisioning) -> Self {
        let mut choices: Vec<Option<Choice>> = vec![None; catalog.property_count()];
        for plan in plans.plans() {
            let settings = catalog.plan(plan).map(Plan::settings).unwrap_or_default();
            for (position, setting) in settings.iter().enumerate() {
                let Some(choice) = choices.get_mut(setting.slot) else { continue };
                if choice.is_none_or(|choice| setting.rank > choice.rank) {
                    *choice = Some(Choice { plan, position, rank: setting.rank });
                }
            }
        }
        Self { choices }
    }

    /// Returns all features with what their properties came to, in the order of the catalog.
    ///
    /// The catalog must be the one that was resolved. With any other nothing panics, but the values mean nothing.
    pub fn features<'a>(&'a self, catalog: &'a Catalog) -> impl ExactSizeIterator<Item = ResolvedFeature<'a>> {
        catalog.features().iter().map(move |feature| ResolvedFeature { resolution: self, catalog, feature })
    }
}

/// Holds one feature with what its properties came to.
#[derive(Debug, Clone, Copy)]
pub struct ResolvedFeature<'a> {
    resolution: &'a Resolution,
    catalog: &'a Catalog,
    feature: &'a Feature,
}

impl<'a> ResolvedFeature<'a> {
    /// Returns the feature.
    #[must_use]
    pub fn feature(&self) -> &'a Feature {
        self.feature
    }

    /// Returns all properties of the feature with what they came to, in the order of the catalog.
    pub fn properties(&self) -> impl ExactSizeIterator<Item = Resolved<'a>> + use<'a> {
        let Self { resolution, catalog, feature } = *self;
        feature.properties().iter().map(move |property| Resolved::of(resolution, catalog, property))
    }
}

/// Holds what one property came to.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Resolved<'a> {
    /// The property.
    pub property: &'a Property,
    /// Its value. There is none if no plan sets the property and it has no fallback.
    pub value: Option<&'a Value>,
    /// The plan whose value won. There is none if the value is the fallback.
    pub decided_by: Option<&'a Plan>,
    /// Whether no plan sets the property, so that it has its fallback value, or none.
    pub is_fallback: bool,
}

impl<'a> Resolved<'a> {
    fn of(resolution: &Resolution, catalog: &'a Catalog, property: &'a Property) -> Self {
        let winner = resolution.choices.get(property.slot()).copied().flatten().and_then(|choice| {
            let plan = catalog.plan(choice.plan)?;
            Some((plan, &plan.settings().get(choice.position)?.value))
        });
        match winner {
            Some((plan, value)) => Self { property, value: Some(value), decided_by: Some(plan), is_fallback: false },
            None => Self { property, value: property.fallback(), decided_by: None, is_fallback: true },
        }
    }
}

#[cfg(test)]
mod tests;
