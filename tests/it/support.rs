//! A sandbox with a guest in it, and the questions tests put to it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use usher_sandbox::request::{Identity, Request};
use usher_sandbox::{
    Artifact, Evaluation, IdentityLink, JwtVerification, Limits, LookupError, LookupFuture, ReadOnly, Refusal, Run,
    Sandbox, SandboxConfig, Scope, User, Variables, Workflow,
};
use usher_tests::hostile::{Hostile, Weight, corpus};

/// One sandbox for all tests: it reserves a great deal of address space.
pub(crate) static SANDBOX: LazyLock<Arc<Sandbox>> =
    LazyLock::new(|| Arc::new(Sandbox::new(&SandboxConfig::default()).expect("this machine can sandbox")));

/// What means harm and is light, with what admission makes of it: once for all tests.
pub(crate) static HOSTILE: LazyLock<Vec<(Hostile, Result<Artifact, Refusal>)>> = LazyLock::new(|| {
    let light = corpus().into_iter().filter(|hostile| hostile.weight == Weight::Light);
    let admitted = light.map(|hostile| {
        let verdict = SANDBOX.admit(&hostile.wasm()).verdict;
        (hostile, verdict)
    });
    admitted.collect()
});

/// Admits and loads a guest.
#[track_caller]
pub(crate) fn load(path: &str, limits: Limits) -> Workflow {
    let wasm = std::fs::read(path).unwrap();
    let artifact = SANDBOX.admit(&wasm).verdict.unwrap_or_else(|refusal| panic!("{path}: {refusal}"));
    SANDBOX.load(&artifact, limits).unwrap()
}

/// A request of `reader-1`, at an instant in 2026, with these claims.
#[expect(clippy::needless_pass_by_value, reason = "call sites read better with the literal")]
pub(crate) fn request(claims: Value) -> Request {
    Request {
        identity: Identity { identifier: "reader-1".to_owned(), claims: claims.to_string(), ..Identity::default() },
        instant: 1_782_936_000_123,
        ..Request::default()
    }
}

/// Runs a workflow once on this request, with nothing to look up.
pub(crate) async fn run(workflow: &Workflow, request: Request) -> Run {
    run_with(workflow, request, &Answers::default()).await
}

/// Runs a workflow once on this request, with these answers to look-ups.
pub(crate) async fn run_with(workflow: &Workflow, request: Request, host: &dyn ReadOnly) -> Run {
    SANDBOX.run(workflow, &mut evaluation(request, host)).await
}

/// A decision on this request, with a minute to go and one variable.
pub(crate) fn evaluation(request: Request, host: &dyn ReadOnly) -> Evaluation<'_> {
    static VARIABLES: LazyLock<Arc<Variables>> =
        LazyLock::new(|| Arc::new(Variables::from([("REGION".to_owned(), "north".to_owned())])));

    Evaluation::new(Arc::new(request), &VARIABLES, host, Instant::now() + Duration::from_secs(60))
}

/// Loads a guest and runs it once on these claims, with time enough that only fuel decides.
pub(crate) async fn run_guest(path: &str, claims: Value) -> Run {
    run(&load(path, unhurried()), request(claims)).await
}

/// The default limits without the safety net: the machine that runs the tests may be slow.
pub(crate) fn unhurried() -> Limits {
    Limits { deadline: Duration::from_secs(60), ..Limits::default() }
}

/// What `run_guest` puts to a guest that needs no claims.
pub(crate) fn nothing() -> Value {
    json!({})
}

/// A host that answers look-ups from memory, and counts them.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    /// What it says when asked for custom data.
    pub(crate) custom_data: Option<Result<String, String>>,
    /// Whether it never answers at all.
    pub(crate) is_stuck: bool,
    /// How often it was asked.
    pub(crate) asked: AtomicUsize,
    /// How often it fails before it answers.
    pub(crate) failures: AtomicUsize,
}

impl Answers {
    fn answer<'a, T: Send + 'a>(&self, answer: Result<T, LookupError>) -> LookupFuture<'a, T> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let fails =
            self.failures.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok();
        match (self.is_stuck, fails) {
            (true, _) => Box::pin(std::future::pending()),
            (false, true) => Box::pin(async { Err(LookupError::new("try again")) }),
            (false, false) => Box::pin(async { answer }),
        }
    }
}

impl ReadOnly for Answers {
    fn custom_data<'a>(&'a self, _: &'a User, key: &'a str, scope: Scope) -> LookupFuture<'a, Option<String>> {
        let answer = match (scope, &self.custom_data) {
            (Scope::CrossBrand, _) => Ok(Some(format!("\"{key}\""))),
            (Scope::Brand, Some(answer)) => answer.clone().map(Some).map_err(LookupError::new),
            (Scope::Brand, None) => Ok(None),
        };
        self.answer(answer)
    }

    fn resolve_jwt<'a>(&'a self, _: &'a str) -> LookupFuture<'a, JwtVerification> {
        self.answer(Ok(JwtVerification::Rejected("no keys".to_owned())))
    }

    fn linked_sources<'a>(&'a self, user: &'a User) -> LookupFuture<'a, Vec<IdentityLink>> {
        let link = IdentityLink { source: user.clone(), target: user.clone(), mode: "copy_once".to_owned() };
        self.answer(Ok(vec![link]))
    }

    fn linked_targets<'a>(&'a self, _: &'a User) -> LookupFuture<'a, Vec<IdentityLink>> {
        self.answer(Ok(Vec::new()))
    }
}
