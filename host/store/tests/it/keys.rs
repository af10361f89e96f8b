//! API keys.

use std::collections::HashSet;
use std::time::Duration;

use usher_store::{KeyError, KeyKind, KeyScope, KeyScopes, Store};

use crate::fixture::{Place, TestClock, on_each_database};

on_each_database! {
    a_key_has_three_parts_around_its_environment,
    a_key_is_kept_as_its_hash_alone,
    a_revoked_key_keeps_its_first_date,
    an_unknown_key_cannot_be_revoked,
    the_first_keys_are_created_once,
    a_key_comes_back_with_its_scopes_and_its_name,
    a_rotated_key_has_a_successor_and_an_end,
}

async fn a_key_has_three_parts_around_its_environment(place: Place) {
    let store = place.open().await;
    for (kind, prefix) in [(KeyKind::Secret, "sk"), (KeyKind::Public, "pk"), (KeyKind::Admin(KeyScopes::ALL), "ak")] {
        let key = store.create_key(store.environment(), kind, None).await.unwrap();
        let [first, env, environment, data] = key.text().split('_').collect::<Vec<_>>().try_into().unwrap();
        assert_eq!((first, format!("{env}_{environment}")), (prefix, store.environment().id.clone()));
        assert!(data.len() >= 32 && data.chars().all(|char| char.is_ascii_alphanumeric()), "{data}");
        assert_eq!(environment.len(), 12);
        assert!(environment.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit()), "{environment}");
    }
}

async fn a_key_is_kept_as_its_hash_alone(place: Place) {
    let store = place.open().await;
    let key = store.create_key(store.environment(), KeyKind::Admin(KeyScopes::ALL), None).await.unwrap();
    let [record] = store.keys().await.unwrap().try_into().unwrap();
    assert_eq!(
        (record.id.as_str(), record.kind, record.hash),
        (key.id(), key.kind(), store.key_hasher().hash_of(key.text()))
    );
    assert_eq!((record.created_at_ms, record.revoked_at_ms), (1_000, None));
    assert!(!format!("{key:?}").contains(key.text()));

    let secret_part = key.text().rsplit('_').next().unwrap().as_bytes().to_vec();
    store.close().await;
    // In PostgreSQL there is the secret alone; what is kept of the key was compared above.
    for entry in std::fs::read_dir(place.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(secret_part.len()).any(|window| window == secret_part));
    }
}

async fn a_revoked_key_keeps_its_first_date(place: Place) {
    let clock = TestClock::at(1);
    let store = Store::open(&place.location(), clock.clone()).await.unwrap();
    let key = store.create_key(store.environment(), KeyKind::Secret, None).await.unwrap();
    for now_ms in [2, 3] {
        clock.set(now_ms);
        store.revoke_key(key.id()).await.unwrap();
    }
    let [record] = store.keys().await.unwrap().try_into().unwrap();
    assert_eq!(record.revoked_at_ms, Some(2));
}

async fn an_unknown_key_cannot_be_revoked(place: Place) {
    let error = place.open().await.revoke_key("key_nobody").await.unwrap_err();
    assert!(matches!(&error, KeyError::Unknown { id } if id == "key_nobody"), "{error:?}");
}

async fn the_first_keys_are_created_once(place: Place) {
    let store = place.open().await;
    let (one, other) = tokio::join!(store.create_first_keys(), store.create_first_keys());
    let [first] = [one.unwrap(), other.unwrap()].into_iter().flatten().collect::<Vec<_>>().try_into().unwrap();
    assert!(first.secret.text().starts_with("sk_"));

    for key in store.keys().await.unwrap() {
        store.revoke_key(&key.id).await.unwrap();
    }
    assert!(store.create_first_keys().await.unwrap().is_none(), "revoked keys are keys, too");
    let kinds: HashSet<_> = store.keys().await.unwrap().iter().map(|key| key.kind).collect();
    assert_eq!(kinds, HashSet::from([KeyKind::Secret, KeyKind::Public, KeyKind::Admin(KeyScopes::ALL)]));
}

async fn a_key_comes_back_with_its_scopes_and_its_name(place: Place) {
    let store = place.open().await;
    let kind = KeyKind::Admin(KeyScopes::from_iter([KeyScope::Read, KeyScope::UsersWrite]));
    let name = "billing".parse().unwrap();
    store.create_key(store.environment(), kind, Some(&name)).await.unwrap();
    let [record] = store.keys().await.unwrap().try_into().unwrap();
    assert_eq!((record.kind, record.name), (kind, Some(name)));
}

async fn a_rotated_key_has_a_successor_and_an_end(place: Place) {
    let store = place.open().await;
    let kind = KeyKind::Admin(KeyScopes::from_iter([KeyScope::Audit]));
    let name = "auditor".parse().unwrap();
    let old = store.create_key(store.environment(), kind, Some(&name)).await.unwrap();
    let rotated = store.rotate_key(old.id(), Duration::from_secs(5)).await.unwrap();
    assert_eq!((rotated.key.kind(), rotated.old_ends_at_ms), (kind, 6_000));

    let records = store.keys().await.unwrap();
    let end_of = |id: &str| records.iter().find(|record| record.id == id).unwrap().ends_at_ms;
    assert_eq!((end_of(old.id()), end_of(rotated.key.id())), (Some(6_000), None));
    assert!(records.iter().all(|record| record.name.as_ref() == Some(&name)));

    let again = store.rotate_key(old.id(), Duration::ZERO).await.unwrap_err();
    assert!(matches!(again, KeyError::NotGood { was: "rotated", .. }), "{again:?}");
    store.revoke_key(rotated.key.id()).await.unwrap();
    let revoked = store.rotate_key(rotated.key.id(), Duration::ZERO).await.unwrap_err();
    assert!(matches!(revoked, KeyError::NotGood { was: "revoked", .. }), "{revoked:?}");
    let unknown = store.rotate_key("key_nobody", Duration::ZERO).await.unwrap_err();
    assert!(matches!(unknown, KeyError::Unknown { .. }), "{unknown:?}");
    assert_eq!(store.keys().await.unwrap().len(), 2, "nothing else was made");
}
