//! Many callers at the same time.

use usher_host::Scope;
use usher_store::{Enabled, ModuleDigest};

use crate::fixture::{Place, USUAL, on_each_database, slug, user, view};

on_each_database! {
    a_read_that_is_given_up_holds_nothing_up,
    a_change_that_is_given_up_has_happened_or_has_not,
}
on_each_database! {
    in threads:
    fifty_writers_lose_nothing,
    a_snapshot_is_of_one_moment,
}

const WRITERS: u64 = 50;

async fn fifty_writers_lose_nothing(place: Place) {
    let store = place.open().await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                let name = format!("workflow-{writer}");
                store.put_custom_data(&user(&name), "writer", Scope::Brand, "1").await.unwrap();
                store.put_workflow(&slug(&name), name.as_bytes(), Enabled::Yes, USUAL).await.unwrap()
            })
        })
        .collect();
    let mut releases = Vec::new();
    for writer in writers {
        releases.push(writer.await.unwrap());
    }
    releases.sort_unstable();
    assert_eq!(releases, (1..=WRITERS).collect::<Vec<_>>(), "each change has a number of its own");

    let snapshot = store.snapshot().await.unwrap();
    assert_eq!(snapshot.release, WRITERS);
    assert_eq!(snapshot.workflows.len(), usize::try_from(WRITERS).unwrap());
    for workflow in &snapshot.workflows {
        assert_eq!(store.module(&workflow.digest).await.unwrap().unwrap(), workflow.slug.as_str().as_bytes());
        let name = user(workflow.slug.as_str());
        assert_eq!(view(&store).await.custom_data(&name, "writer", Scope::Brand).await.unwrap().as_deref(), Some("1"));
    }
}

async fn a_snapshot_is_of_one_moment(place: Place) {
    const CHANGES: u64 = 60;
    let store = place.open().await;
    let writer = {
        let store = store.clone();
        tokio::spawn(async move {
            for change in 1..=CHANGES {
                store.put_catalog(&change.to_string()).await.unwrap();
            }
        })
    };
    let mut release = 0;
    while release < CHANGES {
        let snapshot = store.snapshot().await.unwrap();
        assert!(snapshot.release >= release, "time goes one way");
        release = snapshot.release;
        assert_eq!(snapshot.catalog.map_or(0, |text| text.parse().unwrap()), release);
    }
    writer.await.unwrap();
}

/// Gives up a call, at another point of it each round; in some rounds it may come to its end.
async fn give_up<T>(round: u64, call: impl Future<Output = T>) {
    let patience = async {
        for _ in 0..round % 20 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! { biased; _ = call => {}, () = patience => {} }
}

async fn a_read_that_is_given_up_holds_nothing_up(place: Place) {
    let store = place.open().await;
    store.put_custom_data(&user("ada"), "trial", Scope::Brand, "1").await.unwrap();
    let read = async || view(&store).await.custom_data(&user("ada"), "trial", Scope::Brand).await.unwrap();
    for round in 0..500 {
        give_up(round, read()).await;
    }
    for _ in 0..50 {
        assert_eq!(read().await.as_deref(), Some("1"));
    }
    // Waits until every connection is back.
    store.close().await;
}

async fn a_change_that_is_given_up_has_happened_or_has_not(place: Place) {
    let store = place.open().await;
    let mut before = store.snapshot().await.unwrap();
    for round in 0..200 {
        let text = round.to_string();
        give_up(round, store.put_catalog(&text)).await;
        // This changes nothing, and has its turn when it is known what became of the change.
        store.put_report(&ModuleDigest::of(b"nothing"), "{}").await.unwrap();
        let snapshot = store.snapshot().await.unwrap();
        if snapshot != before {
            assert_eq!((snapshot.release, snapshot.catalog.as_deref()), (before.release + 1, Some(text.as_str())));
        }
        before = snapshot;
    }
    assert_eq!(store.put_catalog("last").await.unwrap(), before.release + 1);
}
