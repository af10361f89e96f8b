//! Which plans one decision grants, and where each of them came from.

use std::fmt;
use std::sync::Arc;

use crate::{Audience, Catalog, PlanIndex, Visitor};

/// Holds the plans that one decision grants, in the order of their first grant, each with its origins.
///
/// It only ever grows: static plans come first, then workflows add theirs. A plan that is granted again is not
/// repeated, but the new origin is recorded, so that the answer can say everything that led to a plan.
///
/// It does not borrow the catalog, but belongs to it: use it with no other.
///
/// ```
/// use usher_decision::{Catalog, Origin, Provisioning, UserType, Visitor};
///
/// let catalog = Catalog::parse("[plans.reader]\nassign = ['authenticated']\n[plans.premium]\n")?;
/// let visitor = Visitor { user_type: UserType::Authenticated, verified_bot: None, product_ids: &[] };
///
/// let mut provisioning = Provisioning::of_static(&catalog, &visitor);
/// provisioning.grant(&catalog, "premium", Origin::Workflow("trial".into()))?;
///
/// let granted = provisioning.plans().filter_map(|plan| catalog.plan(plan));
/// assert_eq!(granted.map(|plan| plan.slug()).collect::<Vec<_>>(), ["reader", "premium"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provisioning {
    /// INVARIANT: no two of them are of the same plan.
    grants: Vec<Grant>,
}

impl Provisioning {
    /// Returns the plans that need no workflow, in the order of the catalog.
    ///
    /// These are the plans assigned to the visitor's audiences (see [`Audience`] for who belongs to which) and those
    /// assigned to the visitor's products. Products that no plan names are nothing to Usher, and are ignored.
    #[must_use]
    pub fn of_static(catalog: &Catalog, visitor: &Visitor<'_>) -> Self {
        let assignment = catalog.assignment();
        let mut earned = Vec::new();
        for audience in visitor.audiences() {
            earned.extend(assignment.of_audience(audience).iter().map(|plan| (*plan, Origin::Auto(audience))));
        }
        for id in visitor.product_ids {
            let Some((product, plans)) = assignment.of_product(id) else { continue };
            earned.extend(plans.iter().map(|plan| (*plan, Origin::Product(Arc::clone(product)))));
        }
        // The sort is stable: the origins of one plan stay in the order in which they were found.
        earned.sort_by_key(|(plan, _)| *plan);

        let mut grants: Vec<Grant> = Vec::new();
        for (plan, origin) in earned {
            match grants.last_mut() {
                Some(last) if last.plan == plan => last.record(origin),
                _ => grants.push(Grant::new(plan, origin)),
            }
        }
        Self { grants }
    }

    /// Adds the plan with this slug, or one more origin to it if it is granted already.
    ///
    /// # Errors
    ///
    /// Fails if the catalog has no plan with this slug, and then changes nothing.
    pub fn grant(&mut self, catalog: &Catalog, slug: &str, origin: Origin) -> Result<(), UnknownPlan> {
        let plan = catalog.plan_by_slug(slug).ok_or_else(|| UnknownPlan { slug: slug.into() })?;
        match self.grants.iter_mut().find(|grant| grant.plan == plan) {
            Some(grant) => grant.record(origin),
            None => self.grants.push(Grant::new(plan, origin)),
        }
        Ok(())
    }

    /// Returns the granted plans, each once, in the order of their first grant.
    pub fn plans(&self) -> impl Iterator<Item = PlanIndex> {
        self.grants.iter().map(Grant::plan)
    }

    /// Returns the granted plans with their origins, in the order of their first grant.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }
}

/// Holds one granted plan with everything that led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    plan: PlanIndex,
    /// INVARIANT: there is at least one, and no two are equal.
    origins: Vec<Origin>,
}

impl Grant {
    fn new(plan: PlanIndex, origin: Origin) -> Self {
        Self { plan, origins: vec![origin] }
    }

    fn record(&mut self, origin: Origin) {
        if !self.origins.contains(&origin) {
            self.origins.push(origin);
        }
    }

    /// Returns the plan that is granted.
    #[must_use]
    pub fn plan(&self) -> PlanIndex {
        self.plan
    }

    /// Returns what led to the grant: at least one origin, each once, the earliest first.
    #[must_use]
    pub fn origins(&self) -> &[Origin] {
        &self.origins
    }
}

/// Says what led to the grant of a plan.
///
/// Its text form is the one that diagnostics show: `auto:anonymous`, `product:prod_1`, `workflow:tier`,
/// `workflow:tier/last-good`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The plan is assigned to an audience that the visitor belongs to.
    Auto(Audience),
    /// The plan is assigned to a billing product that the visitor has; this is its id.
    Product(Arc<str>),
    /// A workflow returned the plan; this is the workflow's slug.
    Workflow(Arc<str>),
    /// This workflow failed, and had returned the plan for the same user before.
    LastGood(Arc<str>),
    /// This workflow failed, and the catalog grants the plan in its place.
    FallbackPlans(Arc<str>),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto(audience) => write!(f, "auto:{audience}"),
            Self::Product(id) => write!(f, "product:{id}"),
            Self::Workflow(slug) => write!(f, "workflow:{slug}"),
            Self::LastGood(slug) => write!(f, "workflow:{slug}/last-good"),
            Self::FallbackPlans(slug) => write!(f, "workflow:{slug}/fallback-plans"),
        }
    }
}

/// Says that a workflow named a plan that the catalog does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the catalog has no plan `{}`", slug.escape_debug())]
pub struct UnknownPlan {
    slug: String,
}

impl UnknownPlan {
    /// Returns the slug that names no plan, exactly as it was given.
    #[must_use]
    pub fn slug(&self) -> &str {
        &self.slug
    }
}

#[cfg(test)]
mod tests;
