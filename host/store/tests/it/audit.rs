//! The audit log: an entry for each change, and none without one.

use std::time::Duration;

use usher_host::{CustomerRecord, IdentityLink, Scope};
use usher_store::{Author, Enabled, KeyKind, KeyScope, KeyScopes, ModuleDigest, Store};

use crate::fixture::{Place, USUAL, on_each_database, slug, user, visitor};

on_each_database! {
    every_change_of_the_release_is_noted,
    every_change_of_keys_is_noted_without_their_texts,
    every_change_of_users_is_noted_without_what_is_kept_of_them,
    what_changes_nothing_is_not_noted,
    the_log_is_read_page_by_page,
}

/// All entries, the oldest first: author, action, subject, detail.
async fn entries(store: &Store) -> Vec<(String, String, String, Option<String>)> {
    let entries = store.audit(None, 1_000).await.unwrap();
    entries.into_iter().rev().map(|entry| (entry.author, entry.action, entry.subject, entry.detail)).collect()
}

fn entry(action: &str, subject: &str, detail: Option<&str>) -> (String, String, String, Option<String>) {
    ("key_1".to_owned(), action.to_owned(), subject.to_owned(), detail.map(str::to_owned))
}

fn key_1() -> Author {
    Author::Key { id: "key_1".into(), request: Some("request-1".into()) }
}

async fn every_change_of_the_release_is_noted(place: Place) {
    let store = place.open().await.on_behalf(key_1());
    store.put_catalog("catalog").await.unwrap();
    store.put_workflow(&slug("trial"), b"wasm", Enabled::Yes, USUAL).await.unwrap();
    store.set_enabled(&slug("trial"), Enabled::No).await.unwrap();
    store.set_enabled(&slug("trial"), Enabled::Yes).await.unwrap();
    store.delete_workflow(&slug("trial")).await.unwrap();
    let (catalog, wasm) = (ModuleDigest::of(b"catalog"), ModuleDigest::of(b"wasm"));
    let expected = [
        entry("put-catalog", "catalog", Some(catalog.as_str())),
        entry("put-workflow", "trial", Some(wasm.as_str())),
        entry("disable-workflow", "trial", None),
        entry("enable-workflow", "trial", None),
        entry("delete-workflow", "trial", None),
    ];
    assert_eq!(entries(&store).await, expected);
    let newest = store.audit(None, 1).await.unwrap().remove(0);
    assert_eq!((newest.at_ms, newest.request.as_deref()), (1_000, Some("request-1")));
}

async fn every_change_of_keys_is_noted_without_their_texts(place: Place) {
    let store = place.open().await;
    store.create_first_keys().await.unwrap();
    assert!(
        entries(&store)
            .await
            .iter()
            .all(|(author, action, ..)| (&**author, &**action) == ("command-line", "create-key"))
    );

    let store = store.on_behalf(key_1());
    let kind = KeyKind::Admin(KeyScopes::from_iter([KeyScope::Read, KeyScope::Audit]));
    let old = store.create_key(store.environment(), kind, None).await.unwrap();
    let new = store.rotate_key(old.id(), Duration::ZERO).await.unwrap().key;
    store.revoke_key(new.id()).await.unwrap();
    let expected = [
        entry("create-key", old.id(), Some("admin: read, audit")),
        entry("create-key", new.id(), Some("admin: read, audit")),
        entry("rotate-key", old.id(), Some(new.id())),
        entry("revoke-key", new.id(), None),
    ];
    let found = entries(&store).await;
    assert_eq!(found.get(3..).unwrap(), expected);
    for secret in [old.text(), new.text()] {
        assert!(!format!("{found:?}").contains(secret.rsplit('_').next().unwrap()));
    }
}

async fn every_change_of_users_is_noted_without_what_is_kept_of_them(place: Place) {
    let store = place.open().await.on_behalf(key_1());
    let (ada, guest) = (user("ada"), visitor("guest"));
    let record = CustomerRecord { customer_identifiers: vec!["private".to_owned()], product_ids: Vec::new() };
    store.put_customer(&ada, &record).await.unwrap();
    store.put_custom_data(&ada, "trial", Scope::Brand, r#""private""#).await.unwrap();
    let link = IdentityLink { source: guest.clone(), target: ada.clone(), mode: "private".to_owned() };
    store.put_link(&link).await.unwrap();
    store.delete_link(&guest, &ada).await.unwrap();
    store.delete_custom_data(&ada, "trial", Scope::Brand).await.unwrap();
    store.delete_customer(&ada).await.unwrap();
    let (ada, guest) = ("authenticated/ada", "anonymous/guest");
    let expected = [
        entry("put-customer", ada, None),
        entry("put-custom-data", ada, Some("brand/trial")),
        entry("put-link", guest, Some(ada)),
        entry("delete-link", guest, Some(ada)),
        entry("delete-custom-data", ada, Some("brand/trial")),
        entry("delete-customer", ada, None),
    ];
    assert_eq!(entries(&store).await, expected);
}

async fn what_changes_nothing_is_not_noted(place: Place) {
    let store = place.open().await;
    let key = store.create_key(store.environment(), KeyKind::Secret, None).await.unwrap();
    store.revoke_key(key.id()).await.unwrap();
    let before = entries(&store).await.len();
    store.revoke_key(key.id()).await.unwrap();
    store.revoke_key("key_nobody").await.unwrap_err();
    store.rotate_key(key.id(), Duration::ZERO).await.unwrap_err();
    store.delete_workflow(&slug("nobody")).await.unwrap_err();
    store.set_enabled(&slug("nobody"), Enabled::Yes).await.unwrap_err();
    store.delete_customer(&user("nobody")).await.unwrap();
    store.delete_custom_data(&user("nobody"), "trial", Scope::Brand).await.unwrap();
    store.delete_link(&user("nobody"), &user("ada")).await.unwrap();
    store.put_custom_data(&user("ada"), "trial", Scope::Brand, "no JSON").await.unwrap_err();
    assert_eq!(entries(&store).await.len(), before);
}

async fn the_log_is_read_page_by_page(place: Place) {
    let store = place.open().await;
    for text in ["1", "2", "3", "4", "5"] {
        store.put_catalog(text).await.unwrap();
    }
    let ids = async |before, limit| -> Vec<u64> {
        store.audit(before, limit).await.unwrap().into_iter().map(|entry| entry.id).collect()
    };
    assert_eq!(ids(None, 2).await, [5, 4]);
    assert_eq!(ids(Some(4), 2).await, [3, 2]);
    assert_eq!(ids(Some(2), 2).await, [1]);
    assert_eq!(ids(Some(1), 2).await, Vec::<u64>::new());
    assert_eq!(ids(Some(u64::MAX), 1).await, [5]);
}
