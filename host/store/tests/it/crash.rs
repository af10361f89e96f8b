//! `kill -9`: a child process changes a store until it is killed, and each change it was told of must be there.
//!
//! The child is this very test binary, asked to run one of the children alone, with a place in its environment.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use usher_host::Scope;
use usher_store::{Enabled, Location, NewDeployment, Snapshot, Store, Target};

use crate::fixture::{Place, TestClock, USUAL, on_each_database, slug, user, view};

on_each_database!(what_was_acknowledged_survives_kill_9, a_deployment_is_there_or_is_not);

/// Names the folder of the child's store. A test run by hand has none, and its child does nothing.
const FOLDER: &str = "USHER_STORE_CRASH_FOLDER";
/// Names its database, when that is elsewhere.
const URL: &str = "USHER_STORE_CRASH_URL";
/// What an acknowledgement begins with; the test harness writes lines of its own.
const ACKNOWLEDGED: &str = "acknowledged ";
/// Workflows that the child writes in turn, so that modules are also forgotten.
const WORKFLOWS: u64 = 3;
/// How often a child is killed.
const KILLS: usize = 8;

#[tokio::test]
async fn the_child() {
    let Some(store) = store_of_the_child().await else { return };
    let first = store.snapshot().await.unwrap().release + 1;
    for round in first.. {
        change(&store, round).await;
        acknowledge(round);
    }
}

#[tokio::test]
async fn the_child_that_deploys() {
    let Some(store) = store_of_the_child().await else { return };
    let first = Deployed::read(&store).await.operations() + 1;
    for operation in first.. {
        operate(&store, operation).await;
        acknowledge(operation);
    }
}

async fn store_of_the_child() -> Option<Store> {
    let folder = env::var_os(FOLDER)?.into();
    let location = match env::var_os(URL) {
        Some(url) => Location::Url { url: url.into_string().unwrap(), folder },
        None => Location::Folder(folder),
    };
    Some(Store::open(&location, TestClock::at(0)).await.unwrap())
}

fn acknowledge(number: u64) {
    let mut out = std::io::stdout();
    writeln!(out, "\n{ACKNOWLEDGED}{number}").unwrap();
    out.flush().unwrap();
}

/// One operation: a module, the release that it makes, or the deployment of that, in turn.
async fn operate(store: &Store, operation: u64) {
    let number = operation.div_ceil(3);
    match operation % 3 {
        1 => {
            let draft = store.put_workflow(&slug(&name(number)), &module(number), Enabled::Yes, USUAL).await.unwrap();
            assert_eq!(draft, number);
        }
        2 => assert_eq!(store.create_release(Some(number), None).await.unwrap().number, number),
        _ => {
            let new = NewDeployment {
                environment: &store.environment().name,
                target: Target::Release(number),
                canary: None,
                shadow: None,
                goes_back: false,
                replaces: store.deployments(&store.environment().name, None, 1).await.unwrap().first().unwrap().id,
                note: None,
            };
            store.deploy(&new).await.unwrap();
        }
    }
}

/// What is there of the operations.
#[derive(Debug)]
struct Deployed {
    draft: u64,
    newest_release: u64,
    live: u64,
}

impl Deployed {
    async fn read(store: &Store) -> Self {
        let (state, newest) = (store.state().await.unwrap(), store.releases(None, 1).await.unwrap());
        let (_, live) = state.environments.first().unwrap();
        Self {
            draft: state.draft.release,
            newest_release: newest.first().map_or(0, |release| release.number),
            live: live.target.release().unwrap_or(0),
        }
    }

    /// How many operations have led there: that this is never between two of them is what is tested.
    fn operations(&self) -> u64 {
        let Self { draft, newest_release, live } = *self;
        assert!(newest_release == draft || newest_release + 1 == draft, "{self:?}");
        assert!(live == newest_release || live + 1 == newest_release && newest_release == draft, "{self:?}");
        draft + newest_release + live
    }
}

/// One round: a value and a release. A release is a new catalog or a new module, in turn.
async fn change(store: &Store, round: u64) {
    store.put_custom_data(&user("ada"), &round.to_string(), Scope::Brand, &round.to_string()).await.unwrap();
    let release = if round.is_multiple_of(2) {
        store.put_catalog(&round.to_string()).await.unwrap()
    } else {
        store.put_workflow(&slug(&name(round)), &module(round), Enabled::Yes, USUAL).await.unwrap()
    };
    assert_eq!(release, round);
}

fn name(round: u64) -> String {
    format!("workflow-{}", round / 2 % WORKFLOWS)
}

/// Large enough for many pages, and different in each round.
fn module(round: u64) -> Vec<u8> {
    round.to_le_bytes().repeat(5_000)
}

fn child(test: &str, place: &Place) -> Command {
    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["--exact", test, "--nocapture"]).env(FOLDER, place.path());
    if let Location::Url { url, .. } = place.location() {
        child.env(URL, url);
    }
    child
}

/// Lets a child write until so many changes were acknowledged, kills it at once, and returns the last one it told of.
fn kill_after(test: &str, place: &Place, acknowledgements: usize) -> u64 {
    let mut child = child(test, place).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = || lines.find_map(|line| line.unwrap().strip_prefix(ACKNOWLEDGED)?.parse().ok());
    for _ in 1..acknowledgements {
        acknowledged().unwrap();
    }
    let mut last: u64 = acknowledged().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    // What it still told before the signal reached it counts as well.
    while let Some(round) = acknowledged() {
        last = round;
    }
    last
}

/// Everything up to the last acknowledged round is there, and at most the next round, whole.
async fn check(store: &Store, last: u64) {
    let snapshot = store.snapshot().await.unwrap();
    let release = snapshot.release;
    assert!(release == last || release == last + 1, "acknowledged {last}, found {release}");
    for round in 1..=release {
        let value = view(store).await.custom_data(&user("ada"), &round.to_string(), Scope::Brand).await.unwrap();
        assert_eq!(value, Some(round.to_string()));
    }
    let even = release - release % 2;
    assert_eq!(snapshot.catalog.as_deref().map_or(0, |text| text.parse().unwrap()), even);
    check_workflows(store, &snapshot).await;
    check_audit(store, release).await;
}

/// There is an entry for each change that is there, and none for one that is not.
async fn check_audit(store: &Store, release: u64) {
    let entries = store.audit(None, 10_000).await.unwrap();
    let of_users = entries.iter().filter(|entry| entry.action == "put-custom-data").count();
    let kept = store.user_overview(&user("ada")).await.unwrap().custom_data.len();
    // The release that broke off last time may have left its value, which is then written once more.
    assert!(of_users >= kept && of_users <= kept + KILLS, "{of_users} entries of {kept} values");
    assert_eq!(u64::try_from(entries.len() - of_users).unwrap(), release);
}

async fn check_workflows(store: &Store, snapshot: &Snapshot) {
    let rounds: Vec<u64> = (1..=snapshot.release).filter(|round| !round.is_multiple_of(2)).collect();
    let live = rounds.get(rounds.len().saturating_sub(3)..).unwrap();
    assert_eq!(snapshot.workflows.len(), live.len());
    for &round in live {
        let workflow = snapshot.workflows.iter().find(|workflow| workflow.slug.as_str() == name(round)).unwrap();
        assert_eq!(store.module(&workflow.digest).await.unwrap().unwrap(), module(round));
    }
}

async fn what_was_acknowledged_survives_kill_9(place: Place) {
    let rounds: [usize; KILLS] = [1, 2, 7, 3, 19, 1, 11, 30];
    for acknowledgements in rounds {
        let last = kill_after("crash::the_child", &place, acknowledgements);
        let store = place.open().await;
        assert!(!store.is_new());
        check(&store, last).await;
        store.close().await;
    }
}

async fn a_deployment_is_there_or_is_not(place: Place) {
    let operations: [usize; KILLS] = [1, 2, 7, 3, 20, 49, 91, 131];
    for acknowledgements in operations {
        let last = kill_after("crash::the_child_that_deploys", &place, acknowledgements);
        let store = place.open().await;
        let found = Deployed::read(&store).await.operations();
        assert!(found == last || found == last + 1, "acknowledged {last}, found {found}");
        for number in 1..=found / 3 {
            let (record, frozen) = store.frozen(number).await.unwrap().unwrap();
            assert_eq!(record.digest, frozen.digest());
            let latest = frozen.workflows.iter().find(|workflow| workflow.slug.as_str() == name(number)).unwrap();
            assert_eq!(store.module(&latest.digest).await.unwrap().unwrap(), module(number));
        }
        store.close().await;
    }
}

#[tokio::test]
async fn another_process_cannot_open_an_open_store() {
    let place = Place::in_sqlite();
    let store = place.open().await;
    let child = child("crash::the_child", &place).output().unwrap();
    assert!(!child.status.success());
    assert!(String::from_utf8_lossy(&child.stderr).contains("InUse"), "{child:?}");
    store.close().await;
}
