use usher_guest::{PlanSlugs, Request, workflow};

struct Plan;

impl PlanSlugs for Plan {
    const SLUGS: &'static [&'static str] = &["premium", "free trial"];
}

impl AsRef<str> for Plan {
    fn as_ref(&self) -> &str {
        "premium"
    }
}

impl From<Plan> for String {
    fn from(plan: Plan) -> Self {
        plan.as_ref().to_owned()
    }
}

#[workflow(plans = Plan)]
fn tier(_request: &Request) -> Vec<Plan> {
    vec![Plan]
}

fn main() {}
