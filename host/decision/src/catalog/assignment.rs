//! Which plans need no workflow.

use std::collections::HashMap;
use std::sync::Arc;

use super::audience::Audience;
use super::plan::{Plan, PlanIndex};

/// Finds the plans that an audience, or the buyers of a product, hold without any workflow.
///
/// All lists are in file order.
#[derive(Debug, Default)]
pub(crate) struct Assignment {
    anonymous: Vec<PlanIndex>,
    authenticated: Vec<PlanIndex>,
    search_crawler: Vec<PlanIndex>,
    ai_bot: Vec<PlanIndex>,
    products: HashMap<Arc<str>, Vec<PlanIndex>>,
}

impl Assignment {
    pub(super) fn new(plans: &[Plan]) -> Self {
        let mut assignment = Self::default();
        for (position, plan) in plans.iter().enumerate() {
            let index = PlanIndex::new(position);
            for audience in plan.assigned_to() {
                assignment.of_audience_mut(*audience).push(index);
            }
            for product in plan.products() {
                assignment.products.entry(Arc::clone(product)).or_default().push(index);
            }
        }
        assignment
    }

    fn of_audience_mut(&mut self, audience: Audience) -> &mut Vec<PlanIndex> {
        match audience {
            Audience::Anonymous => &mut self.anonymous,
            Audience::Authenticated => &mut self.authenticated,
            Audience::SearchCrawler => &mut self.search_crawler,
            Audience::AiBot => &mut self.ai_bot,
        }
    }

    /// Returns the plans of an audience.
    pub(crate) fn of_audience(&self, audience: Audience) -> &[PlanIndex] {
        match audience {
            Audience::Anonymous => &self.anonymous,
            Audience::Authenticated => &self.authenticated,
            Audience::SearchCrawler => &self.search_crawler,
            Audience::AiBot => &self.ai_bot,
        }
    }

    /// Returns the plans of a product, with the catalog's copy of its id, which is cheaper to keep than the given one.
    pub(crate) fn of_product(&self, id: &str) -> Option<(&Arc<str>, &[PlanIndex])> {
        self.products.get_key_value(id).map(|(id, plans)| (id, plans.as_slice()))
    }
}
