//! Says which plans it can return, from a crate as strict as any: the claim `premium` brings one of the two.
#![forbid(unsafe_code)]
#![deny(warnings, missing_docs, unreachable_pub, unused_qualifications, rust_2018_idioms)]

use usher_guest::{PlanSlugs, Request, workflow};

#[derive(Clone, Copy)]
enum Plan {
    Premium,
    Registered,
}

impl PlanSlugs for Plan {
    const SLUGS: &'static [&'static str] = &["premium", "registered"];
}

impl AsRef<str> for Plan {
    fn as_ref(&self) -> &str {
        match self {
            Self::Premium => "premium",
            Self::Registered => "registered",
        }
    }
}

impl From<Plan> for String {
    fn from(plan: Plan) -> Self {
        plan.as_ref().to_owned()
    }
}

#[workflow(plans = Plan)]
fn declares_plans(request: &Request) -> Plan {
    if request.claim("premium") == Some(true) { Plan::Premium } else { Plan::Registered }
}
