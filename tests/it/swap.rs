//! I8: the live release is replaced under load, and every decision runs on one release from start to end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use usher_host::{AccessRequest, Catalog, Host, Release, Workflow};
use usher_tests::guests;

use crate::support::{SANDBOX, load, unhurried};

/// Release `number`: its static plan, its variable and the plan that its workflow makes of that bear the number.
fn release(number: u64, workflow: &Workflow) -> Release {
    let catalog = format!(
        "[plans.static-{number}]\nassign = [\"authenticated\"]\n[plans.region-{number}]\n[variables]\nREGION = \"region-{number}\"\n"
    );
    let release = Release::new(number, Catalog::parse(&catalog).unwrap()).unwrap();
    release.with_workflow("region", workflow.clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn i8_no_decision_fails_or_mixes_releases_while_they_are_swapped() {
    let workflow = load(guests::REGION, unhurried());
    let host = Host::new(Arc::clone(&SANDBOX), release(0, &workflow)).with_deadline(Duration::from_secs(60));
    let (host, done) = (Arc::new(host), Arc::new(AtomicBool::new(false)));
    let started = Arc::new(AtomicUsize::new(0));
    let deciders: Vec<_> = (0..4)
        .map(|_| {
            let (host, done, started) = (Arc::clone(&host), Arc::clone(&done), Arc::clone(&started));
            tokio::spawn(async move {
                let mut releases = std::collections::BTreeSet::new();
                // The first decision is made before any swap and the last one after all, however busy the machine is.
                loop {
                    let is_last = done.load(Ordering::Acquire);
                    let decision = host.decide(&AccessRequest::user("reader-1")).await.unwrap();
                    let number = decision.release().number();
                    let plans: Vec<_> = decision.plans().collect();
                    assert_eq!(plans, [format!("static-{number}"), format!("region-{number}")]);
                    if releases.is_empty() {
                        started.fetch_add(1, Ordering::Release);
                    }
                    releases.insert(number);
                    if is_last {
                        return releases.len();
                    }
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    while started.load(Ordering::Acquire) < deciders.len() {
        tokio::task::yield_now().await;
    }
    for number in 1..=300 {
        let before = host.swap(release(number, &workflow));
        assert_eq!(before.number(), number - 1);
        tokio::task::yield_now().await;
    }
    done.store(true, Ordering::Release);
    for decider in deciders {
        assert!(decider.await.unwrap() > 1, "the swaps were seen");
    }
}
