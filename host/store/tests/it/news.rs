//! News of what other servers have changed: who hears of it, and when.

use std::time::Duration;

use futures_util::FutureExt;
use usher_host::Scope;
use usher_store::{Changes, Enabled, KeyKind, News};

use crate::fixture::{Place, USUAL, on_each_database, slug, user};

on_each_database!(no_news_comes_of_a_wait_that_is_given_up);

/// Longer than any test takes: what is heard then was not found by having a look.
const NEVER: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn every_server_hears_of_every_release_and_every_key_and_of_nothing_else() {
    let Some(place) = Place::in_postgres() else { return };
    let one = place.open().await;
    let other = place.of_another_server().open().await;
    let mut heard = [one.changes(NEVER), other.changes(NEVER)];
    for changes in &mut heard {
        assert_eq!(changes.next().await, News::Perhaps, "what was before the first word was not heard");
    }
    let release = one.put_catalog("catalog").await.unwrap();
    other.put_custom_data(&user("ada"), "trial", Scope::Brand, "1").await.unwrap();
    other.set_enabled(&slug("nobody"), Enabled::Yes).await.unwrap_err();
    let next = other.put_workflow(&slug("trial"), b"wasm", Enabled::Yes, USUAL).await.unwrap();
    assert_eq!(next, release + 1);
    for (changes, store) in heard.iter_mut().zip([&other, &one]) {
        assert_eq!(changes.next().await, News::Draft(release));
        assert_eq!(changes.next().await, News::Draft(next));
        assert_eq!(store.snapshot().await.unwrap().release, next);
    }

    let key = other.create_key(other.environment(), KeyKind::Secret, None).await.unwrap();
    let key = one.rotate_key(key.id(), Duration::ZERO).await.unwrap().key;
    other.revoke_key(key.id()).await.unwrap();
    // It is revoked already.
    other.revoke_key(key.id()).await.unwrap();
    one.revoke_key("key_nobody").await.unwrap_err();
    let last = one.put_catalog("catalog").await.unwrap();
    for changes in &mut heard {
        for _ in 0..3 {
            assert_eq!(changes.next().await, News::Keys);
        }
        assert_eq!(changes.next().await, News::Draft(last));
    }
}

#[tokio::test]
async fn words_of_others_are_no_news() {
    let Some(place) = Place::in_postgres() else { return };
    let store = place.open().await;
    let mut changes = store.changes(NEVER);
    assert_eq!(changes.next().await, News::Perhaps);
    for word in ["env_ffffffffffff 7", "nonsense", ""] {
        place.tamper(sqlx::AssertSqlSafe(format!("SELECT pg_notify('usher_release', '{word}')"))).await;
    }
    let release = store.put_catalog("catalog").await.unwrap();
    assert_eq!(changes.next().await, News::Draft(release));
}

#[tokio::test]
async fn whoever_hears_nothing_has_a_look() {
    let Some(place) = Place::in_postgres() else { return };
    let mut changes = place.open().await.changes(Duration::from_millis(1));
    for _ in 0..3 {
        assert_eq!(changes.next().await, News::Perhaps);
    }
}

async fn no_news_comes_of_a_wait_that_is_given_up(place: Place) {
    let store = place.open().await;
    let mut changes = store.changes(NEVER);
    for _ in 0..10 {
        assert_eq!(changes.next().now_or_never(), None);
    }
    store.put_catalog("catalog").await.unwrap();
    if place.file().is_some() {
        // Nobody else writes to it, and this process knows what it does itself.
        assert_eq!(changes.next().now_or_never(), None);
    } else {
        assert!(matches!(changes.next().await, News::Perhaps | News::Draft(1)));
    }
    assert!(Changes::EVERY <= Duration::from_secs(2));
}
