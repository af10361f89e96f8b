//! Opening a store, again and in vain.

use std::sync::Arc;

use usher_host::Scope;
use usher_store::{Enabled, KeyKind, Location, ModuleDigest, OpenError, Store};

use crate::fixture::{Place, TestClock, USUAL, on_each_database, slug, user, view};

on_each_database! {
    a_reopened_store_has_everything,
    a_newer_schema_is_refused_and_left_alone,
    a_changed_migration_is_refused,
    a_database_of_another_program_is_refused_and_left_alone,
    a_damaged_module_is_never_handed_out_and_an_upload_mends_it,
    a_folder_that_cannot_be_created_is_named,
}

#[track_caller]
fn check_text(error: &OpenError, parts: &[&str]) {
    let text = error.to_string();
    assert!(parts.iter().all(|part| text.contains(part)), "{text}");
    assert!(!text.contains('\n') && !text.ends_with('.'), "{text}");
}

async fn a_reopened_store_has_everything(place: Place) {
    let store = place.open().await;
    assert!(store.is_new());
    assert_eq!(store.environment().name.as_str(), "live");
    let environment = store.environment().clone();
    store.put_catalog("catalog").await.unwrap();
    store.put_workflow(&slug("trial"), b"wasm", Enabled::No, USUAL).await.unwrap();
    store.put_custom_data(&user("ada"), "trial", Scope::Brand, "1").await.unwrap();
    store.create_key(store.environment(), KeyKind::Public, None).await.unwrap();
    let (snapshot, keys) = (store.snapshot().await.unwrap(), store.keys().await.unwrap());
    store.close().await;

    let store = place.open().await;
    assert!(!store.is_new());
    assert_eq!(*store.environment(), environment);
    assert_eq!((store.snapshot().await.unwrap(), store.keys().await.unwrap()), (snapshot, keys));
    assert_eq!(store.module(&ModuleDigest::of(b"wasm")).await.unwrap().unwrap(), b"wasm");
    assert_eq!(
        view(&store).await.custom_data(&user("ada"), "trial", Scope::Brand).await.unwrap().as_deref(),
        Some("1")
    );
}

#[tokio::test]
async fn a_folder_and_a_url_open_the_same_store() {
    let place = Place::in_sqlite();
    let folder = place.path().join("deep/er");
    let store = Store::open(&Location::Folder(folder.clone()), TestClock::at(0)).await.unwrap();
    store.put_catalog("catalog").await.unwrap();
    let derived = store.secret().derive("usher 2026 a test");
    let url = format!("sqlite://{}", folder.join("usher.db").display());
    let url = Location::Url { url, folder: "not used".into() };
    let error = Store::open(&url, TestClock::at(0)).await.unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }), "{error:?}");
    store.close().await;
    let store = Store::open(&url, TestClock::at(0)).await.unwrap();
    assert_eq!(store.snapshot().await.unwrap().catalog.as_deref(), Some("catalog"));
    assert_eq!(store.secret().derive("usher 2026 a test"), derived);
    assert_eq!(folder.join("secret.key").metadata().unwrap().len(), 32);
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_folder_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::in_sqlite();
    let folder = place.path().join("data");
    Store::open(&Location::Folder(folder.clone()), TestClock::at(0)).await.unwrap().close().await;
    assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn a_store_in_memory_is_its_own() {
    let (one, other) = (
        Store::open(&Location::Memory, TestClock::at(0)).await.unwrap(),
        Store::open(&Location::Memory, TestClock::at(0)).await.unwrap(),
    );
    one.put_catalog("one").await.unwrap();
    assert_eq!(one.clone().snapshot().await.unwrap().catalog.as_deref(), Some("one"));
    assert_eq!(other.snapshot().await.unwrap().catalog, None);
    let derived = |store: &Store| store.secret().derive("usher 2026 a test");
    assert!(derived(&one) != derived(&other) && derived(&one) == derived(&one.clone()));
}

#[tokio::test]
async fn a_folder_is_opened_once() {
    let place = Place::in_sqlite();
    let store = place.open().await;
    let clone = store.clone();
    drop(store);
    let error = place.try_open().await.unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }), "{error:?}");
    check_text(&error, &[place.path().to_str().unwrap(), "in use", "the operator has to"]);
    drop(clone);
    place.open().await;
}

#[tokio::test]
async fn another_database_server_is_refused() {
    let url = "mysql://usher:hunter2@db/usher".to_owned();
    let error = Store::open(&Location::Url { url, folder: "data".into() }, TestClock::at(0)).await.unwrap_err();
    check_text(&error, &["expected `sqlite://PATH` or `postgres://", "found `mysql://…`"]);
}

/// What the file of a database has in it; nothing when it is elsewhere.
fn bytes(place: &Place) -> Option<Vec<u8>> {
    place.file().map(|file| std::fs::read(file).unwrap())
}

async fn a_newer_schema_is_refused_and_left_alone(place: Place) {
    place.open().await.close().await;
    place
        .tamper(
            "INSERT INTO usher_migrations (version, description, success, checksum, execution_time)
             SELECT 999, 'from the future', TRUE, checksum, 0 FROM usher_migrations WHERE version = 1",
        )
        .await;
    let before = bytes(&place);
    let error = place.try_open().await.unwrap_err();
    assert!(matches!(error, OpenError::NewerSchema { found: 999, .. }), "{error:?}");
    check_text(&error, &["schema version 999", "newer Usher"]);
    assert_eq!(bytes(&place), before);
}

async fn a_changed_migration_is_refused(place: Place) {
    place.open().await.close().await;
    place
        .tamper("UPDATE usher_migrations SET checksum = (SELECT checksum FROM usher_migrations WHERE version = 1)")
        .await;
    let error = place.try_open().await.unwrap_err();
    check_text(&error, &["bringing the schema up to date"]);
}

async fn a_database_of_another_program_is_refused_and_left_alone(place: Place) {
    place.tamper("CREATE TABLE contacts (name TEXT)").await;
    let before = bytes(&place);
    let error = place.try_open().await.unwrap_err();
    assert!(matches!(error, OpenError::Foreign { .. }), "{error:?}");
    check_text(&error, &["belongs to another program", "the operator has to choose"]);
    assert_eq!(bytes(&place), before);
}

#[tokio::test]
async fn a_damaged_file_is_refused_and_left_alone() {
    for bytes in [b"x\n".to_vec(), b"not a database ".repeat(1_000), {
        let mut header_and_rubbish = b"SQLite format 3\0".to_vec();
        header_and_rubbish.resize(8_192, 0xa5);
        header_and_rubbish
    }] {
        let place = Place::in_sqlite();
        let database = place.path().join("usher.db");
        std::fs::write(&database, &bytes).unwrap();
        let error = place.try_open().await.unwrap_err();
        assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");
        check_text(&error, &["usher.db", "is damaged", "restore it from a backup"]);
        assert_eq!(std::fs::read(&database).unwrap(), bytes);
    }
}

async fn a_damaged_module_is_never_handed_out_and_an_upload_mends_it(place: Place) {
    let store = place.open().await;
    store.put_workflow(&slug("trial"), b"wasm", Enabled::Yes, USUAL).await.unwrap();
    store.close().await;
    place.tamper("UPDATE modules SET wasm = substr(wasm, 2)").await;
    let store = place.open().await;
    let error = store.module(&ModuleDigest::of(b"wasm")).await.unwrap_err();
    assert!(error.to_string().contains("reading a module"), "{error}");

    store.put_workflow(&slug("trial"), b"wasm", Enabled::Yes, USUAL).await.unwrap();
    assert_eq!(store.module(&ModuleDigest::of(b"wasm")).await.unwrap().unwrap(), b"wasm");
}

#[tokio::test]
async fn an_empty_file_becomes_a_store() {
    // What is left when the server is killed while it creates its first database.
    let place = Place::in_sqlite();
    std::fs::write(place.path().join("usher.db"), b"").unwrap();
    assert!(place.open().await.is_new());
}

async fn a_folder_that_cannot_be_created_is_named(place: Place) {
    let file = place.path().join("file");
    std::fs::write(&file, b"").unwrap();
    for folder in [file.clone(), file.join("below")] {
        let location = match place.location() {
            Location::Url { url, .. } => Location::Url { url, folder: folder.clone() },
            _ => Location::Folder(folder.clone()),
        };
        let error = Store::open(&location, Arc::new(TestClock::default())).await.unwrap_err();
        assert!(matches!(error, OpenError::Folder { .. }), "{error:?}");
        check_text(&error, &[folder.to_str().unwrap(), "expected a folder"]);
    }
}
