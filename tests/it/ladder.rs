//! The failure ladder: for every kind of failure and every policy, what the decision holds and what it says.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Map, Value, json};
use usher_host::{
    AccessRequest, Catalog, Clock, CounterQuery, CounterReading, CustomerRecord, DecideError, Decision, Host, Limits,
    LookupError, LookupFuture, Release, Scope, User, UserData, UserDataView, UserType,
};
use usher_tests::guests;

use crate::support::{SANDBOX, load, unhurried};

const MINUTE_MS: u64 = 60_000;
const POLICIES: [(&str, &str); 4] = [
    ("ignore", "'ignore'"),
    ("last-good", "{ last-good = '10m' }"),
    ("fallback-plans", "{ fallback-plans = ['basic'] }"),
    ("fail", "'fail'"),
];

/// A clock that a test sets.
#[derive(Debug)]
struct Hand(AtomicU64);

impl Clock for Hand {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// User data of which custom data can be had, or not.
#[derive(Debug, Clone, Default)]
struct Shaky(Arc<AtomicBool>);

impl UserData for Shaky {
    fn view<'a>(&'a self, _: &'a User) -> LookupFuture<'a, Box<dyn UserDataView>> {
        let view: Box<dyn UserDataView> = Box::new(self.clone());
        Box::pin(async { Ok(view) })
    }
}

impl UserDataView for Shaky {
    fn customer<'a>(&'a self, _: &'a User) -> LookupFuture<'a, Option<CustomerRecord>> {
        Box::pin(async { Ok(None) })
    }

    fn custom_data<'a>(&'a self, _: &'a User, _: &'a str, _: Scope) -> LookupFuture<'a, Option<String>> {
        let is_gone = self.0.load(Ordering::Relaxed);
        Box::pin(
            async move { if is_gone { Err(LookupError::new("gone")) } else { Ok(Some("\"premium\"".to_owned())) } },
        )
    }

    fn counters<'a>(&'a self, _: &'a User, _: &'a [CounterQuery<'a>]) -> LookupFuture<'a, Vec<CounterReading>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

/// One workflow, `w`, on a host whose clock and user data a test has in hand.
struct Bench {
    host: Host,
    clock: Arc<Hand>,
    data: Shaky,
}

impl Bench {
    fn new(rules: &str) -> Self {
        let (clock, data) = (Arc::new(Hand(AtomicU64::new(1_782_936_000_000))), Shaky::default());
        let host = Host::new(Arc::clone(&SANDBOX), release(rules))
            .with_deadline(Duration::from_secs(60))
            .with_clock(Arc::<Hand>::clone(&clock))
            .with_user_data(Arc::new(data.clone()));
        Self { host, clock, data }
    }

    fn pass(&self, ms: u64) {
        self.clock.0.fetch_add(ms, Ordering::Relaxed);
    }

    /// Makes `w` this guest.
    fn runs(&self, rules: &str, guest: &str, limits: Limits) {
        self.host.swap(release(rules).with_workflow("w", load(guest, limits)));
    }

    async fn ask(&self, request: &AccessRequest) -> Result<Decision, DecideError> {
        self.host.decide(request).await
    }

    /// A decision on what a member has whose token has these claims.
    async fn ask_with(&self, claims: &Value) -> Result<Decision, DecideError> {
        let claims: Map<String, Value> = serde_json::from_value(claims.clone()).unwrap();
        let user = User { identifier: "ada".to_owned(), user_type: UserType::Authenticated };
        self.host.decide_as(user, claims, &AccessRequest::anonymous("nobody")).await
    }
}

fn release(rules: &str) -> Release {
    let catalog = format!(
        "[plans.reader]\nassign = ['anonymous', 'authenticated']\n[plans.basic]\n[plans.premium]\n[workflows.w]\n{rules}\n"
    );
    Release::new(1, Catalog::parse(&catalog).unwrap_or_else(|error| panic!("{error}"))).unwrap()
}

fn on_failure(kind: &str, policy: &str) -> String {
    format!("on-failure = {{ {kind} = {policy} }}")
}

fn held(decision: &Decision) -> Vec<&str> {
    decision.plans().collect()
}

fn diagnostics(decision: &Decision) -> Value {
    serde_json::to_value(decision.answer().with_diagnostics()).unwrap()["diagnostics"].take()
}

/// Makes `w` fail in this way, and says with which claims.
fn break_it(bench: &Bench, rules: &str, kind: &str) -> Value {
    let endless = Limits { fuel: u64::MAX, deadline: Duration::from_millis(20), ..Limits::default() };
    let (guest, limits) = match kind {
        "trap" => (guests::TRAPS, unhurried()),
        "fuel" => (guests::ENDLESS_LOOP, Limits { fuel: 100_000, ..unhurried() }),
        "deadline" => (guests::ENDLESS_LOOP, endless),
        "memory" => (guests::EATS_MEMORY, unhurried()),
        "bad-output" => (guests::LONG_SLUG, unhurried()),
        "refused" => (guests::REFUSES, unhurried()),
        "read-failed" => {
            bench.data.0.store(true, Ordering::Relaxed);
            (guests::LOOKUPS, unhurried())
        }
        "not-loaded" => {
            bench.host.swap(release(rules).with_missing_workflow("w", "its module is damaged"));
            return json!({});
        }
        kind => panic!("{kind}"),
    };
    bench.runs(rules, guest, limits);
    // The patient guest goes on when a look-up fails, and grants what it is told to when all is well.
    json!({"times": 1, "patient": true})
}

#[tokio::test]
async fn i5_each_kind_of_failure_takes_the_step_that_the_catalog_says() {
    let kinds = ["trap", "fuel", "deadline", "memory", "bad-output", "refused", "read-failed", "not-loaded"];
    for kind in kinds {
        for (policy, spelled) in POLICIES {
            let (cell, rules) = (format!("{kind}: {policy}"), on_failure(kind, spelled));
            let bench = Bench::new(&rules);
            bench.runs(&rules, guests::READS_PLAN, unhurried());
            let good = bench.ask(&AccessRequest::user("ada")).await.unwrap();
            assert_eq!((held(&good), good.degraded().len()), (vec!["reader", "premium"], 0), "{cell}");

            let claims = break_it(&bench, &rules, kind);
            let decided = bench.ask_with(&claims).await;
            if policy == "fail" {
                let Err(DecideError::Undecided(undecided)) = decided else { panic!("{cell}: {decided:?}") };
                assert_eq!((&**undecided.workflow(), undecided.kind().name()), ("w", kind), "{cell}");
                let failure = undecided.workflows()[0].failure.unwrap();
                assert_eq!((failure.kind.name(), failure.policy.name()), (kind, policy), "{cell}");
                let words = format!("workflow `w` failed ({kind}), and the catalog says that nothing is decided then");
                assert!(undecided.to_string().starts_with(&words), "{undecided}");
                continue;
            }
            let decision = decided.unwrap_or_else(|error| panic!("{cell}: {error}"));
            let (plan, origin, words) = match policy {
                "last-good" => (Some("premium"), "workflow:w/last-good", "; its last good answer stands in"),
                "fallback-plans" => (Some("basic"), "workflow:w/fallback-plans", "; its fallback plans stand in"),
                _ => (None, "", ""),
            };
            assert_eq!(held(&decision), ["reader"].into_iter().chain(plan).collect::<Vec<_>>(), "{cell}");
            let diagnostics = diagnostics(&decision);
            let report = &diagnostics["workflows"][0];
            assert_eq!((&report["failure"], &report["policy"]), (&json!(kind), &json!(policy)), "{cell}");
            assert_eq!(report["plans"], json!(plan.as_slice()), "{cell}");
            assert_eq!(diagnostics["degraded"], true, "{cell}");
            let because = diagnostics["degradedBecause"][0].as_str().unwrap();
            assert!(because.starts_with("workflow `w`: ") && because.ends_with(words), "{cell}: {because}");
            if plan.is_some() {
                assert_eq!(diagnostics["plans"][1]["origin"], origin, "{cell}");
            }
        }
    }
}

#[tokio::test]
async fn a_failed_look_up_comes_before_how_the_run_ended() {
    // What the guest makes of it: it goes on and answers, or refuses.
    for (rules, claims, plans, failure, policy) in [
        ("{}", json!({"times": 1, "patient": true}), vec!["reader"], "read-failed", "ignore"),
        ("{}", json!({"times": 1}), vec!["reader"], "read-failed", "ignore"),
        (
            "{ refused = { fallback-plans = ['basic'] } }",
            json!({"times": 1}),
            vec!["reader", "basic"],
            "refused",
            "fallback-plans",
        ),
        (
            "{ read-failed = { fallback-plans = ['basic'] }, refused = 'fail' }",
            json!({"times": 1}),
            vec!["reader", "basic"],
            "read-failed",
            "fallback-plans",
        ),
        // Without a last good answer, the run is taken as it ended.
        (
            "{ read-failed = { last-good = '1m' }, refused = { fallback-plans = ['basic'] } }",
            json!({"times": 1}),
            vec!["reader", "basic"],
            "refused",
            "fallback-plans",
        ),
    ] {
        let rules = format!("on-failure = {rules}");
        let bench = Bench::new(&rules);
        bench.runs(&rules, guests::LOOKUPS, unhurried());
        bench.data.0.store(true, Ordering::Relaxed);
        let decision = bench.ask_with(&claims).await.unwrap();
        let report = &diagnostics(&decision)["workflows"][0];
        assert_eq!(
            (held(&decision), &report["failure"], &report["policy"]),
            (plans, &json!(failure), &json!(policy)),
            "{rules}"
        );
    }
}

#[tokio::test]
async fn a_last_good_answer_is_the_users_own_young_and_of_the_catalog() {
    let rules = on_failure("default", "{ last-good = '10m' }");
    let bench = Bench::new(&rules);
    bench.runs(&rules, guests::READS_PLAN, unhurried());
    let (ada, guest) = (AccessRequest::user("ada"), AccessRequest::anonymous("ada"));
    assert_eq!(held(&bench.ask(&ada).await.unwrap()), ["reader", "premium"]);
    bench.runs(&rules, guests::TRAPS, unhurried());
    let new = AccessRequest::new(usher_host::IdentityClaim::NewAnonymous);
    for (passes, request, expected, policy) in [
        (0, &ada, vec!["reader", "premium"], "last-good"),
        (0, &guest, vec!["reader"], "ignore"),
        (0, &new, vec!["reader"], "ignore"),
        (10 * MINUTE_MS, &ada, vec!["reader", "premium"], "last-good"),
        // What stands in for an answer is none: it gets no younger by that.
        (1, &ada, vec!["reader"], "ignore"),
    ] {
        bench.pass(passes);
        let decision = bench.ask(request).await.unwrap();
        let report = &diagnostics(&decision)["workflows"][0];
        assert_eq!((held(&decision), &report["policy"]), (expected, &json!(policy)));
    }

    bench.runs(&rules, guests::READS_PLAN, unhurried());
    assert_eq!(held(&bench.ask(&ada).await.unwrap()), ["reader", "premium"]);
    let without = "[plans.reader]\nassign = ['authenticated']\n[workflows.w.on-failure]\ntrap = { last-good = '1m' }\n";
    let without = Release::new(2, Catalog::parse(without).unwrap()).unwrap();
    bench.host.swap(without.with_workflow("w", load(guests::TRAPS, unhurried())));
    let decision = bench.ask(&ada).await.unwrap();
    assert_eq!(
        (held(&decision), &diagnostics(&decision)["workflows"][0]["dropped"]),
        (vec!["reader"], &json!(["premium"]))
    );
}

#[tokio::test]
async fn what_an_operator_supposes_is_nobodys_last_good_answer() {
    let rules = on_failure("trap", "{ last-good = '10m' }");
    let bench = Bench::new(&rules);
    bench.runs(&rules, guests::ECHO, unhurried());
    assert_eq!(held(&bench.ask_with(&json!({"slugs": ["premium"]})).await.unwrap()), ["reader", "premium"]);
    bench.runs(&rules, guests::TRAPS, unhurried());
    assert_eq!(held(&bench.ask(&AccessRequest::user("ada")).await.unwrap()), ["reader"]);
}

#[tokio::test]
async fn last_good_answers_are_kept_for_those_workflows_alone_whose_catalog_says_so() {
    let bench = Bench::new("");
    bench.runs("", guests::READS_PLAN, unhurried());
    bench.ask(&AccessRequest::user("ada")).await.unwrap();
    let rules = on_failure("trap", "{ last-good = '10m' }");
    bench.runs(&rules, guests::TRAPS, unhurried());
    let decision = bench.ask(&AccessRequest::user("ada")).await.unwrap();
    assert_eq!(
        (held(&decision), &diagnostics(&decision)["workflows"][0]["policy"]),
        (vec!["reader"], &json!("ignore"))
    );
}

/// Fails the workflow so often that its breaker opens.
async fn open(bench: &Bench) {
    for _ in 0..20 {
        assert_eq!(state(bench), "closed");
        bench.ask(&AccessRequest::user("ada")).await.unwrap();
    }
    assert_eq!(state(bench), "open");
}

fn state(bench: &Bench) -> &'static str {
    let live = bench.host.live();
    live.loaded_workflows().next().unwrap().breaker.map_or("off", |breaker| breaker.state().name())
}

#[tokio::test]
async fn an_open_breaker_leaves_the_workflow_out_until_a_probe_is_well() {
    let rules = on_failure("not-loaded", "{ fallback-plans = ['basic'] }");
    let bench = Bench::new(&rules);
    let fails_without_fuel = Limits { fuel: 10, ..unhurried() };
    bench.runs(&rules, guests::READS_PLAN, fails_without_fuel.clone());
    open(&bench).await;
    // Neither another catalog nor other limits are another module.
    bench.runs(
        &on_failure("not-loaded", "{ fallback-plans = ['premium'] }"),
        guests::READS_PLAN,
        fails_without_fuel.clone(),
    );
    let skipped = bench.ask(&AccessRequest::user("ada")).await.unwrap();
    let report = &diagnostics(&skipped)["workflows"][0];
    assert_eq!(
        (held(&skipped), &report["outcome"], &report["failure"], &report["fuel"]),
        (vec!["reader", "premium"], &json!("unavailable"), &json!("not-loaded"), &json!(0))
    );
    assert!(report["error"].as_str().unwrap().contains("circuit breaker is open"), "{report}");

    bench.runs(&rules, guests::READS_PLAN, unhurried());
    bench.pass(4_999);
    assert_eq!(held(&bench.ask(&AccessRequest::user("ada")).await.unwrap()), ["reader", "basic"]);
    bench.pass(1);
    assert_eq!(held(&bench.ask(&AccessRequest::user("ada")).await.unwrap()), ["reader", "premium"]);
    assert_eq!(state(&bench), "closed");
    assert_eq!(bench.host.live().loaded_workflows().next().unwrap().breaker.unwrap().skipped(), 2);
}

#[tokio::test]
async fn another_module_has_another_breaker_and_a_catalog_can_have_none() {
    let bench = Bench::new("");
    bench.runs("", guests::TRAPS, unhurried());
    open(&bench).await;
    bench.runs("", guests::READS_PLAN, unhurried());
    assert_eq!(held(&bench.ask(&AccessRequest::user("ada")).await.unwrap()), ["reader", "premium"]);

    bench.runs("breaker = false", guests::TRAPS, unhurried());
    for _ in 0..50 {
        let decision = bench.ask(&AccessRequest::user("ada")).await.unwrap();
        assert_eq!(diagnostics(&decision)["workflows"][0]["failure"], "trap");
    }
    assert_eq!(state(&bench), "off");
}

#[tokio::test]
async fn refusals_open_no_breaker() {
    let bench = Bench::new("");
    bench.runs("", guests::REFUSES, unhurried());
    for _ in 0..50 {
        bench.ask(&AccessRequest::user("ada")).await.unwrap();
    }
    assert_eq!(state(&bench), "closed");
}
