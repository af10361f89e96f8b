//! Releases: what is frozen stays as it was.

use usher_store::{Enabled, ModuleDigest, ReleaseError, Store};

use crate::fixture::{Place, TestClock, USUAL, on_each_database, slug};

on_each_database! {
    a_release_is_the_draft_as_it_was,
    a_release_keeps_its_modules,
    nothing_new_makes_no_release,
    a_draft_that_somebody_else_has_changed_is_not_frozen,
    what_is_the_same_has_the_same_digest,
    releases_are_listed_from_the_newest,
    a_release_that_was_tampered_with_is_no_release,
}

async fn put(store: &Store, name: &str, wasm: &[u8]) {
    store.put_workflow(&slug(name), wasm, Enabled::Yes, USUAL).await.unwrap();
}

async fn a_release_is_the_draft_as_it_was(place: Place) {
    let clock = TestClock::at(5);
    let store = Store::open(&place.location(), clock.clone()).await.unwrap();
    store.put_catalog("first").await.unwrap();
    put(&store, "trial", b"one").await;
    clock.set(9);
    let frozen = store.create_release(None, Some("for the weekend")).await.unwrap();
    assert_eq!((frozen.number, frozen.created_at_ms, frozen.author.as_str()), (2, 9, "command-line"));
    assert_eq!(frozen.note.as_deref(), Some("for the weekend"));
    let draft = store.snapshot().await.unwrap();
    assert_eq!(frozen.digest, draft.digest());

    store.put_catalog("second").await.unwrap();
    store.delete_workflow(&slug("trial")).await.unwrap();
    assert_eq!(store.frozen(2).await.unwrap(), Some((frozen, draft)));
    assert_eq!(store.frozen(3).await.unwrap(), None);
}

async fn a_release_keeps_its_modules(place: Place) {
    let store = place.open().await;
    put(&store, "trial", b"one").await;
    store.create_release(None, None).await.unwrap();
    put(&store, "trial", b"two").await;
    put(&store, "trial", b"three").await;
    let is_kept = async |wasm: &[u8]| store.module(&ModuleDigest::of(wasm)).await.unwrap().is_some();
    assert!(is_kept(b"one").await && !is_kept(b"two").await && is_kept(b"three").await);
}

async fn nothing_new_makes_no_release(place: Place) {
    let store = place.open().await;
    store.put_catalog("first").await.unwrap();
    store.create_release(None, None).await.unwrap();
    let again = store.create_release(None, None).await.unwrap_err();
    assert!(matches!(again, ReleaseError::Unchanged { number: 1 }), "{again}");
    assert_eq!(store.releases(None, 10).await.unwrap().len(), 1);
}

async fn a_draft_that_somebody_else_has_changed_is_not_frozen(place: Place) {
    let store = place.open().await;
    store.put_catalog("first").await.unwrap();
    store.put_catalog("second").await.unwrap();
    for expected in [1, 3] {
        let refused = store.create_release(Some(expected), None).await.unwrap_err();
        assert!(matches!(refused, ReleaseError::Changed { found: 2, .. }), "{refused}");
    }
    assert!(store.releases(None, 10).await.unwrap().is_empty());
    assert_eq!(store.create_release(Some(2), None).await.unwrap().number, 2);
}

async fn what_is_the_same_has_the_same_digest(place: Place) {
    let clock = TestClock::at(5);
    let store = Store::open(&place.location(), clock.clone()).await.unwrap();
    store.put_catalog("first").await.unwrap();
    put(&store, "trial", b"one").await;
    let digest = async || store.snapshot().await.unwrap().digest();
    let before = digest().await;
    clock.set(9);
    store.set_enabled(&slug("trial"), Enabled::No).await.unwrap();
    assert_ne!(digest().await, before);
    store.set_enabled(&slug("trial"), Enabled::Yes).await.unwrap();
    store.put_catalog("second").await.unwrap();
    assert_ne!(digest().await, before);
    store.put_catalog("first").await.unwrap();
    assert_eq!(digest().await, before);
}

async fn releases_are_listed_from_the_newest(place: Place) {
    let store = place.open().await;
    for text in ["one", "two", "three"] {
        store.put_catalog(text).await.unwrap();
        store.create_release(None, Some(text)).await.unwrap();
    }
    let numbers = async |before, limit| -> Vec<u64> {
        store.releases(before, limit).await.unwrap().iter().map(|release| release.number).collect()
    };
    assert_eq!(numbers(None, 10).await, [3, 2, 1]);
    assert_eq!(numbers(None, 2).await, [3, 2]);
    assert_eq!(numbers(Some(2), 2).await, [1]);
}

async fn a_release_that_was_tampered_with_is_no_release(place: Place) {
    let store = place.open().await;
    store.put_catalog("first").await.unwrap();
    store.create_release(None, None).await.unwrap();
    place.tamper("UPDATE releases SET catalog = 'another'").await;
    let error = store.frozen(1).await.unwrap_err();
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("release 1: expected digest"), "{error:?}");
}
