//! Changes of the catalog and the workflows, and the releases they make.

use usher_store::{Enabled, LimitOverrides, ModuleDigest, Store, WorkflowError};

use crate::fixture::{Place, TestClock, USUAL, on_each_database, slug};

on_each_database! {
    a_new_store_is_empty,
    the_catalog_is_kept_as_it_is,
    a_workflow_comes_back_as_it_was_put,
    a_replaced_workflow_keeps_its_place,
    a_module_lives_as_long_as_a_workflow_uses_it,
    an_unknown_workflow_changes_nothing,
}

async fn slugs(store: &Store) -> Vec<String> {
    store.snapshot().await.unwrap().workflows.iter().map(|workflow| workflow.slug.to_string()).collect()
}

async fn a_new_store_is_empty(place: Place) {
    let snapshot = place.open().await.snapshot().await.unwrap();
    assert_eq!((snapshot.release, snapshot.catalog, snapshot.workflows), (0, None, Vec::new()));
}

async fn the_catalog_is_kept_as_it_is(place: Place) {
    let store = place.open().await;
    let text = "# é ☂\r\n[plans]\n\u{7f}\ttrailing ";
    assert_eq!(store.put_catalog("first").await.unwrap(), 1);
    assert_eq!(store.put_catalog(text).await.unwrap(), 2);
    let snapshot = store.snapshot().await.unwrap();
    assert_eq!((snapshot.release, snapshot.catalog.as_deref()), (2, Some(text)));
}

async fn a_workflow_comes_back_as_it_was_put(place: Place) {
    let clock = TestClock::at(5);
    let store = Store::open(&place.location(), clock.clone()).await.unwrap();
    let limits = LimitOverrides { fuel: Some(u64::MAX), deadline_ms: Some(0), memory_bytes: None };
    store.put_workflow(&slug("trial"), b"\0asm one", Enabled::No, limits).await.unwrap();
    clock.set(9);
    store.set_enabled(&slug("trial"), Enabled::Yes).await.unwrap();

    let [workflow] = store.snapshot().await.unwrap().workflows.try_into().unwrap();
    assert_eq!((workflow.slug.as_str(), workflow.enabled, workflow.size_bytes), ("trial", Enabled::Yes, 8));
    assert_eq!((workflow.created_at_ms, workflow.updated_at_ms), (5, 9));
    assert_eq!(workflow.limits, LimitOverrides { fuel: Some(i64::MAX.unsigned_abs()), ..limits });
    assert_eq!(workflow.digest, ModuleDigest::of(b"\0asm one"));
    assert_eq!(store.module(&workflow.digest).await.unwrap().unwrap(), b"\0asm one");
}

async fn a_replaced_workflow_keeps_its_place(place: Place) {
    let clock = TestClock::at(5);
    let store = Store::open(&place.location(), clock.clone()).await.unwrap();
    for name in ["c", "a", "b"] {
        store.put_workflow(&slug(name), name.as_bytes(), Enabled::Yes, USUAL).await.unwrap();
    }
    clock.set(9);
    let limits = LimitOverrides { fuel: Some(7), ..USUAL };
    assert_eq!(store.put_workflow(&slug("c"), b"new", Enabled::No, limits).await.unwrap(), 4);

    let workflows = store.snapshot().await.unwrap().workflows;
    let replaced = workflows.first().unwrap();
    assert_eq!((replaced.slug.as_str(), replaced.enabled, replaced.limits), ("c", Enabled::No, limits));
    assert_eq!((replaced.created_at_ms, replaced.updated_at_ms), (5, 9));
    assert_eq!(slugs(&store).await, ["c", "a", "b"]);

    store.delete_workflow(&slug("c")).await.unwrap();
    store.put_workflow(&slug("c"), b"new", Enabled::Yes, USUAL).await.unwrap();
    assert_eq!(slugs(&store).await, ["a", "b", "c"]);
}

async fn a_module_lives_as_long_as_a_workflow_uses_it(place: Place) {
    let store = place.open().await;
    let shared = ModuleDigest::of(b"shared");
    for name in ["one", "two"] {
        store.put_workflow(&slug(name), b"shared", Enabled::Yes, USUAL).await.unwrap();
    }
    store.delete_workflow(&slug("one")).await.unwrap();
    assert!(store.module(&shared).await.unwrap().is_some());
    store.put_workflow(&slug("two"), b"another", Enabled::Yes, USUAL).await.unwrap();
    assert!(store.module(&shared).await.unwrap().is_none());
    store.delete_workflow(&slug("two")).await.unwrap();
    assert!(store.module(&ModuleDigest::of(b"another")).await.unwrap().is_none());
}

async fn an_unknown_workflow_changes_nothing(place: Place) {
    let store = place.open().await;
    let enabled = store.set_enabled(&slug("nobody"), Enabled::Yes).await.unwrap_err();
    let deleted = store.delete_workflow(&slug("nobody")).await.unwrap_err();
    for error in [enabled, deleted] {
        assert!(matches!(&error, WorkflowError::Unknown { slug } if slug.as_str() == "nobody"), "{error:?}");
        assert!(error.to_string().starts_with("workflow `nobody`: expected"), "{error}");
    }
    assert_eq!(store.snapshot().await.unwrap().release, 0);
}
