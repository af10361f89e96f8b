#[path = "../plan.rs"]
mod plan;

use plan::Plan;
use usher_guest::{Request, workflow};

#[workflow(plans = Plan)]
async fn tier(_request: &Request) -> Result<Vec<String>, String> {
    Ok(vec![Plan::Premium.into()])
}

fn main() {}
