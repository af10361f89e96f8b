//! Naming the plans asks for no more.

#![forbid(unsafe_code)]
#![deny(warnings, dead_code, missing_docs, unreachable_pub, unused_qualifications, rust_2018_idioms)]

#[path = "../plan.rs"]
mod plan;

use plan::Plan;
use usher_guest::{Request, workflow};

#[workflow(plans = Plan)]
fn tier(request: &Request) -> Plan {
    if request.identity().is_authenticated() { Plan::Registered } else { Plan::Premium }
}

fn main() {}
