//! I3: no byte that a workflow wrote survives into the next decision.

use usher_tests::guests;

use crate::support::{load, nothing, request, run, unhurried};

#[tokio::test]
async fn i3_a_guest_that_counts_always_counts_to_one() {
    let workflow = load(guests::COUNTS, unhurried());
    for _ in 0..1_000 {
        assert_eq!(run(&workflow, request(nothing())).await.slugs, ["call-1"]);
    }
}

#[tokio::test]
async fn i3_a_guest_counts_to_one_after_others_used_its_slot() {
    let (counts, eats) = (load(guests::COUNTS, unhurried()), load(guests::EATS_MEMORY, unhurried()));
    for _ in 0..20 {
        assert_eq!(run(&eats, request(nothing())).await.outcome.kind(), "memory");
        assert_eq!(run(&counts, request(nothing())).await.slugs, ["call-1"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn i3_guests_that_run_at_the_same_time_count_alone() {
    let workflow = load(guests::COUNTS, unhurried());
    let tasks: Vec<_> = (0..64)
        .map(|_| {
            let workflow = workflow.clone();
            tokio::spawn(async move {
                for _ in 0..50 {
                    assert_eq!(run(&workflow, request(nothing())).await.slugs, ["call-1"]);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn what_a_workflow_in_rust_writes_begins_on_a_page_of_its_own() {
    let workflow = load(guests::PLACES_TEXT, unhurried());
    let slugs = run(&workflow, request(nothing())).await.slugs;
    let offset: usize = slugs[0].strip_prefix("at-").unwrap().parse().unwrap();
    // The statics that are zero at first, and the request's record, lie before it: some 700 bytes.
    assert!(offset < 1_024, "{offset} bytes lie before the first text on its page");
}
