//! Several servers with one database: whichever is asked, all know the same.

use std::collections::HashSet;
use std::fs;

use usher_host::{Period, Scope};
use usher_store::{CounterError, Enabled, IdempotencyKey, KeyKind, OpenError, Store};

use crate::counters::{MONDAY_MS, units, update};
use crate::fixture::{Place, USUAL, slug, user, view};

const SERVERS: usize = 3;
const WRITERS: usize = 8;

/// The places of servers with a new database; none without PostgreSQL.
async fn places() -> Option<Vec<Place>> {
    let first = Place::in_postgres()?;
    first.open().await.close().await;
    let others = (1..SERVERS).map(|_| first.of_another_server()).collect::<Vec<_>>();
    Some([first].into_iter().chain(others).collect())
}

/// The servers themselves, all of them open at the same time.
async fn fleet() -> Option<(Vec<Place>, Vec<Store>)> {
    let places = places().await?;
    let mut stores = Vec::new();
    for place in &places {
        stores.push(place.open().await);
    }
    Some((places, stores))
}

/// Has every writer of every server do something at the same time, and returns what came of it.
async fn all<T, F>(stores: &[Store], work: impl Fn(Store, usize, usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let writers =
        stores.iter().enumerate().flat_map(|(server, store)| (0..WRITERS).map(move |writer| (server, store, writer)));
    let tasks: Vec<_> =
        writers.map(|(server, store, writer)| tokio::spawn(work(store.clone(), server, writer))).collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

#[tokio::test]
async fn a_folder_is_of_one_server() {
    let Some(place) = Place::in_postgres() else { return };
    let store = place.open().await;
    let error = place.try_open().await.unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }), "{error:?}");
    store.close().await;
    place.open().await;
}

#[tokio::test]
async fn what_one_server_was_told_all_know() {
    let Some((_places, stores)) = fleet().await else { return };
    let [one, other, _] = stores.as_slice() else { panic!("three servers") };
    assert_eq!(one.environment(), other.environment());
    one.put_catalog("catalog").await.unwrap();
    one.put_workflow(&slug("trial"), b"wasm", Enabled::Yes, USUAL).await.unwrap();
    one.put_custom_data(&user("ada"), "trial", Scope::Brand, "1").await.unwrap();
    let key = one.create_key(one.environment(), KeyKind::Secret, None).await.unwrap();
    assert_eq!(other.snapshot().await.unwrap(), one.snapshot().await.unwrap());
    let [record] = other.keys().await.unwrap().try_into().unwrap();
    assert_eq!(record.hash, other.key_hasher().hash_of(key.text()), "they have the same secret");
    let read = view(other).await.custom_data(&user("ada"), "trial", Scope::Brand).await.unwrap();
    assert_eq!(read.as_deref(), Some("1"), "nobody is a stranger to a server because another one has written");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_writers_on_three_servers_count_every_use_once() {
    const ROUNDS: usize = 5;
    let Some((_places, stores)) = fleet().await else { return };
    all(&stores, |store, server, writer| async move {
        for round in 0..ROUNDS {
            // Each pair of writers sends the same update, with the same key, and so do all three servers.
            let key = IdempotencyKey::of(&format!("{round}/{}", writer / 2));
            store.update_counter(&update(1, Some("shared"), MONDAY_MS), Some(&key)).await.unwrap();
            let own = format!("{server}/{writer}/{round}");
            store.update_counter(&update(1, Some(&own), MONDAY_MS), None).await.unwrap();
            store.update_counter(&update(2, None, MONDAY_MS), None).await.unwrap();
            store.update_counter(&update(-1, None, MONDAY_MS), None).await.unwrap();
        }
    })
    .await;
    let each = SERVERS * WRITERS * ROUNDS;
    let uses = u64::try_from(each * 2 + ROUNDS * WRITERS / 2).unwrap();
    for store in &stores {
        for per in [Period::Lifetime, Period::Hour, Period::Day, Period::Week, Period::Month] {
            assert_eq!(units(store, per, MONDAY_MS).await, uses, "{per}");
        }
        let overview = store.user_overview(&user("ada")).await.unwrap();
        // Each resource once, and every use that named none.
        let unique = u64::try_from(each + each + 1).unwrap();
        assert!(overview.counters.iter().all(|row| row.unique_units == unique), "{unique}: {:?}", overview.counters);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_key_is_of_the_update_that_comes_first() {
    let Some((_places, stores)) = fleet().await else { return };
    let counted = all(&stores, |store, server, writer| async move {
        let key = IdempotencyKey::of("one");
        let units = i64::try_from(1 + server * WRITERS + writer).unwrap();
        match store.update_counter(&update(units, None, MONDAY_MS), Some(&key)).await {
            Ok(()) => Some(units),
            Err(CounterError::KeyReused) => None,
            Err(error) => panic!("{error}"),
        }
    })
    .await;
    let [counted] = counted.into_iter().flatten().collect::<Vec<_>>().try_into().unwrap();
    for store in &stores {
        assert_eq!(units(store, Period::Day, MONDAY_MS).await, counted.unsigned_abs());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn keys_of_yesterday_are_forgotten_by_all_at_once() {
    const DAY_MS: u64 = 86_400_000;
    let Some((_places, stores)) = fleet().await else { return };
    for at_ms in [MONDAY_MS, MONDAY_MS + 2 * DAY_MS] {
        all(&stores, move |store, server, writer| async move {
            let key = IdempotencyKey::of(&format!("{server}/{writer}"));
            store.update_counter(&update(1, None, at_ms), Some(&key)).await.unwrap();
        })
        .await;
    }
    let [store, ..] = stores.as_slice() else { panic!("three servers") };
    assert_eq!(units(store, Period::Lifetime, MONDAY_MS).await, u64::try_from(2 * SERVERS * WRITERS).unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn releases_of_all_servers_are_one_row() {
    let Some((_places, stores)) = fleet().await else { return };
    let mut releases = all(&stores, |store, server, writer| async move {
        let name = format!("workflow-{server}-{writer}");
        if writer % 2 == 0 {
            store.put_catalog(&name).await.unwrap()
        } else {
            // All have the same module, which the last one that is deleted takes with it.
            let first = store.put_workflow(&slug(&name), b"shared", Enabled::Yes, USUAL).await.unwrap();
            assert!(store.delete_workflow(&slug(&name)).await.unwrap() > first);
            first
        }
    })
    .await;
    releases.sort_unstable();
    releases.dedup();
    assert_eq!(releases.len(), SERVERS * WRITERS, "each change has a number of its own");
    let snapshot = stores.first().unwrap().snapshot().await.unwrap();
    assert_eq!(snapshot.release, u64::try_from(SERVERS * WRITERS * 3 / 2).unwrap());
    assert_eq!(snapshot.workflows, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_new_database_is_made_by_one_server_alone() {
    let Some(first) = Place::in_postgres() else { return };
    fs::write(first.path().join("secret.key"), [7; 32]).unwrap();
    let places: Vec<_> = (0..SERVERS).map(|_| first.of_another_server()).collect();
    let opened = places.iter().map(Place::try_open);
    let stores = futures_util::future::join_all(opened).await.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(stores.iter().filter(|store| store.is_new()).count(), 1);
    let environments: HashSet<_> = stores.iter().map(|store| store.environment().id.clone()).collect();
    assert_eq!(environments.len(), 1);
    let keys = futures_util::future::join_all(stores.iter().map(Store::create_first_keys)).await;
    assert_eq!(keys.into_iter().filter_map(Result::unwrap).count(), 1);
}

#[tokio::test]
async fn a_server_without_the_secret_is_refused_and_makes_none() {
    let Some(first) = Place::in_postgres() else { return };
    first.open().await.close().await;
    let other = first.of_another_server();
    let file = other.path().join("secret.key");

    for (bytes, found) in [(None, "found none"), (Some([7; 32]), "found another")] {
        fs::remove_file(&file).unwrap_or_default();
        if let Some(bytes) = bytes {
            fs::write(&file, bytes).unwrap();
        }
        let error = other.try_open().await.unwrap_err();
        assert!(matches!(error, OpenError::OtherSecret { .. }), "{error:?}");
        let text = error.to_string();
        for part in [file.to_str().unwrap(), "postgres://", found, "copy it from another server of the same database"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(fs::read(&file).ok().as_deref(), bytes.as_ref().map(<[u8; 32]>::as_slice));
    }
    fs::copy(first.path().join("secret.key"), &file).unwrap();
    let (one, other) = (first.open().await, other.open().await);
    assert_eq!(one.secret().derive("usher 2026 a test"), other.secret().derive("usher 2026 a test"));
}
