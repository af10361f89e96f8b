//! One decision of one workflow, and what it would cost otherwise.

use std::sync::LazyLock;

use serde_json::Value;
use usher_sandbox::request::Request;
use usher_sandbox::yardstick::{CoreFloor, Reused};
use usher_sandbox::{Sandbox, SandboxConfig};

use crate::clock::{Case, in_turns};
use crate::jobs::told::told;
use crate::jobs::{Job, in_turn, load};
use crate::native;
use crate::row::Row;
use crate::sandbox::SANDBOX;
use crate::typescript::Built;

/// After so many questions another instance is taken: a guest keeps what it was asked, because it is asked once.
const ASKS: u32 = 4_000;

/// Where instances are reused. They write more of their memory than others do, and whoever has the place of one afterwards pays for
/// that to be cleaned.
static APART: LazyLock<Sandbox> =
    LazyLock::new(|| Sandbox::new(&SandboxConfig::default()).expect("this machine can sandbox"));

pub(crate) fn rows(job: Job, built: Option<&Built>) -> Vec<Row> {
    let floor = CoreFloor::new(&SANDBOX).expect("an empty module compiles");
    let decide = match job {
        Job::Tier => native::tier,
        Job::Rules => native::rules,
    };
    let parsed = in_turn(job.questions(|record| native::asked(&record)), decide);
    let text = in_turn(job.questions(|record| (record.identity.jwt_claims.to_string(), native::asked(&record))), {
        move |(claims, request)| {
            let claims: Value = serde_json::from_str(claims).expect("claims are JSON");
            drop(std::hint::black_box(claims));
            decide(request)
        }
    });
    let cases = [
        Case::short("native, claims parsed before", parsed),
        Case::short("native", text),
        Case::new("fresh core module that does nothing", move || floor.run()),
        Case::new("reused instance", in_turn(job.questions(told), reused(job))),
        Case::new("fresh instance", job.fresh(job.workflow())),
    ];
    let [parsed, text, floor, reused, fresh] = in_turns(cases);
    let mut rows = vec![
        Row::of(job, &parsed),
        Row::of(job, &text),
        Row::of(job, &floor),
        Row::of(job, &reused).ratio(reused.ratio_to(&text), "native", 8.0),
        Row::of(job, &fresh).ratio(fresh.ratio_to(&floor), "core module", 4.0).ratio(
            fresh.ratio_to(&reused),
            "reused",
            2.5,
        ),
    ];
    if let Some(built) = built {
        let typescript = Case::new("fresh instance, in TypeScript", job.fresh(load(built.of(job))));
        let [rust, typescript] = in_turns([Case::new("fresh instance", job.fresh(job.workflow())), typescript]);
        rows.push(Row::of(job, &typescript).ratio(typescript.ratio_to(&rust), "Rust", 6.0));
    }
    rows
}

/// An instance that answers again and again.
fn reused(job: Job) -> impl FnMut(&Request) -> Vec<String> {
    let workflow = job.workflow_in(&APART);
    let start = move || Reused::new(&workflow).expect("the job starts");
    let (mut instance, mut asks) = (start(), 0);
    move |request| {
        asks += 1;
        if asks % ASKS == 0 {
            instance = start();
        }
        instance.ask(request).expect("the job answers")
    }
}
