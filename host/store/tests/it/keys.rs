//! API keys.

use std::collections::HashSet;

use usher_store::{KeyError, KeyKind, Store};

use crate::fixture::{Place, TestClock};

#[tokio::test]
async fn a_key_has_three_parts_around_its_environment() {
    let place = Place::new();
    let store = place.open().await;
    for (kind, prefix) in [(KeyKind::Secret, "sk"), (KeyKind::Public, "pk"), (KeyKind::Admin, "ak")] {
        let key = store.create_key(kind).await.unwrap();
        let [first, env, environment, data] = key.text().split('_').collect::<Vec<_>>().try_into().unwrap();
        assert_eq!((first, format!("{env}_{environment}")), (prefix, store.environment().id.clone()));
        assert!(data.len() >= 32 && data.chars().all(|char| char.is_ascii_alphanumeric()), "{data}");
        assert_eq!(environment.len(), 12);
        assert!(environment.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit()), "{environment}");
    }
}

#[tokio::test]
async fn a_key_is_kept_as_its_hash_alone() {
    let place = Place::new();
    let store = place.open().await;
    let key = store.create_key(KeyKind::Admin).await.unwrap();
    let [record] = store.keys().await.unwrap().try_into().unwrap();
    assert_eq!(
        (record.id.as_str(), record.kind, record.hash),
        (key.id(), key.kind(), store.key_hasher().hash_of(key.text()))
    );
    assert_eq!((record.created_at_ms, record.revoked_at_ms), (1_000, None));
    assert!(!format!("{key:?}").contains(key.text()));

    let secret_part = key.text().rsplit('_').next().unwrap().as_bytes().to_vec();
    store.close().await;
    for entry in std::fs::read_dir(place.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(secret_part.len()).any(|window| window == secret_part));
    }
}

#[tokio::test]
async fn a_revoked_key_keeps_its_first_date() {
    let place = Place::new();
    let clock = TestClock::at(1);
    let store = Store::open(&place.location(), clock.clone()).await.unwrap();
    let key = store.create_key(KeyKind::Secret).await.unwrap();
    for now_ms in [2, 3] {
        clock.set(now_ms);
        store.revoke_key(key.id()).await.unwrap();
    }
    let [record] = store.keys().await.unwrap().try_into().unwrap();
    assert_eq!(record.revoked_at_ms, Some(2));
}

#[tokio::test]
async fn an_unknown_key_cannot_be_revoked() {
    let place = Place::new();
    let error = place.open().await.revoke_key("key_nobody").await.unwrap_err();
    assert!(matches!(&error, KeyError::Unknown { id } if id == "key_nobody"), "{error:?}");
}

#[tokio::test]
async fn the_first_keys_are_created_once() {
    let place = Place::new();
    let store = place.open().await;
    let (one, other) = tokio::join!(store.create_first_keys(), store.create_first_keys());
    let [first] = [one.unwrap(), other.unwrap()].into_iter().flatten().collect::<Vec<_>>().try_into().unwrap();
    assert!(first.secret.text().starts_with("sk_"));

    for key in store.keys().await.unwrap() {
        store.revoke_key(&key.id).await.unwrap();
    }
    assert!(store.create_first_keys().await.unwrap().is_none(), "revoked keys are keys, too");
    let kinds: HashSet<_> = store.keys().await.unwrap().iter().map(|key| key.kind).collect();
    assert_eq!(kinds, HashSet::from([KeyKind::Secret, KeyKind::Public, KeyKind::Admin]));
}
