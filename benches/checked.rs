//! The whole access check, from the request's JSON to the answer's, with the job `rules` as its workflows.

use std::sync::Arc;

use serde_json::json;
use usher_host::{AccessRequest, Catalog, Host, Release};
use usher_sandbox::Workflow;

use crate::sandbox::SANDBOX;

/// The newsroom's catalog, and those plans of the job that the newsroom does not have.
pub(crate) fn catalog() -> Catalog {
    let newsroom = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/newsroom/catalog.toml"));
    let newsroom = newsroom.expect("the newsroom has a catalog");
    let more = ["evening", "newsletter", "new-paywall", "archive"].map(|plan| format!("\n[plans.{plan}]\n"));
    Catalog::parse(&(newsroom + &more.concat())).expect("the catalog is valid")
}

/// A host whose release has these workflows. The benchmarks' sandbox runs them.
pub(crate) fn host(catalog: Catalog, workflows: impl IntoIterator<Item = Workflow>) -> Host {
    let release = Release::new(1, catalog).expect("the keys are keys");
    let release = (0..).zip(workflows).fold(release, |release, (number, workflow): (u32, _)| {
        release.with_workflow(format!("rules-{number}"), workflow)
    });
    Host::new(Arc::clone(&SANDBOX), release)
}

/// What an edge sends of a visitor with an account.
pub(crate) fn body() -> Vec<u8> {
    let body = json!({
        "identity": {"userIdentifier": "reader-1"},
        "resource": {"id": "article-1", "meta": {"og:type": "article"}},
        "http": {"url": "https://news.example/politics?utm_source=newsletter", "userAgent": "Mozilla/5.0 (X11; Linux x86_64)"},
        "cloudflare": {"cf": {"country": "DE", "isEUCountry": "1", "timezone": "Europe/Berlin", "latitude": "52.52"}},
    });
    serde_json::to_vec(&body).expect("JSON is JSON")
}

/// One access check. Needs a runtime with timers around it.
pub(crate) async fn check(host: &Host, body: &[u8]) -> Vec<u8> {
    let request = AccessRequest::from_json(body).expect("the body is of the right shape");
    let decision = host.decide(&request).await.expect("the user is named");
    assert!(decision.holds("registered"), "the static plan is there");
    decision.answer().to_json()
}
