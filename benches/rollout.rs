//! What it costs a live decision that another release is tried out beside it: as a canary, and as a shadow. And after how many
//! decisions a shadow has found out for whom its release is wrong.
//!
//! Others may be using the machine, so that what is compared takes turns.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement prints, or fails by panicking"
)]

mod quantile;
mod sandbox;

use std::sync::Arc;
use std::time::{Duration, Instant};

use sandbox::SANDBOX;
use tokio::runtime::{Builder, Runtime};
use usher_host::{
    AccessRequest, Bounds, Catalog, Change, Deployment, Dimension, Host, Limits, Release, ShadowConfig, ShadowReport,
    Share, Split, Workflow,
};
use usher_tests::{guests, jobs};

use quantile::quantile;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Threads that decide, and how long each rests between two decisions.
const CLIENTS: usize = 2;
const REST: Duration = Duration::from_micros(500);
/// Turns with a shadow and without, and how long each goes on.
const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_millis(1_500);
/// Turns with a canary and without, and decisions in each.
const CANARY_ROUNDS: usize = 41;
const DECISIONS: usize = 2_000;
/// Countries that visitors come from; every thirty-third is from the one that the wrong release forgets.
const COUNTRIES: [&str; 4] = ["DE", "CH", "FR", "IT"];
const FORGOTTEN: &str = "AT";
/// Decisions after which the wrong release has to be found out.
const FOUND_WITHIN: usize = 2_000;

fn main() {
    let runtime = Builder::new_multi_thread().worker_threads(CLIENTS).enable_time().build();
    let runtime = runtime.expect("this machine can run threads");
    let workflows = [guests::PREMIUM, jobs::RULES].map(|path| {
        let artifact = SANDBOX.admit(&std::fs::read(path).expect("the guests are built")).verdict;
        SANDBOX.load(&artifact.expect("the guest is admitted"), Limits::default()).expect("the guest loads")
    });
    let none: &[Workflow] = &[];
    println!("| a decision with a canary at 10 % ÷ without | ratio, median |\n| --- | ---: |");
    for (name, workflows) in [("without workflows", none), ("with two workflows", &workflows[..])] {
        println!("| {name} | {:.3} |", canary(&runtime, workflows));
    }
    shadow(&runtime, &workflows);
    found(&runtime, &workflows);
}

/// The newsroom's catalog with the plans of the job, and one country that `premium` is withheld from.
fn release(number: u64, workflows: &[Workflow], except: &str) -> Release {
    let newsroom = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/newsroom/catalog.toml"));
    let newsroom = newsroom.expect("the newsroom has a catalog");
    let variables = format!("[variables]\nEXCEPT = \"{except}\"\n");
    let catalog = newsroom.replace("[variables]\n", &variables)
        + &["evening", "newsletter", "new-paywall", "archive"].map(|plan| format!("\n[plans.{plan}]\n")).concat();
    let release = Release::new(number, Catalog::parse(&catalog).expect("the catalog is valid")).expect("keys are keys");
    (0..).zip(workflows).fold(release, |release, (number, workflow): (u32, _)| {
        release.with_workflow(format!("workflow-{number}"), workflow.clone())
    })
}

fn visitor(number: usize) -> AccessRequest {
    let mut access = AccessRequest::user(format!("reader-{number}"));
    let country = if number.is_multiple_of(33) { FORGOTTEN } else { COUNTRIES[number % COUNTRIES.len()] };
    access.place.country_code = Some(country.to_owned());
    access.http.user_agent = Some("Mozilla/5.0 (X11; Linux x86_64)".to_owned());
    access
}

/// How much longer decisions take when some are a canary's.
fn canary(runtime: &Runtime, workflows: &[Workflow]) -> f64 {
    let _timers = runtime.enter();
    let [without, with] = [1, 2].map(|_| Host::new(Arc::clone(&SANDBOX), release(1, workflows, "")));
    let tenth = Split::of(Share::new(1_000).expect("a tenth is a share"));
    with.deploy(Deployment::of(with.live()).with_canary(release(2, workflows, ""), tenth, Bounds::default()));
    let visitors: Vec<_> = (0..DECISIONS).map(visitor).collect();
    let turn = |host: &Host| {
        let began = Instant::now();
        for visitor in &visitors {
            drop(runtime.block_on(host.decide(visitor)).expect("the user is named"));
        }
        began.elapsed().as_secs_f64()
    };
    turn(&with);
    let mut ratios: Vec<_> = (0..CANARY_ROUNDS)
        .map(|_| {
            let without = turn(&without);
            turn(&with) / without
        })
        .collect();
    quantile(&mut ratios, 0.5)
}

/// What decisions take while a shadow makes all of them again that it can, and while none does.
fn shadow(runtime: &Runtime, workflows: &[Workflow]) {
    let _timers = runtime.enter();
    let host = Arc::new(Host::new(Arc::clone(&SANDBOX), release(1, workflows, "")));
    live(runtime, &host);
    let (mut times, mut reports) = ([Vec::new(), Vec::new()], Vec::new());
    for round in 0..2 * ROUNDS {
        let is_shadowed = round % 2 == 1;
        let shadow = is_shadowed.then(|| {
            let config = ShadowConfig::new([0; 32]);
            host.start_shadow(release(2, workflows, FORGOTTEN), &config).expect("there is a thread")
        });
        times[usize::from(is_shadowed)].extend(live(runtime, &host));
        if let Some(shadow) = shadow {
            host.end_shadow(&shadow);
            reports.push(shadow.report());
        }
    }
    println!("\n| live decisions, {CLIENTS} at a time | p50 | p99 | p99.9 |\n| --- | ---: | ---: | ---: |");
    let quantiles = ["without a shadow", "with a shadow"].map(|name| {
        let times = &mut times[usize::from(name == "with a shadow")];
        let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|part| quantile(times, part));
        println!("| {name}, {} of them | {p50:.1} µs | {p99:.1} µs | {p999:.1} µs |", times.len());
        [p50, p99]
    });
    let [p50, p99] = [0, 1].map(|place| quantiles[1][place] / quantiles[0][place]);
    println!("\nwith a shadow ÷ without: p50 {p50:.3}, p99 {p99:.3} (at most 1.1)");
    let sum = |count: fn(&ShadowReport) -> u64| reports.iter().map(count).sum::<u64>();
    let processor = Duration::from_micros(sum(|report| report.processor_micros));
    let time = ROUND * u32::try_from(ROUNDS).unwrap_or(u32::MAX);
    println!(
        "the shadow: {} sampled, {} evaluated, {} dropped, {} inconclusive; {:.1} % of a processor (at most 10 %)",
        sum(|report| report.sampled),
        sum(|report| report.evaluated),
        sum(|report| report.dropped),
        sum(|report| report.inconclusive),
        100.0 * processor.as_secs_f64() / time.as_secs_f64(),
    );
}

/// What each decision took, in microseconds, of clients that rest in between.
fn live(runtime: &Runtime, host: &Arc<Host>) -> Vec<f64> {
    let client = |client: usize| {
        let host = Arc::clone(host);
        let runtime = runtime.handle().clone();
        std::thread::spawn(move || {
            let (began, mut times, mut number) = (Instant::now(), Vec::new(), client);
            while began.elapsed() < ROUND {
                let visitor = visitor(number);
                number += CLIENTS;
                let asked = Instant::now();
                drop(runtime.block_on(host.decide(&visitor)).expect("the user is named"));
                times.push(asked.elapsed().as_secs_f64() * 1e6);
                std::thread::sleep(REST);
            }
            times
        })
    };
    let clients: Vec<_> = (0..CLIENTS).map(client).collect();
    clients.into_iter().flat_map(|client| client.join().expect("no client panicked")).collect()
}

/// After how many decisions a shadow of a release that forgets a country says so.
fn found(runtime: &Runtime, workflows: &[Workflow]) {
    let _timers = runtime.enter();
    let host = Host::new(Arc::clone(&SANDBOX), release(1, workflows, ""));
    let config = ShadowConfig::new([0; 32]);
    let shadow = host.start_shadow(release(2, workflows, FORGOTTEN), &config).expect("there is a thread");
    let decisions = (1..).find(|number| {
        drop(runtime.block_on(host.decide(&visitor(*number))).expect("the user is named"));
        std::thread::sleep(REST);
        names_the_country(&shadow.report())
    });
    let decisions = decisions.expect("there is no end of visitors");
    println!("\na country that loses `premium`: found out after {decisions} decisions (at most {FOUND_WITHIN})");
    assert!(decisions <= FOUND_WITHIN, "it is to be found out sooner");
    host.end_shadow(&shadow);
}

/// Whether a report says who loses the plan.
fn names_the_country(report: &ShadowReport) -> bool {
    report.differences.iter().any(|difference| {
        let cohort = difference.cohorts.first();
        let is_named = cohort.is_some_and(|cohort| cohort.dimension == Dimension::Country && cohort.value == FORGOTTEN);
        is_named && matches!(&difference.change, Change::PlanLost { plan } if plan == "premium")
    })
}
