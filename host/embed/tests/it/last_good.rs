//! The last good bundle on the disk: a start without its source, after a crash, after damage, and with other keys.

use std::fs;

use usher_bundle::SigningKey;
use usher_host::{Refreshed, TrustedKeys};

use crate::gateway::{KEY, Machine, bundle, bytes, content, draft, trusted};
use crate::origin::{Mood, Origin};

/// Where nobody listens.
const NOBODY: &str = "http://127.0.0.1:1/live.usher";

#[tokio::test]
async fn a_start_without_its_source_goes_by_the_last_good_bundle_and_compiles_nothing() {
    let machine = Machine::new();
    let path = machine.offer("live.usher", bundle(7));
    machine.start(path).await.unwrap();
    let mut gateway = machine.restart(NOBODY).await;
    gateway.decides_by(7).await;
    assert!(gateway.feed.watch().now().confirmed_ago().is_none());
    gateway.refuses("cannot be fetched: expected an answer").await;
}

#[tokio::test]
async fn without_a_source_and_a_last_good_bundle_there_is_no_start() {
    let machine = Machine::new();
    let error = machine.start(NOBODY).await.err().unwrap();
    assert_eq!(error.to_string(), "there is no release to begin with; of the last good one: none was kept");
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("cannot be fetched"));
    let path = machine.offer("live.usher", "garbage");
    let error = machine.start(path).await.err().unwrap();
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("ends with its signature"));
    assert!(!machine.last_good().exists(), "what is not good is not kept");
}

#[tokio::test]
async fn a_release_does_not_go_back_over_a_restart_unless_it_is_named() {
    let machine = Machine::new();
    let new = machine.offer("new.usher", bundle(7));
    let old = machine.offer("old.usher", bundle(6));
    machine.start(new.clone()).await.unwrap();
    let mut gateway = machine.restart(old.clone()).await;
    gateway.refuses("expected release 7 or a later one, found release 6").await;

    let worker = env!("CARGO_BIN_EXE_usher-test-host-worker");
    let source = machine.source(old.clone()).with_rollback_to(5);
    let mut gateway = machine.start_with(source, worker).await.unwrap();
    gateway.refuses("expected release 7 or a later one, found release 6").await;
    let source = machine.source(old.clone()).with_rollback_to(6);
    let mut gateway = machine.start_with(source, worker).await.unwrap();
    assert_eq!(gateway.look().await.unwrap(), Refreshed::Swapped { release: 6 });
    gateway.decides_by(6).await;
    // It is the last good one from then on, without another word.
    let mut gateway = machine.restart(old).await;
    assert_eq!(gateway.look().await.unwrap(), Refreshed::Same);
    gateway.decides_by(6).await;
}

#[tokio::test]
async fn a_last_good_bundle_that_is_damaged_is_not_gone_by() {
    let machine = Machine::new();
    let path = machine.offer("live.usher", bundle(7));
    machine.start(path.clone()).await.unwrap();
    let whole = content(&machine.last_good());
    assert_eq!(whole, bundle(7));
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for damaged in [&flipped[..], &whole[..whole.len() / 2], b""] {
        fs::write(machine.last_good(), damaged).unwrap();
        let error = machine.start(NOBODY).await.err().unwrap().to_string();
        assert!(error.contains("of the last good one: the bundle: expected"), "{error}");
        // The source mends it.
        machine.restart(path.clone()).await.decides_by(7).await;
        assert_eq!(content(&machine.last_good()), whole);
    }
}

#[tokio::test]
async fn what_a_crash_left_of_a_bundle_is_removed() {
    let machine = Machine::new();
    let path = machine.offer("live.usher", bundle(7));
    machine.start(path.clone()).await.unwrap();
    fs::write(machine.folder().join(".unfinished-x"), "half").unwrap();
    machine.restart(path).await.decides_by(7).await;
    assert_eq!(fs::read_dir(machine.folder()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_bundle_that_cannot_be_kept_does_not_become_live() {
    let (machine, origin) = (Machine::new(), Origin::start(Mood::Serves(bundle(1), "\"one\"")));
    let mut gateway = machine.start(&*origin.url).await.unwrap();
    fs::remove_dir_all(machine.folder()).unwrap();
    origin.set_mood(Mood::Serves(bundle(2), "\"two\""));
    gateway.refuses("expected a file that this process can write").await;
    fs::create_dir(machine.folder()).unwrap();
    assert_eq!(gateway.look().await.unwrap(), Refreshed::Swapped { release: 2 });
}

#[tokio::test]
async fn keys_are_changed_over_without_a_new_release() {
    let machine = Machine::new();
    let (old, new) = (&*KEY, SigningKey::generate().unwrap());
    let path = machine.offer("live.usher", bundle(7));
    machine.start(path.clone()).await.unwrap();
    let with = |keys: TrustedKeys| usher_host::BundleSource::new(path.clone(), keys, machine.folder());
    // Both are trusted: what is live stays live, and what the new key signed is what is kept.
    let mut gateway = machine.start_with(with(trusted().and(new.public())), "/bin/false").await.unwrap();
    assert_eq!(gateway.look().await.unwrap(), Refreshed::Same);
    assert_eq!(gateway.feed.watch().now().signer, old.public());
    machine.offer("live.usher", bytes(&draft(7).with_note("signed anew").sign(&new).unwrap()));
    assert_eq!(gateway.look().await.unwrap(), Refreshed::Same);
    assert_eq!(gateway.feed.watch().now().signer, new.public());
    // The old one is not trusted any more: the start needs no source.
    fs::remove_file(&path).unwrap();
    machine.start_with(with(TrustedKeys::one(new.public())), "/bin/false").await.unwrap().decides_by(7).await;
    let error = machine.start_with(with(trusted()), "/bin/false").await.err().unwrap().to_string();
    assert!(error.contains("expected the signature of a trusted key"), "{error}");
}
