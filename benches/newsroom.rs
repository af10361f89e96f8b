//! The membership workflow of the newsroom, which reads a member's claims, ready to be measured.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use usher_sandbox::request::{Identity, Request};
use usher_sandbox::{Evaluation, Limits, NoLookups, Outcome, Sandbox, SandboxConfig, Variables, Workflow};
use usher_tests::newsroom;

pub(crate) static SANDBOX: LazyLock<Arc<Sandbox>> =
    LazyLock::new(|| Arc::new(Sandbox::new(&SandboxConfig::default()).expect("this machine can sandbox")));

/// What the workflow finds.
pub(crate) const PLANS: [&str; 2] = ["premium", "archive-pass"];

/// What a member's token says.
pub(crate) fn claims() -> Value {
    json!({"sub": "reader-1", "tier": "premium", "roles": ["subscriber"], "entitlements": ["archive"]})
}

pub(crate) fn request() -> Request {
    let identity = Identity { identifier: "reader-1".to_owned(), claims: claims().to_string(), ..Identity::default() };
    Request { identity, instant: 1_782_936_000_000, ..Request::default() }
}

pub(crate) fn workflow() -> Workflow {
    let wasm = std::fs::read(newsroom::MEMBERSHIP).expect("the newsroom is built");
    let artifact = SANDBOX.admit(&wasm).verdict.expect("the newsroom is admitted");
    SANDBOX.load(&artifact, Limits::default()).expect("the newsroom loads")
}

/// One decision of the production path, each time it is called. Needs a runtime with timers around it.
pub(crate) fn fresh() -> impl FnMut() {
    fresh_of(workflow())
}

/// The same of a workflow in another language.
pub(crate) fn fresh_of(workflow: Workflow) -> impl FnMut() {
    let (request, variables) = (Arc::new(request()), Arc::new(Variables::new()));
    move || {
        let ends = Instant::now() + Duration::from_millis(250);
        let mut evaluation = Evaluation::new(Arc::clone(&request), Arc::clone(&variables), &NoLookups, ends);
        let run = now(SANDBOX.run(&workflow, &mut evaluation));
        assert_eq!(run.outcome, Outcome::Ok);
        assert!(run.slugs.iter().eq(PLANS));
    }
}

/// The value of a future that has nothing to wait for.
#[expect(clippy::unreachable, reason = "a benchmark fails by panicking")]
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match std::pin::pin!(future).poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => unreachable!("nothing here waits"),
    }
}
