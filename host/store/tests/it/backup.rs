//! Backups: what goes out of one database comes into another as it was.

use std::path::{Path, PathBuf};

use usher_host::Scope;
use usher_store::{
    Backup, BackupSummary, Enabled, ExportError, IdempotencyKey, ImportError, ImportKeys, KeyKind, Location,
    ModuleDigest, OpenError, Overwrite, Snapshot, Target,
};

use crate::everything::{Everything, deploy, fill, update};
use crate::fixture::{Place, TestClock, USUAL, on_each_database, slug, user, view_for, visitor};

on_each_database! {
    a_place_that_is_in_use_is_left_alone,
    keys_need_their_secret_or_are_left_out,
    an_update_that_is_sent_again_after_an_import_counts_once,
    where_nothing_is_there_is_nothing_to_export,
    an_older_database_is_neither_exported_nor_imported_into,
    many_rows_and_files_come_back,
    a_damaged_module_keeps_a_backup_from_being_made,
}

/// Where a backup of this place is put.
fn file_in(folder: &Path) -> PathBuf {
    folder.join("usher-backup.tar")
}

pub(crate) async fn export(place: &Place, folder: &Path) -> (Backup, BackupSummary) {
    let exported = Backup::create(&place.location(), &file_in(folder), Overwrite::Yes).await.unwrap();
    (Backup::open(&file_in(folder)).unwrap(), exported)
}

pub(crate) async fn import(backup: &Backup, into: &Place, keys: ImportKeys) -> Result<(), ImportError> {
    backup.restore(&into.location(), TestClock::at(9_000), keys).await
}

/// Brings the secret of one place to another.
pub(crate) fn bring_secret(from: &Place, to: &Place) {
    std::fs::copy(from.path().join("secret.key"), to.path().join("secret.key")).unwrap();
}

/// What is in each part, without the audit log, which has an entry more after an import.
fn parts(summary: &BackupSummary) -> Vec<(&str, u64, &str)> {
    let parts = summary.parts.iter().map(|part| (part.name, part.rows, part.digest.as_str()));
    parts.filter(|(name, ..)| *name != "audit").collect()
}

async fn everything_moves(from: Place, to: Place) {
    let store = from.open().await;
    fill(&store).await;
    let expected = Everything::of(&store).await;
    store.close().await;
    let folder = tempfile::tempdir().unwrap();
    let (backup, exported) = export(&from, folder.path()).await;
    assert_eq!(*backup.summary(), exported);
    assert_eq!(exported.parts.iter().filter(|part| part.rows == 0).count(), 0, "{exported:?}");
    let texts = std::fs::read(file_in(folder.path())).unwrap();
    let secret = std::fs::read(from.path().join("secret.key")).unwrap();
    assert!(!texts.windows(secret.len()).any(|window| window == secret), "the secret stays where it is");

    bring_secret(&from, &to);
    import(&backup, &to, ImportKeys::Yes).await.unwrap();
    let store = to.open().await;
    assert!(!store.is_new());
    assert!(Everything::of(&store).await == expected);
    assert!(store.create_first_keys().await.unwrap().is_none(), "there were keys");
    let next = store.audit(None, 1).await.unwrap().remove(0);
    assert_eq!((next.action.as_str(), next.subject.as_str(), next.at_ms), ("import", "backup", 9_000));
    assert_eq!(next.detail, Some(format!("sha256:{}", exported.digest)));
    assert_eq!(next.id, expected.audit.iter().map(|entry| entry.id).max().unwrap() + 1);
    store.close().await;
    assert_eq!(parts(&export(&to, folder.path()).await.1), parts(&exported), "what is the same makes the same parts");

    // It is lived in afterwards as before.
    let store = to.open().await;
    store.put_catalog("next").await.unwrap();
    assert_eq!(store.create_release(None, None).await.unwrap().number, expected.state.draft.release + 1);
    deploy(&store, Target::Draft, None).await;
    assert!(store.audit(None, 1).await.unwrap().remove(0).id > next.id);
}

#[tokio::test]
async fn everything_moves_from_sqlite_to_sqlite() {
    everything_moves(Place::in_sqlite(), Place::in_sqlite()).await;
}

#[tokio::test]
async fn everything_moves_from_sqlite_to_postgres() {
    let Some(to) = Place::in_postgres() else { return };
    everything_moves(Place::in_sqlite(), to).await;
}

#[tokio::test]
async fn everything_moves_from_postgres_to_sqlite() {
    let Some(from) = Place::in_postgres() else { return };
    everything_moves(from, Place::in_sqlite()).await;
}

#[tokio::test]
async fn everything_moves_from_postgres_to_postgres() {
    let (Some(from), Some(to)) = (Place::in_postgres(), Place::in_postgres()) else { return };
    everything_moves(from, to).await;
}

async fn a_place_that_is_in_use_is_left_alone(place: Place) {
    let source = Place::in_sqlite();
    source.open().await.close().await;
    let folder = tempfile::tempdir().unwrap();
    let (backup, _) = export(&source, folder.path()).await;
    // What one change each leaves behind, and no other.
    let changes = [
        "UPDATE draft SET number = 1",
        "UPDATE environment SET name = 'production' WHERE name = 'preview'",
        "UPDATE draft SET catalog = ''",
        "INSERT INTO releases (number, digest, author, created_at) VALUES (1, '', '', 1)",
        "INSERT INTO customers VALUES ('anonymous', 'ada', '', '')",
        "INSERT INTO custom_data VALUES ('brand', 'anonymous', 'ada', 'key', '1')",
        "INSERT INTO identity_links VALUES ('anonymous', 'ada', 'anonymous', 'eve', 'm')",
        "INSERT INTO counters VALUES ('anonymous', 'ada', 'c', 'day', 1, 1, 1)",
        "INSERT INTO audit (at, author, action, subject) VALUES (1, 'a', 'b', 'c')",
    ];
    for change in changes {
        let place = if place.file().is_some() { Place::in_sqlite() } else { Place::in_postgres().unwrap() };
        place.open().await.close().await;
        place.tamper(change).await;
        let store = place.open().await;
        let before = (store.environment().clone(), store.state().await.unwrap());
        store.close().await;
        let refused = import(&backup, &place, ImportKeys::Yes).await.unwrap_err();
        assert!(matches!(refused, ImportError::NotEmpty { .. }), "{change}: {refused:?}");
        let text = refused.to_string();
        assert!(
            text.contains("in which nothing was ever stored, found") && text.contains("the operator has to"),
            "{text}"
        );
        let store = place.open().await;
        assert_eq!((store.environment().clone(), store.state().await.unwrap()), before);
    }
    // One that was only opened is empty.
    place.open().await.close().await;
    import(&backup, &place, ImportKeys::Yes).await.unwrap();
    let again = import(&backup, &place, ImportKeys::Yes).await.unwrap_err();
    assert!(again.to_string().contains("found an audit log"), "{again}");
}

async fn keys_need_their_secret_or_are_left_out(place: Place) {
    let source = Place::in_sqlite();
    let store = source.open().await;
    fill(&store).await;
    let key = store.create_key(store.environment(), KeyKind::Secret, None).await.unwrap();
    let expected = Everything::of(&store).await;
    store.close().await;
    let folder = tempfile::tempdir().unwrap();
    let (backup, _) = export(&source, folder.path()).await;

    let secret = place.path().join("secret.key");
    for found in ["none", "another"] {
        let refused = import(&backup, &place, ImportKeys::Yes).await.unwrap_err();
        assert!(matches!(&refused, ImportError::OtherSecret { found: was, .. } if *was == found), "{refused:?}");
        let text = refused.to_string();
        assert!(text.contains("secret.key") && text.contains("import without the keys"), "{text}");
        assert_eq!(secret.exists(), found == "another", "none is made");
        std::fs::write(&secret, [7; 32]).unwrap();
    }
    assert!(!place.path().join("usher.db").exists(), "nothing was made");

    import(&backup, &place, ImportKeys::No).await.unwrap();
    let store = place.open().await;
    assert!(store.keys().await.unwrap().is_empty());
    assert!(Everything::of(&store).await == Everything { keys: Vec::new(), ..expected });
    let noted = store.audit(None, 1).await.unwrap().remove(0);
    assert!(noted.detail.unwrap().ends_with(", without keys"));
    let first = store.create_first_keys().await.unwrap().unwrap();
    assert!(first.secret.text().starts_with(&format!("sk_{}_", store.environment().id)));
    assert_eq!(key.environment(), store.environment().id);
    assert!(store.create_first_keys().await.unwrap().is_none());
}

async fn an_update_that_is_sent_again_after_an_import_counts_once(to: Place) {
    let from = Place::in_sqlite();
    let store = from.open().await;
    store.update_counter(&update("ada"), Some(&IdempotencyKey::of("once"))).await.unwrap();
    let counted = store.user_overview(&user("ada")).await.unwrap();
    store.close().await;
    let folder = tempfile::tempdir().unwrap();
    let (backup, _) = export(&from, folder.path()).await;
    import(&backup, &to, ImportKeys::Yes).await.unwrap();
    let store = to.open().await;
    store.update_counter(&update("ada"), Some(&IdempotencyKey::of("once"))).await.unwrap();
    assert_eq!(store.user_overview(&user("ada")).await.unwrap(), counted);
    store.update_counter(&update("ada"), Some(&IdempotencyKey::of("another"))).await.unwrap();
    assert_ne!(store.user_overview(&user("ada")).await.unwrap(), counted);
}

async fn where_nothing_is_there_is_nothing_to_export(place: Place) {
    let file = file_in(place.path());
    let refused = Backup::create(&place.location(), &file, Overwrite::No).await.unwrap_err();
    assert!(matches!(refused, ExportError::Nothing { .. }), "{refused:?}");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "nothing was made");
}

async fn an_older_database_is_neither_exported_nor_imported_into(place: Place) {
    let source = Place::in_sqlite();
    source.open().await.close().await;
    let folder = tempfile::tempdir().unwrap();
    let (backup, _) = export(&source, folder.path()).await;
    place.open().await.close().await;
    place.tamper("DELETE FROM usher_migrations WHERE version > 4").await;
    let refused = Backup::create(&place.location(), &file_in(place.path()), Overwrite::No).await.unwrap_err();
    assert!(matches!(refused, ExportError::OlderSchema { found: 4, newest: 5, .. }), "{refused:?}");
    assert!(!file_in(place.path()).exists());
    let refused = import(&backup, &place, ImportKeys::Yes).await.unwrap_err();
    assert!(matches!(refused, ImportError::NotEmpty { .. }), "{refused:?}");
    let refused = Backup::create(&place.location(), &file_in(place.path()), Overwrite::No).await.unwrap_err();
    assert!(matches!(refused, ExportError::OlderSchema { found: 4, .. }), "it is as old as before: {refused:?}");
}

/// More than one page of rows, and more than one file of them.
async fn many_rows_and_files_come_back(place: Place) {
    const ROWS: &str = "INSERT INTO custom_data (scope, user_type, identifier, key, value)
         WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 5000)
         SELECT CASE n % 2 WHEN 0 THEN 'brand' ELSE 'cross-brand' END, 'anonymous', 'user-' || (n / 3), 'key-' || n,
             '\"a value that takes some room: ' || n || '\"' FROM numbers";
    place.open().await.close().await;
    place.tamper(ROWS).await;
    let folder = tempfile::tempdir().unwrap();
    let (backup, exported) = export(&place, folder.path()).await;
    assert_eq!(exported.rows("custom-data"), 5_000);
    for to in [Some(Place::in_sqlite()), Place::in_postgres()].into_iter().flatten() {
        import(&backup, &to, ImportKeys::Yes).await.unwrap();
        let moved = folder.path().join("moved");
        std::fs::create_dir_all(&moved).unwrap();
        assert_eq!(parts(&export(&to, &moved).await.1), parts(&exported));
        let store = to.open().await;
        let value = view_for(&store, &visitor("user-1666"))
            .await
            .custom_data(&visitor("user-1666"), "key-5000", Scope::Brand)
            .await
            .unwrap();
        assert_eq!(value.unwrap(), "\"a value that takes some room: 5000\"");
    }
}

async fn a_damaged_module_keeps_a_backup_from_being_made(place: Place) {
    let store = place.open().await;
    store.put_workflow(&slug("trial"), b"wasm", Enabled::Yes, USUAL).await.unwrap();
    store.close().await;
    place.tamper("UPDATE modules SET wasm = substr(wasm, 2)").await;
    let refused = Backup::create(&place.location(), &file_in(place.path()), Overwrite::No).await.unwrap_err();
    let source = std::error::Error::source(&refused).unwrap().to_string();
    assert!(source.contains(&format!("expected module `{}`", ModuleDigest::of(b"wasm"))), "{source}");
    assert!(!std::fs::read_dir(place.path()).unwrap().any(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.starts_with(".unfinished") || name.ends_with(".tar")
    }));
}

#[tokio::test]
async fn a_folder_is_exported_when_its_server_has_stopped() {
    let place = Place::in_sqlite();
    let store = place.open().await;
    let refused = Backup::create(&place.location(), &file_in(place.path()), Overwrite::No).await.unwrap_err();
    assert!(matches!(refused, ExportError::Open(OpenError::InUse { .. })), "{refused:?}");
    store.close().await;
    Backup::create(&place.location(), &file_in(place.path()), Overwrite::No).await.unwrap();
}

/// One that is served: what is committed after the first read is not in it, and neither folder nor secret is needed.
#[tokio::test]
async fn a_database_is_exported_while_servers_run() {
    let Some(place) = Place::in_postgres() else { return };
    let store = place.open().await;
    fill(&store).await;
    let folder = tempfile::tempdir().unwrap();
    let own = Location::Url { url: place.url().unwrap().to_owned(), folder: folder.path().join("none") };
    let exported = Backup::create(&own, &file_in(folder.path()), Overwrite::No).await.unwrap();
    assert!(!folder.path().join("none").exists());
    assert_eq!(exported.rows("workflows"), 2);
    store.put_catalog("goes on").await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_there_is_replaced_only_on_demand() {
    let place = Place::in_sqlite();
    place.open().await.close().await;
    let file = file_in(place.path());
    std::fs::write(&file, "precious").unwrap();
    let refused = Backup::create(&place.location(), &file, Overwrite::No).await.unwrap_err();
    assert!(matches!(&refused, ExportError::Exists { path } if *path == file), "{refused:?}");
    assert_eq!(std::fs::read(&file).unwrap(), b"precious");
    Backup::create(&place.location(), &file, Overwrite::Yes).await.unwrap();
    Backup::open(&file).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let nowhere = place.path().join("no/folder.tar");
    let refused = Backup::create(&place.location(), &nowhere, Overwrite::No).await.unwrap_err();
    assert!(matches!(refused, ExportError::Write { .. }), "{refused:?}");
}

/// What `SQLite` kept before keys were held to have none.
#[tokio::test]
async fn a_text_that_postgres_cannot_keep_is_named_and_nothing_is_imported() {
    let Some(to) = Place::in_postgres() else { return };
    let from = Place::in_sqlite();
    from.open().await.close().await;
    from.tamper("INSERT INTO counters VALUES ('anonymous', 'ada', 'a' || char(0) || 'b', 'day', 1, 1, 1)").await;
    let folder = tempfile::tempdir().unwrap();
    let (backup, _) = export(&from, folder.path()).await;
    let refused = import(&backup, &to, ImportKeys::Yes).await.unwrap_err();
    assert!(matches!(refused, ImportError::Refused { part: "counters", .. }), "{refused:?}");
    let other = Place::in_sqlite();
    import(&backup, &other, ImportKeys::Yes).await.unwrap();

    let (good, _) = {
        let from = Place::in_sqlite();
        from.open().await.close().await;
        export(&from, folder.path()).await
    };
    import(&good, &to, ImportKeys::Yes).await.unwrap();
}

/// The file that was verified is the one that is imported.
#[tokio::test]
async fn a_file_that_changes_after_it_was_opened_is_not_imported() {
    let (from, to) = (Place::in_sqlite(), Place::in_sqlite());
    let store = from.open().await;
    store.put_catalog("before").await.unwrap();
    store.close().await;
    let folder = tempfile::tempdir().unwrap();
    let (backup, _) = export(&from, folder.path()).await;
    let store = from.open().await;
    store.put_catalog("behind").await.unwrap();
    store.close().await;
    let other = folder.path().join("other.tar");
    Backup::create(&from.location(), &other, Overwrite::No).await.unwrap();
    // In the same place on the disk, as `cp` does it.
    std::fs::write(file_in(folder.path()), std::fs::read(&other).unwrap()).unwrap();
    let refused = import(&backup, &to, ImportKeys::Yes).await.unwrap_err();
    assert!(matches!(refused, ImportError::Backup(_)), "{refused:?}");
    assert_eq!(to.open().await.snapshot().await.unwrap(), Snapshot::default());
}
