//! Everything that is made of the enum can be returned, and the enum may stand anywhere.

#[path = "../plan.rs"]
mod plan;

mod list {
    use usher_guest::{Request, workflow};

    use crate::plan::Plan;

    #[workflow(plans = Plan)]
    fn tier(_request: &Request) -> Vec<Plan> {
        vec![Plan::Premium]
    }
}

mod array {
    #[usher_guest::workflow(plans = crate::plan::Plan,)]
    fn tier(_request: &usher_guest::Request) -> [crate::plan::Plan; 2] {
        [crate::plan::Plan::Premium, crate::plan::Plan::Registered]
    }
}

mod slice {
    use crate::plan::Plan as Tier;
    use usher_guest::{Request, workflow};

    #[workflow(plans = Tier)]
    fn tier(_request: &Request) -> &'static [Tier] {
        &[Tier::Premium]
    }
}

mod one {
    use usher_guest::{Request, workflow};

    #[workflow(plans = super::plan::Plan)]
    fn tier(_request: Request) -> super::plan::Plan {
        super::plan::Plan::Premium
    }
}

mod optional_and_async {
    use crate::plan::Plan;
    use usher_guest::{Request, workflow};

    #[workflow(plans = Plan)]
    async fn tier(request: &Request) -> Option<Plan> {
        (request.claim("premium") == Some(true)).then_some(Plan::Premium)
    }
}

mod fallible_and_async {
    use crate::plan::Plan;
    use usher_guest::{Request, identity, workflow};

    #[workflow(plans = Plan)]
    async fn tier(request: &Request) -> Result<Vec<Plan>, identity::ReadError> {
        let tier: Option<String> = identity::read_custom_data(&request.identity().user(), "plan")?;
        Ok(tier.map(|_| Plan::Registered).into_iter().collect())
    }
}

fn main() {}
