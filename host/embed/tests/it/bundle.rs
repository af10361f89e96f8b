//! Bundles over HTTP and from files: the good ones become live, and whatever else comes, the last good one stays.

use std::time::Duration;

use usher_bundle::SigningKey;
use usher_host::{AccessRequest, Refreshed};
use usher_tests::guests;

use crate::gateway::{KEY, Machine, bundle, bytes, draft, draft_with};
use crate::origin::{Mood, Origin};

const NEW: &str = "\"new\"";

#[tokio::test]
async fn a_new_bundle_becomes_live_and_the_same_one_is_not_fetched_again() {
    let (machine, origin) = (Machine::new(), Origin::start(Mood::Serves(bundle(1), "\"one\"")));
    let mut gateway = machine.start(&*origin.url).await.unwrap();
    gateway.decides_by(1).await;
    assert!(gateway.feed.watch().now().confirmed_ago().is_some());

    assert_eq!(gateway.look().await.unwrap(), Refreshed::Same);
    origin.set_mood(Mood::Serves(bundle(2), "\"two\""));
    assert_eq!(gateway.look().await.unwrap(), Refreshed::Swapped { release: 2 });
    gateway.decides_by(2).await;
    assert_eq!(gateway.look().await.unwrap(), Refreshed::Same);
    assert_eq!(origin.statuses(), [200, 304, 200, 304]);
    // One that does not say what it is called is fetched, and found to be the same.
    origin.set_mood(Mood::ServesUntagged(bundle(2)));
    assert_eq!(gateway.look().await.unwrap(), Refreshed::Same);
    assert_eq!(gateway.look().await.unwrap(), Refreshed::Same);
    assert_eq!(origin.statuses()[4..], [200, 200]);
    let state = gateway.feed.watch().now();
    assert_eq!((state.release, state.failures, state.error), (2, 0, None));
    assert_eq!(state.signer, KEY.public());
}

#[tokio::test]
async fn a_file_is_read_when_another_is_moved_into_its_place() {
    let machine = Machine::new();
    let path = machine.offer("live.usher", bundle(1));
    let mut gateway = machine.start(path.clone()).await.unwrap();
    gateway.decides_by(1).await;
    assert_eq!(gateway.look().await.unwrap(), Refreshed::Same);
    machine.offer("live.usher", bundle(20));
    assert_eq!(gateway.look().await.unwrap(), Refreshed::Swapped { release: 20 });
    gateway.decides_by(20).await;
    std::fs::remove_file(&path).unwrap();
    gateway.refuses("expected a file that can be read").await;
}

#[tokio::test]
async fn an_origin_that_is_gone_or_slow_or_serves_garbage_costs_nothing() {
    let (machine, origin) = (Machine::new(), Origin::start(Mood::Serves(bundle(1), "\"one\"")));
    let mut gateway = machine.start(&*origin.url).await.unwrap();
    let whole = bundle(2);
    let garbage = [b"<html>".to_vec(), Vec::new(), vec![0; 100_000], whole[..whole.len() - 1].to_vec()];
    for garbage in garbage {
        origin.set_mood(Mood::Serves(garbage, NEW));
        gateway.refuses("expected a file that ends with its signature").await;
    }
    for status in [204, 304, 401, 404, 500] {
        origin.set_mood(Mood::Fails(status));
        if status == 304 {
            // Whoever says that nothing is new is believed: there is an entity tag.
            assert_eq!(gateway.look().await.unwrap(), Refreshed::Same);
            continue;
        }
        gateway.refuses(&format!("expected status 200, found {status}")).await;
    }
    origin.set_mood(Mood::BreaksOff(whole.clone()));
    gateway.refuses("cannot be fetched: expected bytes that can be read to the end").await;
    let state = gateway.feed.watch().now();
    assert!(state.failures > 1 && state.confirmed_ago().is_some());

    origin.set_mood(Mood::Serves(whole, NEW));
    assert_eq!(gateway.look().await.unwrap(), Refreshed::Swapped { release: 2 });
    assert_eq!(gateway.feed.watch().now().failures, 0);
    let url = origin.url.clone();
    drop(origin);
    // What is gone does not even listen, or takes no connection any more.
    assert!(gateway.look().await.is_err(), "{url}");
    gateway.decides_by(2).await;
}

#[tokio::test]
async fn an_origin_that_never_answers_or_never_ends_is_given_up() {
    let (machine, origin) = (Machine::new(), Origin::start(Mood::Serves(bundle(1), "\"one\"")));
    machine.start(&*origin.url).await.unwrap();
    let source = machine.source(&*origin.url).with_patience(Duration::from_millis(100));
    let mut gateway = machine.start_with(source, "/bin/false").await.unwrap();
    origin.set_mood(Mood::Silent);
    gateway.refuses("cannot be fetched").await;
    let origin = Origin::start(Mood::Floods);
    let mut gateway = machine.restart(&*origin.url).await;
    gateway.refuses("expected at most 268435456 bytes, found more").await;
}

#[tokio::test]
async fn a_bundle_of_another_signer_environment_or_number_is_refused() {
    let (machine, origin) = (Machine::new(), Origin::start(Mood::Serves(bundle(5), "\"five\"")));
    let mut gateway = machine.start(&*origin.url).await.unwrap();
    let stranger = SigningKey::generate().unwrap();
    let offer = |bytes| origin.set_mood(Mood::Serves(bytes, NEW));
    offer(bytes(&draft(6).sign(&stranger).unwrap()));
    gateway.refuses(&format!("expected the signature of a trusted key, found that of `{}`", stranger.public())).await;
    let mut damaged = bundle(6);
    damaged[700] ^= 1;
    offer(damaged);
    gateway.refuses("it was damaged or changed on its way").await;
    offer(bundle(4));
    gateway.refuses("expected release 5 or a later one, found release 4").await;
    let other = usher_bundle::Draft::new("live", 5, "[plans.other]\n").sign(&KEY).unwrap();
    offer(bytes(&other));
    gateway.refuses("expected what release 5 was before, found another content under that number").await;
    let preview = usher_bundle::Draft::new("preview", 6, "").sign(&KEY).unwrap();
    offer(bytes(&preview));
    gateway.refuses("expected one of environment `live`, found one of `preview`").await;
    let no_catalog = usher_bundle::Draft::new("live", 6, "[plans").sign(&KEY).unwrap();
    offer(bytes(&no_catalog));
    gateway.refuses("the bundle's catalog makes no release").await;
    let last = bundle(6);
    offer(last.clone());
    assert_eq!(gateway.look().await.unwrap(), Refreshed::Swapped { release: 6 });
    assert_eq!(crate::gateway::content(&machine.last_good()), last);
}

#[tokio::test]
async fn i6_a_module_of_a_bundle_is_admitted_by_a_worker_or_not_at_all() {
    let (machine, origin) = (Machine::new(), Origin::start(Mood::Serves(bundle(1), "\"one\"")));
    let mut gateway = machine.start(&*origin.url).await.unwrap();
    let socket = std::fs::read(guests::IMPORTS_SOCKET).unwrap();
    origin.set_mood(Mood::Serves(bytes(&draft_with(2, socket).sign(&KEY).unwrap()), NEW));
    gateway.refuses("the bundle's workflow `region` cannot run here").await;
    let reason = gateway.feed.watch().now().error.unwrap();
    assert!(reason.contains("wasi:sockets"), "{reason}");
    // A module that was never seen needs a worker, and nothing else will do.
    let mut gateway = machine.restart(&*origin.url).await;
    origin.set_mood(Mood::Serves(bytes(&draft_with(2, std::fs::read(guests::ECHO).unwrap()).sign(&KEY).unwrap()), NEW));
    gateway.refuses("the bundle's workflow `region` cannot run here").await;
}

#[tokio::test]
async fn a_feed_follows_by_itself_and_tells_of_it() {
    let (machine, origin) = (Machine::new(), Origin::start(Mood::Serves(bundle(1), "\"one\"")));
    machine.start(&*origin.url).await.unwrap();
    let source = machine.source(&*origin.url).every(Duration::from_millis(5));
    let gateway = machine.start_with(source, "/bin/false").await.unwrap();
    let (mut watch, host) = (gateway.feed.watch(), gateway.host);
    // It began with the last good bundle, and has not asked yet.
    assert!(watch.now().confirmed_ago().is_none());
    let following = tokio::spawn(gateway.feed.follow(std::sync::Arc::clone(&host)));
    assert!(watch.next().await.unwrap().confirmed_ago().is_some());
    origin.set_mood(Mood::Fails(500));
    while watch.next().await.unwrap().failures == 0 {}
    origin.set_mood(Mood::Serves(bundle(2), NEW));
    while watch.next().await.unwrap().release == 1 {}
    let decision = host.decide(&AccessRequest::user("reader-1")).await.unwrap();
    assert_eq!(decision.release().number(), 2);
    following.abort();
    assert!(following.await.unwrap_err().is_cancelled());
    while watch.next().await.is_some() {}
}
