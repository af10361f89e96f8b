//! The curves: what grows, what is measured, and what is promised of it.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use usher_decision::{Origin, Provisioning, Resolution, UserType, Visitor};
use usher_sandbox::request::{Identity, Request};
use usher_sandbox::{Evaluation, Limits, NoLookups, Outcome, Run, Variables, Workflow};
use usher_tests::jobs;

use super::curve::{Bound, Burst, Curve, Shape, burst, in_rounds};
use super::table::time;
use super::{distinct, held};
use crate::catalogs;
use crate::checked::{body, catalog, check, host};
use crate::now::now;
use crate::sandbox::SANDBOX;

/// What two processes that hold the same differ by at most, because one lies in memory as it happens to lie.
const NOISE: f64 = 1.05;

/// Workflows that the process has loaded, of which one is active.
pub(crate) fn loaded() -> Curve {
    let points = in_rounds(held::holders(&[1, 10, 100, 1_000, 10_000]));
    let mut curve = curve("loaded workflows", "workflows in the process", Shape::Flat, points);
    let found = curve.at(10_000.0).ratio;
    curve.bounds = vec![Bound { what: format!("10 000 loaded ÷ 1, with noise of {NOISE}"), found, most: 1.1 * NOISE }];
    curve
}

/// Workflows that every decision runs, each of a module of its own.
pub(crate) fn active() -> Curve {
    let load = |artifact| SANDBOX.load(&artifact, Limits::default()).expect("the job loads");
    let workflows: Vec<_> = distinct::artifacts(0..32).map(load).collect();
    let size = |active: u8| {
        let host = host(catalog(), workflows.iter().take(active.into()).cloned());
        (f64::from(active), whole_check(host))
    };
    let points = in_rounds([1, 2, 4, 8, 10, 16, 32].map(size).into());
    let mut curve = curve("active workflows", "workflows in a decision", Shape::Proportional, points);
    let (ten, all) = (curve.at(10.0).ratio, curve.at(32.0).ratio);
    curve.bounds = vec![
        Bound { what: "10 active ÷ 1".to_owned(), found: ten, most: 8.0 },
        Bound { what: "32 active ÷ 32, to 1".to_owned(), found: all / 32.0, most: 1.0 },
    ];
    curve
}

/// What a kB of claims may cost, in decisions on next to none: twice what was measured.
const CLAIMS_KB: f64 = 1.1;

/// The size of the claims that the job `tier` has to read, in the sandbox alone.
pub(crate) fn claims() -> Curve {
    let wasm = std::fs::read(jobs::TIER).expect("the jobs are built");
    let artifact = SANDBOX.admit(&wasm).verdict.expect("the job is admitted");
    let workflow = SANDBOX.load(&artifact, Limits::default()).expect("the job loads");
    let size = |size: f64| (size, burst(fresh(workflow.clone(), claims_of(size))));
    let points = in_rounds([0.1, 1.0, 4.0, 16.0, 64.0].map(size).into());
    let [little, much] = [0.1, 64.0].map(|size| fresh(workflow.clone(), claims_of(size))().fuel);
    let mut curve = curve("claims", "kB of claims", Shape::Proportional, points);
    let (least, middle, most) = (curve.at(0.1), curve.at(4.0), curve.at(64.0));
    let (near, far) = ((middle.ratio - least.ratio) / 3.9, (most.ratio - middle.ratio) / 60.0);
    let each = time(far * least.nanos);
    curve.bounds = vec![
        Bound { what: "a kB beyond 4 kB, to one below".to_owned(), found: far / near, most: 2.0 },
        Bound { what: format!("a kB ({each}), to a decision on 0.1 kB"), found: far, most: CLAIMS_KB },
        Bound {
            what: format!("fuel for 64 kB ({much}; for 0.1 kB {little}), of what a run has"),
            found: part(much, workflow.limits().fuel),
            most: 0.5,
        },
    ];
    curve
}

#[expect(clippy::as_conversions, reason = "a ratio need not be exact")]
fn part(one: u64, whole: u64) -> f64 {
    one as f64 / whole as f64
}

/// Properties in the catalog, with the whole access check.
pub(crate) fn catalog_size() -> Curve {
    let rules =
        || distinct::artifacts(0..1).map(|artifact| SANDBOX.load(&artifact, Limits::default()).expect("the job loads"));
    let size = |properties: u16| (f64::from(properties), whole_check(host(catalogs::of_size(properties), rules())));
    let points = in_rounds([10, 50, 100, 500, 1_000, 5_000].map(size).into());
    let curve = curve("catalog, access check", "properties in the catalog", Shape::Proportional, points);
    linear(curve, 100.0, 5_000.0)
}

/// Properties in the catalog, with resolution alone.
pub(crate) fn resolution() -> Curve {
    let size = |properties: u16| {
        let catalog = catalogs::of_size(properties);
        let visitor = Visitor { user_type: UserType::Authenticated, verified_bot: None, product_ids: &[] };
        let mut plans = Provisioning::of_static(&catalog, &visitor);
        plans.grant(&catalog, "eu-privacy", Origin::Workflow("rules".into())).expect("the plan is in the catalog");
        (f64::from(properties), burst(move || Resolution::of(&catalog, &plans)))
    };
    let points = in_rounds([10, 100, 1_000].map(size).into());
    linear(curve("catalog, resolution", "properties in the catalog", Shape::Proportional, points), 100.0, 1_000.0)
}

fn curve(title: &'static str, of: &'static str, shape: Shape, points: Vec<super::curve::Point>) -> Curve {
    Curve { title, of, points, shape, bounds: Vec::new() }
}

/// Promises that one more costs no more when there are many.
fn linear(mut curve: Curve, few: f64, many: f64) -> Curve {
    let found = curve.at(many).ratio / many / (curve.at(few).ratio / few);
    curve.bounds = vec![Bound { what: format!("each of {many}, to each of {few}"), found, most: 1.5 }];
    curve
}

fn whole_check(host: usher_host::Host) -> Burst {
    let body = body();
    burst(move || now(check(&host, &body)))
}

/// One decision of the production path of the sandbox, each time it is called.
fn fresh(workflow: Workflow, claims: String) -> impl FnMut() -> Run {
    let identity = Identity { identifier: "reader-1".to_owned(), claims, ..Identity::default() };
    let (request, variables) = (Arc::new(Request { identity, ..Request::default() }), Arc::new(Variables::new()));
    move || {
        let ends = Instant::now() + Duration::from_millis(250);
        let mut evaluation = Evaluation::new(Arc::clone(&request), &variables, &NoLookups, ends);
        let run = now(SANDBOX.run(&workflow, &mut evaluation));
        assert_eq!((&run.outcome, run.slugs.len()), (&Outcome::Ok, 1));
        run
    }
}

/// Claims of this many kB, in pieces as tokens have them. What the job asks for comes last.
fn claims_of(kilobytes: f64) -> String {
    let mut claims = String::from("{");
    let mut number = 0_u32;
    while f64::from(u32::try_from(claims.len()).unwrap_or(u32::MAX)) < kilobytes * 1_000.0 - 60.0 {
        number += 1;
        write!(claims, r#""entitlement-{number}":{{"id":"article-{number}","until":1782936000,"active":true}},"#)
            .expect("a string takes all that is written");
    }
    claims + r#""premium":true}"#
}
