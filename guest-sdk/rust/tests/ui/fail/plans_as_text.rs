#[path = "../plan.rs"]
mod plan;

use plan::Plan;
use usher_guest::{Request, workflow};

#[workflow(plans = "Plan")]
fn tier(_request: &Request) -> Plan {
    Plan::Premium
}

fn main() {}
