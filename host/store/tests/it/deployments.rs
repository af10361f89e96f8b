//! Deployments: what each environment decides by.

use usher_store::{
    DeployError, Deployment, EnvironmentError, EnvironmentName, KeyKind, NewDeployment, Store, Target, Trial, Version,
};

use crate::fixture::{Place, on_each_database};

on_each_database! {
    a_new_store_has_two_environments_that_follow_the_draft,
    an_environment_of_ones_own_follows_the_draft,
    what_is_deployed_is_in_force_in_that_environment_alone,
    a_rollback_goes_back_further_each_time,
    the_draft_is_nothing_to_go_back_to,
    the_same_release_again_is_nothing_to_go_back_to,
    of_two_deployments_at_once_one_is_told,
    what_is_not_there_is_not_deployed,
    the_history_is_listed_from_the_newest,
    trials_come_back_as_they_were_put,
    a_key_belongs_to_its_environment,
    every_change_makes_another_version,
}

fn name(text: &str) -> EnvironmentName {
    text.parse().unwrap()
}

/// A store with so many releases, numbered from 1.
async fn with_releases(place: &Place, releases: u64) -> Store {
    let store = place.open().await;
    for number in 1..=releases {
        store.put_catalog(&number.to_string()).await.unwrap();
        store.create_release(Some(number), None).await.unwrap();
    }
    store
}

async fn in_force(store: &Store, environment: &str) -> Deployment {
    let state = store.state().await.unwrap();
    state.environments.into_iter().find(|(found, _)| found.name.as_str() == environment).unwrap().1
}

/// What is to take the place of whatever is in force.
async fn put(store: &Store, environment: &str, target: Target, goes_back: bool) -> Result<Deployment, DeployError> {
    let (name, replaces) = (name(environment), in_force(store, environment).await.id);
    let new = NewDeployment { environment: &name, target, canary: None, shadow: None, goes_back, replaces, note: None };
    store.deploy(&new).await
}

async fn deploy(store: &Store, environment: &str, number: u64) -> Deployment {
    put(store, environment, Target::Release(number), false).await.unwrap()
}

async fn roll_back(store: &Store, environment: &str) -> Result<Target, DeployError> {
    let would_be = store.before(&name(environment)).await.map(|earlier| earlier.target);
    let rolled_back = put(store, environment, Target::Draft, true).await.map(|deployment| deployment.target);
    assert_eq!(would_be.ok(), rolled_back.as_ref().ok().copied());
    rolled_back
}

async fn a_new_store_has_two_environments_that_follow_the_draft(place: Place) {
    let store = place.open().await;
    let state = store.state().await.unwrap();
    let found: Vec<_> =
        state.environments.iter().map(|(found, deployment)| (found.name.as_str(), deployment.target)).collect();
    assert_eq!(found, [("live", Target::Draft), ("preview", Target::Draft)]);
    assert_eq!(state.environments.first().unwrap().0, *store.environment());
    store.close().await;
    assert_eq!(place.open().await.state().await.unwrap(), state);
}

async fn an_environment_of_ones_own_follows_the_draft(place: Place) {
    let store = place.open().await;
    let made = store.create_environment(&name("staging")).await.unwrap();
    assert_eq!(in_force(&store, "staging").await.target, Target::Draft);
    let taken = store.create_environment(&name("staging")).await.unwrap_err();
    assert!(matches!(&taken, EnvironmentError::Taken { name } if *name == made.name), "{taken}");
    assert_eq!(store.state().await.unwrap().environments.len(), 3);
}

async fn what_is_deployed_is_in_force_in_that_environment_alone(place: Place) {
    let store = with_releases(&place, 2).await;
    deploy(&store, "live", 1).await;
    store.put_catalog("3").await.unwrap();
    let state = store.state().await.unwrap();
    assert_eq!(in_force(&store, "live").await.target, Target::Release(1));
    assert_eq!(in_force(&store, "preview").await.target, Target::Draft);
    let frozen = state.releases.iter().map(|frozen| (frozen.release, frozen.catalog.as_deref()));
    assert_eq!(frozen.collect::<Vec<_>>(), [(1, Some("1"))]);
    assert_eq!((state.draft.release, state.draft.catalog.as_deref()), (3, Some("3")));
}

async fn a_rollback_goes_back_further_each_time(place: Place) {
    let store = with_releases(&place, 4).await;
    for number in [1, 3, 2] {
        deploy(&store, "live", number).await;
    }
    assert_eq!(roll_back(&store, "live").await.unwrap(), Target::Release(3));
    assert_eq!(roll_back(&store, "live").await.unwrap(), Target::Release(1));
    let nothing = roll_back(&store, "live").await.unwrap_err();
    assert!(matches!(nothing, DeployError::NothingBefore { .. }), "{nothing}");
    deploy(&store, "live", 4).await;
    assert_eq!(roll_back(&store, "live").await.unwrap(), Target::Release(1));
}

async fn the_draft_is_nothing_to_go_back_to(place: Place) {
    let store = with_releases(&place, 2).await;
    let nothing = roll_back(&store, "live").await.unwrap_err();
    assert!(matches!(nothing, DeployError::NothingBefore { .. }), "{nothing}");
    deploy(&store, "live", 1).await;
    roll_back(&store, "live").await.unwrap_err();
    put(&store, "live", Target::Draft, false).await.unwrap();
    deploy(&store, "live", 2).await;
    assert_eq!(roll_back(&store, "live").await.unwrap(), Target::Release(1));
}

async fn the_same_release_again_is_nothing_to_go_back_to(place: Place) {
    let store = with_releases(&place, 2).await;
    for number in [1, 2, 2] {
        deploy(&store, "live", number).await;
    }
    assert_eq!(roll_back(&store, "live").await.unwrap(), Target::Release(1));
}

async fn of_two_deployments_at_once_one_is_told(place: Place) {
    let store = with_releases(&place, 2).await;
    let (live, replaces) = (name("live"), in_force(&store, "live").await.id);
    let new = |number| NewDeployment {
        environment: &live,
        target: Target::Release(number),
        canary: None,
        shadow: None,
        goes_back: false,
        replaces,
        note: None,
    };
    let (one, two) = (new(1), new(2));
    let (first, second) = tokio::join!(store.deploy(&one), store.deploy(&two));
    let (won, told) = if first.is_ok() { (first, second) } else { (second, first) };
    let (won, told) = (won.unwrap(), told.unwrap_err());
    assert!(matches!(&told, DeployError::Overtaken { found, .. } if *found == won.id), "{told}");
    assert_eq!(in_force(&store, "live").await, won);
}

async fn what_is_not_there_is_not_deployed(place: Place) {
    let store = with_releases(&place, 1).await;
    let before = store.version().await.unwrap();
    let unknown = put(&store, "live", Target::Release(2), false).await.unwrap_err();
    assert!(matches!(unknown, DeployError::UnknownRelease { number: 2 }), "{unknown}");
    let live = name("live");
    let new = NewDeployment {
        environment: &live,
        target: Target::Release(1),
        canary: Some(Trial { release: 7, terms: String::new() }),
        shadow: None,
        goes_back: false,
        replaces: in_force(&store, "live").await.id,
        note: None,
    };
    let unknown = store.deploy(&new).await.unwrap_err();
    assert!(matches!(unknown, DeployError::UnknownRelease { number: 7 }), "{unknown}");
    let nowhere = name("nowhere");
    let unknown = store.deploy(&NewDeployment { environment: &nowhere, ..new }).await.unwrap_err();
    assert!(matches!(unknown, DeployError::UnknownEnvironment { .. }), "{unknown}");
    store.deployments(&nowhere, None, 10).await.unwrap_err();
    store.before(&nowhere).await.unwrap_err();
    assert_eq!(store.version().await.unwrap(), before);
}

async fn the_history_is_listed_from_the_newest(place: Place) {
    let store = with_releases(&place, 2).await;
    deploy(&store, "live", 1).await;
    deploy(&store, "preview", 1).await;
    deploy(&store, "live", 2).await;
    let history = async |before, limit| store.deployments(&name("live"), before, limit).await.unwrap();
    let all = history(None, 10).await;
    let targets: Vec<_> = all.iter().map(|deployment| deployment.target).collect();
    assert_eq!(targets, [Target::Release(2), Target::Release(1), Target::Draft]);
    assert_eq!(history(None, 1).await, all.get(..1).unwrap());
    assert_eq!(history(Some(all.first().unwrap().id), 10).await, all.get(1..).unwrap());
}

async fn trials_come_back_as_they_were_put(place: Place) {
    let store = with_releases(&place, 3).await;
    let live = name("live");
    let new = NewDeployment {
        environment: &live,
        target: Target::Release(1),
        canary: Some(Trial { release: 2, terms: r#"{"share":1000}"#.to_owned() }),
        shadow: Some(Trial { release: 3, terms: "{}".to_owned() }),
        goes_back: false,
        replaces: in_force(&store, "live").await.id,
        note: Some("carefully"),
    };
    let deployed = store.deploy(&new).await.unwrap();
    assert_eq!((&deployed.canary, &deployed.shadow), (&new.canary, &new.shadow));
    assert_eq!(in_force(&store, "live").await, deployed);
    let state = store.state().await.unwrap();
    assert_eq!(state.releases.iter().map(|frozen| frozen.release).collect::<Vec<_>>(), [1, 2, 3]);
    let entry = store.audit(None, 1).await.unwrap().remove(0);
    assert_eq!((entry.action.as_str(), entry.subject.as_str()), ("deploy", "live"));
    assert_eq!(entry.detail.as_deref(), Some("release 1, canary release 2, shadow release 3"));
}

async fn a_key_belongs_to_its_environment(place: Place) {
    let store = place.open().await;
    let (preview, _) = store.state().await.unwrap().environments.pop().unwrap();
    let key = store.create_key(&preview, KeyKind::Secret, None).await.unwrap();
    assert!(key.text().starts_with(&format!("sk_{}_", preview.id)));
    let rotated = store.rotate_key(key.id(), std::time::Duration::ZERO).await.unwrap();
    assert_eq!(rotated.key.environment(), preview.id);
    let first = store.create_key(store.environment(), KeyKind::Secret, None).await.unwrap();
    for record in store.keys().await.unwrap() {
        let expected = if record.id == first.id() { &store.environment().id } else { &preview.id };
        assert_eq!(record.environment, *expected);
    }
}

async fn every_change_makes_another_version(place: Place) {
    let store = place.open().await;
    let mut seen = vec![store.version().await.unwrap()];
    let mut is_new = async |is_new: bool| {
        let version = store.version().await.unwrap();
        assert_eq!(version, store.state().await.unwrap().version());
        assert_eq!(!seen.contains(&version), is_new, "{version:?}");
        seen.push(version);
    };
    store.put_catalog("1").await.unwrap();
    is_new(true).await;
    store.create_release(None, None).await.unwrap();
    is_new(false).await;
    deploy(&store, "live", 1).await;
    is_new(true).await;
    store.create_environment(&name("staging")).await.unwrap();
    is_new(true).await;
    assert_eq!(store.version().await.unwrap(), Version { draft: 1, deployment: 4 });
}
