//! A database that is gone, and comes back, or is there and does not answer.

use std::time::Duration;

use sqlx::{Connection, Executor, PgConnection};
use tokio::time::timeout;
use usher_host::{Scope, UserData};
use usher_store::{Location, News, OpenError, Store};
use usher_test_postgres::Cluster;

use crate::counters::{MONDAY_MS, update};
use crate::fixture::{Place, TestClock, user, view};

#[tokio::test]
async fn a_database_that_comes_back_is_used_without_a_restart() {
    let Some(cluster) = Cluster::start_new() else { return };
    let place = Place::at(cluster.new_database());
    let store = place.open().await;
    let mut changes = store.changes(Duration::from_millis(20));
    store.put_catalog("before").await.unwrap();
    store.put_custom_data(&user("ada"), "trial", Scope::Brand, "1").await.unwrap();

    for round in ["first", "second"] {
        cluster.stop();
        let (ada, update) = (user("ada"), update(1, None, MONDAY_MS));
        let (read, decision, change, counted) = tokio::join!(
            store.snapshot(),
            store.view(&ada),
            store.put_catalog("meanwhile"),
            store.update_counter(&update, None),
        );
        let text = read.unwrap_err().to_string();
        assert!(text.contains("reading the draft failed") && text.contains("a database server that answers"), "{text}");
        assert!(decision.unwrap_err().to_string().starts_with("user data cannot be read now"));
        assert!(change.unwrap_err().to_string().contains("writing the catalog failed"));
        assert!(counted.unwrap_err().to_string().contains("updating a counter failed"));
        assert_eq!(changes.next().await, News::Perhaps);

        cluster.start();
        assert_ne!(store.snapshot().await.unwrap().catalog.as_deref(), Some("meanwhile"));
        let read = view(&store).await.custom_data(&user("ada"), "trial", Scope::Brand).await.unwrap();
        assert_eq!(read.as_deref(), Some("1"));
        let release = store.put_catalog(round).await.unwrap();
        // Once there is a connection again, which a release makes sure of by being heard.
        let mut newest = release;
        while changes.next().await != News::Draft(newest) {
            newest = store.put_catalog(round).await.unwrap();
        }
    }
    store.close().await;
}

#[tokio::test]
async fn nobody_notices_that_the_database_has_ended_idle_connections() {
    const END_ALL: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let Some(place) = Place::in_postgres() else { return };
    let store = place.open().await;
    for round in 0..5 {
        place.tamper(END_ALL).await;
        assert_eq!(store.snapshot().await.unwrap().release, round);
        assert_eq!(view(&store).await.customer(&user("ada")).await.unwrap(), None);
        store.put_catalog("catalog").await.unwrap();
    }
}

#[tokio::test]
async fn a_read_that_has_to_wait_ends_and_the_next_one_is_answered() {
    let Some(place) = Place::in_postgres() else { return };
    let store = place.open().await;
    store.put_custom_data(&user("ada"), "trial", Scope::Brand, "1").await.unwrap();
    let Location::Url { url, .. } = place.location() else { panic!("expected a URL") };
    let mut blocker = PgConnection::connect(&url).await.unwrap();
    blocker.execute("BEGIN; LOCK TABLE custom_data, draft IN ACCESS EXCLUSIVE MODE").await.unwrap();

    let (blocked, ada) = (view(&store).await, user("ada"));
    let (read, change) = tokio::join!(blocked.custom_data(&ada, "trial", Scope::Brand), store.put_catalog("catalog"));
    assert!(read.unwrap_err().to_string().starts_with("user data cannot be read now"));
    assert!(change.unwrap_err().to_string().contains("writing the catalog failed"));

    blocker.execute("ROLLBACK").await.unwrap();
    let read = view(&store).await.custom_data(&user("ada"), "trial", Scope::Brand).await.unwrap();
    assert_eq!(read.as_deref(), Some("1"));
    assert_eq!(store.put_catalog("catalog").await.unwrap(), 1);
}

#[tokio::test]
async fn a_database_that_does_not_answer_costs_a_read_no_more_than_its_deadline() {
    const DEADLINE: Duration = Duration::from_millis(20);
    let Some(cluster) = Cluster::start_new() else { return };
    let place = Place::at(cluster.new_database());
    let store = place.open().await;
    store.put_custom_data(&user("ada"), "trial", Scope::Brand, "1").await.unwrap();
    let begun = view(&store).await;
    begun.customer(&user("ada")).await.unwrap();

    cluster.pause();
    // As decisions do it, which leave what they have begun behind. There are more of them than connections.
    for _ in 0..50 {
        timeout(DEADLINE, store.view(&user("ada"))).await.unwrap_err();
    }
    timeout(DEADLINE, begun.customer(&user("ada"))).await.unwrap_err();
    // Whoever has no deadline is given one.
    let (read, change) = tokio::join!(store.snapshot(), store.put_catalog("catalog"));
    assert!(read.unwrap_err().to_string().contains("reading the draft failed"));
    assert!(change.unwrap_err().to_string().contains("writing the catalog failed"));

    cluster.resume();
    let read = view(&store).await.custom_data(&user("ada"), "trial", Scope::Brand).await.unwrap();
    assert_eq!(read.as_deref(), Some("1"));
    store.put_catalog("catalog").await.unwrap();
}

#[tokio::test]
async fn a_database_that_is_not_there_is_named_without_the_password() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("postgres://usher:hunter2@{}/usher", folder.path().to_str().unwrap().replace('/', "%2F"));
    let location = Location::Url { url, folder: folder.path().join("own") };
    let error = Store::open(&location, TestClock::at(0)).await.unwrap_err();
    assert!(matches!(error, OpenError::Database(_)), "{error:?}");
    assert!(error.to_string().contains("connecting failed"), "{error}");
    assert!(!format!("{location:?} {error:?}").contains("hunter2"), "{error:?}");
    assert!(!folder.path().join("own/secret.key").exists(), "no secret before there is a database");
}

#[tokio::test]
async fn an_open_store_does_not_show_the_password() {
    let Some(place) = Place::in_postgres() else { return };
    let Location::Url { url, folder } = place.location() else { panic!("expected a URL") };
    // The cluster believes everybody, and so takes any password.
    let url = url.replacen("usher@", "usher:hunter2@", 1);
    let store = Store::open(&Location::Url { url, folder }, TestClock::at(0)).await.unwrap();
    let changes = store.changes(Duration::from_secs(1));
    assert!(!format!("{store:?} {changes:?}").contains("hunter2"));
}
