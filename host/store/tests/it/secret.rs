//! The secret that keys are kept with: databases from before it, and databases without it.

use std::fs;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqlSafeStr, SqliteConnection, query, query_scalar};
use usher_store::{KeyKind, OpenError, Store};

use crate::fixture::{Place, on_each_database};

on_each_database! {
    another_secret_is_noticed_at_once,
    a_lost_secret_costs_the_keys_and_nothing_else,
}

/// SHA-256 of `sk_env_1_old` and of `ak_env_1_old`, as they were kept once.
const OLD: [(&str, &str, &str, &str); 2] = [
    ("key_1", "secret", "sk_env_1_old", "2985fe51813de333a9e8a501cfbbb7a2dab20dac45966247d99af724cef0e8e6"),
    ("key_2", "admin", "ak_env_1_old", "236d964451cc5bcab19a6c9acff3b5fd1863d57a9820497efa4aac169b6058a2"),
];

async fn connect(place: &Place) -> SqliteConnection {
    let database = place.path().join("usher.db");
    SqliteConnectOptions::new().filename(database).create_if_missing(true).connect().await.unwrap()
}

/// A database as the version before secrets left it, with its keys.
async fn old_database(place: &Place) {
    let mut connection = connect(place).await;
    let migrations = [
        (1, "first schema", include_str!("../../migrations/sqlite/0001_first_schema.sql")),
        (2, "counters", include_str!("../../migrations/sqlite/0002_counters.sql")),
    ];
    let migrations = migrations.map(|(version, description, sql)| {
        Migration::new(version, description.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let mut migrator = Migrator::with_migrations(migrations.into());
    migrator.dangerous_set_table_name("usher_migrations");
    migrator.run_direct(None, &mut connection, false).await.unwrap();
    for (id, kind, _, sha256) in OLD {
        query("INSERT INTO keys (id, kind, hash, created_at) VALUES ($1, $2, unhex($3), 7)")
            .bind(id)
            .bind(kind)
            .bind(sha256)
            .execute(&mut connection)
            .await
            .unwrap();
    }
    connection.close().await.unwrap();
}

async fn check_old_keys(store: &Store) {
    let records = store.keys().await.unwrap();
    assert_eq!(records.len(), OLD.len());
    for (record, (id, kind, text, _)) in records.iter().zip(OLD) {
        assert_eq!((record.id.as_str(), record.kind.as_str(), record.created_at_ms), (id, kind, 7));
        assert_eq!(record.hash, store.key_hasher().hash_of(text));
        assert_ne!(record.hash, store.key_hasher().hash_of("sk_env_1_other"));
    }
}

#[tokio::test]
async fn keys_from_before_are_converted_once() {
    let place = Place::in_sqlite();
    old_database(&place).await;
    for _ in 0..2 {
        let store = place.open().await;
        check_old_keys(&store).await;
        store.close().await;
    }
}

#[tokio::test]
async fn a_conversion_that_breaks_off_leaves_all_as_it_was() {
    let place = Place::in_sqlite();
    old_database(&place).await;
    const BREAK_OFF: &str = "CREATE TRIGGER breaks_off BEFORE UPDATE OF hash ON keys WHEN OLD.id = 'key_2'
         BEGIN SELECT RAISE(ABORT, 'full'); END";
    place.tamper(BREAK_OFF).await;
    let error = place.try_open().await.unwrap_err();
    assert!(error.to_string().contains("converting the keys"), "{error}");
    let mut connection = connect(&place).await;
    for (id, _, _, sha256) in OLD {
        let kept: String = query_scalar("SELECT lower(hex(hash)) FROM keys WHERE id = $1")
            .bind(id)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(kept, sha256);
    }
    connection.close().await.unwrap();
    place.tamper("DROP TRIGGER breaks_off").await;
    check_old_keys(&place.open().await).await;
}

async fn another_secret_is_noticed_at_once(place: Place) {
    let store = place.open().await;
    let key = store.create_key(store.environment(), KeyKind::Secret, None).await.unwrap();
    store.close().await;
    let file = place.path().join("secret.key");
    let secret = fs::read(&file).unwrap();

    fs::write(&file, [7; 32]).unwrap();
    check_refused(&place, "found another").await;
    fs::remove_file(&file).unwrap();
    check_refused(&place, "found none").await;
    assert!(!file.exists(), "no new one is made");

    fs::write(&file, secret).unwrap();
    let store = place.open().await;
    let [record] = store.keys().await.unwrap().try_into().unwrap();
    assert_eq!(record.hash, store.key_hasher().hash_of(key.text()));
}

async fn check_refused(place: &Place, found: &str) {
    let error = place.try_open().await.unwrap_err();
    assert!(matches!(error, OpenError::OtherSecret { .. }), "{error:?}");
    let text = error.to_string();
    let database = if place.file().is_some() { "usher.db" } else { "postgres:///" };
    for part in ["secret.key", database, found, "the operator has to restore", "copy it from another server"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

/// What the README of usher-server says for whoever has no backup of it.
async fn a_lost_secret_costs_the_keys_and_nothing_else(place: Place) {
    let store = place.open().await;
    store.put_catalog("catalog").await.unwrap();
    store.create_first_keys().await.unwrap().unwrap();
    store.close().await;
    fs::remove_file(place.path().join("secret.key")).unwrap();
    place.tamper("DELETE FROM keys").await;
    place.tamper("DELETE FROM secret_check").await;

    let store = place.open().await;
    assert_eq!(store.snapshot().await.unwrap().catalog.as_deref(), Some("catalog"));
    assert!(store.create_first_keys().await.unwrap().is_some());
}
