//! The whole access check in process, from the request's JSON to the answer's.

use std::iter::repeat_n;

use crate::checked::{body, catalog, check, host};
use crate::clock::{Case, in_turns};
use crate::jobs::Job;
use crate::now::now;
use crate::row::Row;

pub(crate) fn rows() -> Vec<Row> {
    let (workflow, body) = (Job::Rules.workflow(), body());
    let case = |name, workflows| {
        let (host, body) = (host(catalog(), repeat_n(workflow.clone(), workflows)), body.clone());
        Case::new(name, move || now(check(&host, &body)))
    };
    let cases = [case("no workflow", 0), case("1 workflow", 1), case("3 workflows", 3), case("10 workflows", 10)];
    let [none, one, three, ten] = in_turns(cases);
    vec![
        Row::of("access check", &none),
        Row::of("access check", &one),
        Row::of("access check", &three).ratio(three.ratio_to(&one), "1 workflow", None),
        Row::of("access check", &ten).ratio(ten.ratio_to(&one), "1 workflow", 8.0),
    ]
}
