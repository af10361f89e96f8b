//! A store with something of everything in it, and everything that can be asked of it.

use usher_host::{CounterUpdate, CustomerRecord, IdentityLink, Period, Scope};
use usher_store::{
    AuditEntry, Deployment, Enabled, Environment, IdempotencyKey, KeyKind, KeyRecord, KeyScopes, LimitOverrides,
    ModuleDigest, NewDeployment, NewModule, ReleaseRecord, Snapshot, State, Store, Target, Trial, UserOverview,
};

use crate::fixture::{USUAL, slug, user, visitor};

/// A store that has something of everything.
pub(crate) async fn fill(store: &Store) {
    store.create_first_keys().await.unwrap().unwrap();
    store.put_catalog("[plans.premium] # \u{1F3AB} \"quoted\"\r\n\\").await.unwrap();
    let limits = LimitOverrides { fuel: Some(u64::MAX), deadline_ms: Some(80), memory_bytes: None };
    let module = NewModule { report: Some(r#"{"purity":"pure"}"#), ..NewModule::from(b"one") };
    store.put_workflow(&slug("trial"), module, Enabled::Yes, limits).await.unwrap();
    store.put_workflow(&slug("another"), b"two", Enabled::No, USUAL).await.unwrap();
    store.put_workflow(&slug("twin"), b"two", Enabled::Yes, USUAL).await.unwrap();
    let first = store.create_release(None, Some("for the weekend")).await.unwrap().number;
    store.put_workflow(&slug("another"), &[0; 300_000], Enabled::Yes, USUAL).await.unwrap();
    let second = store.create_release(None, None).await.unwrap().number;
    store.delete_workflow(&slug("another")).await.unwrap();
    let staging = store.create_environment(&"staging".parse().unwrap()).await.unwrap();
    deploy(store, Target::Release(first), None).await;
    let trial = Trial { release: second, terms: r#"{"share":0.1}"#.to_owned() };
    deploy(store, Target::Release(second), Some(trial)).await;
    deploy(store, Target::Release(first), None).await;
    let key = store.create_key(&staging, KeyKind::Secret, Some(&"a name".parse().unwrap())).await.unwrap();
    store.create_key(store.environment(), KeyKind::Admin(KeyScopes::ALL), None).await.unwrap();
    store.rotate_key(key.id(), std::time::Duration::from_secs(60)).await.unwrap();
    let record = CustomerRecord { customer_identifiers: vec!["c 1".to_owned()], product_ids: vec!["p\t2".to_owned()] };
    for user in [user("ada"), visitor("ada"), user("zoë \u{1F3AB}")] {
        store.put_customer(&user, &record).await.unwrap();
        store.put_custom_data(&user, "\u{1F3AB}'; DROP", Scope::Brand, r#"{"a": "\u0000 \\ '"}"#).await.unwrap();
        store.put_custom_data(&user, &"long".repeat(240), Scope::CrossBrand, "[1.0, null]").await.unwrap();
        store.update_counter(&update(&user.identifier), None).await.unwrap();
    }
    let link = IdentityLink { source: visitor("ada"), target: user("ada"), mode: "merged".to_owned() };
    store.put_link(&link).await.unwrap();
    store.update_counter(&update("ada"), Some(&IdempotencyKey::of("once"))).await.unwrap();
}

pub(crate) async fn deploy(store: &Store, target: Target, canary: Option<Trial>) {
    let live = &store.environment().name;
    let replaces = store.deployments(live, None, 1).await.unwrap().remove(0).id;
    let (shadow, note) = (canary.clone(), Some("a note"));
    let new = NewDeployment { environment: live, target, canary, shadow, goes_back: false, replaces, note };
    store.deploy(&new).await.unwrap();
}

pub(crate) fn update(identifier: &str) -> CounterUpdate {
    CounterUpdate {
        user: user(identifier),
        counter_id: "articles".to_owned(),
        resource_id: Some("on/tea".to_owned()),
        update: 2,
        at_ms: 1_000,
        periods: vec![(Period::Lifetime, 0), (Period::Day, 500)],
    }
}

/// Everything that can be asked of a store, but the last entry of the audit log where it was imported.
#[derive(Debug, PartialEq)]
pub(crate) struct Everything {
    pub(crate) environment: Environment,
    pub(crate) state: State,
    pub(crate) keys: Vec<KeyRecord>,
    pub(crate) releases: Vec<(ReleaseRecord, Snapshot)>,
    pub(crate) deployments: Vec<Deployment>,
    pub(crate) modules: Vec<Option<Vec<u8>>>,
    pub(crate) users: Vec<UserOverview>,
    pub(crate) audit: Vec<AuditEntry>,
}

impl Everything {
    pub(crate) async fn of(store: &Store) -> Self {
        let mut releases = Vec::new();
        for release in store.releases(None, 100).await.unwrap() {
            releases.push(store.frozen(release.number).await.unwrap().unwrap());
        }
        let mut modules = Vec::new();
        for wasm in [&b"one"[..], b"two", &[0; 300_000]] {
            modules.push(store.module(&ModuleDigest::of(wasm)).await.unwrap());
        }
        let mut users = Vec::new();
        for user in [user("ada"), visitor("ada"), user("zoë \u{1F3AB}")] {
            users.push(store.user_overview(&user).await.unwrap());
        }
        let mut audit = store.audit(None, 1_000).await.unwrap();
        audit.retain(|entry| entry.action != "import");
        Self {
            environment: store.environment().clone(),
            state: store.state().await.unwrap(),
            keys: store.keys().await.unwrap(),
            releases,
            deployments: store.deployments(&store.environment().name, None, 100).await.unwrap(),
            modules,
            users,
            audit,
        }
    }
}
