//! A decision unites what the static rules and the workflows grant, and always ends with an answer.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use usher_host::{
    AccessRequest, Catalog, CounterQuery, CounterReading, CustomerRecord, Decision, Host, IdentityClaim, Limits,
    LookupError, LookupFuture, Release, User, UserData, UserDataView,
};
use usher_tests::guests;

use crate::support::{SANDBOX, load, unhurried};

const CATALOG: &str = r#"
    [features.article.properties.enabled]
    type = "meterable"
    [features.article.properties.quality]
    type = "string"
    order = ["sd", "hd"]
    fallback = "sd"

    [plans.visitor]
    assign = ["anonymous"]
    [plans.visitor.features.article]
    enabled = { limit = 3, per = "month" }

    [plans.reader]
    assign = ["authenticated"]

    [plans.premium]
    [plans.premium.features.article]
    enabled = "on"
    quality = "hd"

    [plans.call-1]

    [surfaces.article-page.properties]
    layout = "wide"
    [surfaces.article-page.components.paywall]
    css-selector = ".paywall"
"#;

fn release(workflows: &[(&'static str, &str, Limits)]) -> Release {
    let catalog = Catalog::parse(CATALOG).unwrap();
    workflows.iter().fold(Release::new(7, catalog).unwrap(), |release, (slug, guest, limits)| {
        release.with_workflow(*slug, load(guest, limits.clone()))
    })
}

async fn decide(workflows: &[(&'static str, &str, Limits)], request: &AccessRequest) -> Decision {
    Host::new(Arc::clone(&SANDBOX), release(workflows))
        .with_deadline(Duration::from_secs(60))
        .decide(request)
        .await
        .unwrap()
}

fn diagnostics(decision: &Decision) -> Value {
    serde_json::to_value(decision.answer().with_diagnostics()).unwrap()["diagnostics"].take()
}

#[tokio::test]
async fn a_workflow_adds_to_the_static_plans() {
    let decision = decide(&[("counts", guests::COUNTS, unhurried())], &AccessRequest::anonymous("reader-1")).await;
    assert_eq!(decision.plans().collect::<Vec<_>>(), ["visitor", "call-1"]);
    assert!(decision.degraded().is_empty());
    let expected = json!([
        {"slug": "visitor", "origin": "auto:anonymous", "origins": ["auto:anonymous"]},
        {"slug": "call-1", "origin": "workflow:counts", "origins": ["workflow:counts"]},
    ]);
    assert_eq!(diagnostics(&decision)["plans"], expected);
}

#[tokio::test]
async fn unknown_slugs_are_dropped_and_reported() {
    let decision = decide(&[("async", guests::ASYNC_WORLD, unhurried())], &AccessRequest::user("reader-1")).await;
    assert_eq!(decision.plans().collect::<Vec<_>>(), ["reader"]);
    let report = &diagnostics(&decision)["workflows"][0];
    assert_eq!((&report["outcome"], &report["dropped"]), (&json!("ok"), &json!(["asked-by-reader-1"])));
}

#[tokio::test]
async fn i5_whatever_workflows_do_the_answer_holds_the_rest() {
    let workflows = [
        ("traps", guests::TRAPS, unhurried()),
        ("loops", guests::ENDLESS_LOOP, unhurried()),
        ("hungry", guests::EATS_MEMORY, unhurried()),
        ("refuses", guests::REFUSES, unhurried()),
        ("nonsense", guests::MANY_SLUGS, unhurried()),
        ("counts", guests::COUNTS, unhurried()),
    ];
    let decision = decide(&workflows, &AccessRequest::anonymous("reader-1")).await;
    assert_eq!(decision.plans().collect::<Vec<_>>(), ["visitor", "call-1"]);
    assert_eq!(decision.degraded().len(), 5);
    let diagnostics = diagnostics(&decision);
    assert_eq!(diagnostics["degraded"], true);
    let outcomes: Vec<_> = diagnostics["workflows"].as_array().unwrap().iter().map(|run| &run["outcome"]).collect();
    assert_eq!(outcomes, ["trapped", "out-of-fuel", "memory", "refused", "bad-output", "ok"]);
}

#[tokio::test]
async fn i5_a_decision_ends_at_its_own_deadline_whatever_its_workflows_may_take() {
    let endless = || Limits { fuel: u64::MAX, deadline: Duration::from_secs(60), ..Limits::default() };
    let workflows = [
        ("one", guests::ENDLESS_LOOP, endless()),
        ("two", guests::ENDLESS_LOOP, endless()),
        ("three", guests::COUNTS, endless()),
    ];
    let host = Host::new(Arc::clone(&SANDBOX), release(&workflows)).with_deadline(Duration::from_millis(100));
    let decision = host.decide(&AccessRequest::anonymous("reader-1")).await.unwrap();
    assert_eq!(decision.plans().collect::<Vec<_>>(), ["visitor"]);
    let kinds: Vec<_> = decision.workflows().iter().map(|report| report.run.outcome.kind()).collect();
    assert_eq!(kinds, ["deadline", "unavailable", "unavailable"], "those that had no turn are not to blame");
    assert!(decision.elapsed() < Duration::from_secs(30), "{:?}", decision.elapsed());
}

#[tokio::test]
async fn the_answer_has_the_documented_shape() {
    let request = AccessRequest::new(IdentityClaim::Anonymous("reader-1".to_owned()));
    let decision = decide(&[], &request).await;
    let mut answer = serde_json::to_value(decision.answer()).unwrap();
    let (event_id, period) =
        (answer["eventId"].take(), &mut answer["features"]["article"]["properties"]["enabled"]["periodStart"]);
    assert_eq!(event_id.as_str().map(str::len), Some(36));
    assert!(period.take().as_str().unwrap().ends_with("-01T00:00:00Z"));
    let expected = json!({
        "status": "success",
        "eventId": null,
        "identity": {"authType": "anonymous", "isAuthenticated": false, "identifier": "reader-1", "jwtClaims": {}},
        "customer": {"isCustomer": false, "hasProducts": false, "customerIdentifiers": []},
        "features": {"article": {"featureId": "feat_article", "featureSlug": "article", "properties": {
            "enabled": {
                "type": "meterable", "counterId": "default:feat_article.enabled", "hasAccess": true,
                "consumedUnits": 0, "remainingUnits": 3, "totalUnits": 3, "periodStart": null,
                "uniqueResources": false, "resourceIdUsed": false, "isFallback": false,
            },
            "quality": {"type": "string", "value": "sd", "isFallback": true},
        }}},
    });
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn a_surface_decision_has_the_same_features_and_what_the_surface_shows() {
    let decision = decide(&[], &AccessRequest::user("reader-1")).await;
    let surface = decision.release().catalog().surface("article-page").unwrap();
    let access = serde_json::to_value(decision.answer()).unwrap();
    let answer = serde_json::to_value(decision.answer().for_surface(surface)).unwrap();
    assert_eq!(answer["features"], access["features"]);
    assert_eq!(answer["surfaceBehavior"], json!({"properties": {"layout": "wide"}}));
    assert_eq!(answer["componentsSkipped"], false);
    assert_eq!(answer["componentBehaviors"], json!({"paywall": {"metadata": {"cssSelector": ".paywall"}}}));
}

#[tokio::test]
async fn i5_a_workflow_that_is_missing_makes_a_decision_degraded() {
    let release =
        release(&[("counts", guests::COUNTS, unhurried())]).with_missing_workflow("lost", "its module is damaged");
    let host = Host::new(Arc::clone(&SANDBOX), release).with_deadline(Duration::from_secs(60));
    let decision = host.decide(&AccessRequest::anonymous("reader-1")).await.unwrap();
    assert_eq!(decision.plans().collect::<Vec<_>>(), ["visitor", "call-1"]);
    let diagnostics = diagnostics(&decision);
    let expected = json!(["workflow `lost`: the workflow could not be run: its module is damaged"]);
    assert_eq!((&diagnostics["degraded"], &diagnostics["degradedBecause"]), (&json!(true), &expected));
}

/// User data that fails with these words, or never answers.
#[derive(Debug, Clone, Copy)]
struct Broken(Option<&'static str>);

/// User data that cannot even be opened.
#[derive(Debug)]
struct Closed(Broken);

impl Broken {
    fn fail<T: Send + 'static>(self) -> LookupFuture<'static, T> {
        match self.0 {
            Some(words) => Box::pin(async move { Err(LookupError::new(words)) }),
            None => Box::pin(std::future::pending()),
        }
    }
}

impl UserData for Broken {
    fn view<'a>(&'a self, _: &'a User) -> LookupFuture<'a, Box<dyn UserDataView>> {
        let view: Box<dyn UserDataView> = Box::new(*self);
        Box::pin(async { Ok(view) })
    }
}

impl UserDataView for Broken {
    fn customer<'a>(&'a self, _: &'a User) -> LookupFuture<'a, Option<CustomerRecord>> {
        self.fail()
    }

    fn counters<'a>(&'a self, _: &'a User, _: &'a [CounterQuery<'a>]) -> LookupFuture<'a, Vec<CounterReading>> {
        self.fail()
    }
}

impl UserData for Closed {
    fn view<'a>(&'a self, _: &'a User) -> LookupFuture<'a, Box<dyn UserDataView>> {
        self.0.fail()
    }
}

#[tokio::test]
async fn i5_customer_data_that_fails_or_hangs_costs_its_products_and_no_more() {
    let (minute, short) = (Duration::from_secs(60), Duration::from_millis(100));
    let (gone, silent) = (Broken(Some("the database is gone")), Broken(None));
    let cases: [(Arc<dyn UserData>, Duration, &str); 4] = [
        (Arc::new(gone), minute, "customer data could not be read: the database is gone"),
        (Arc::new(silent), minute, "customer data could not be read: no answer within 20ms"),
        (Arc::new(Closed(gone)), minute, "customer data could not be read: the database is gone"),
        (Arc::new(Closed(silent)), short, "customer data could not be read: no answer within 50ms"),
    ];
    for (data, deadline, words) in cases {
        let host = Host::new(Arc::clone(&SANDBOX), release(&[])).with_deadline(deadline).with_user_data(data);
        let decision = host.decide(&AccessRequest::user("reader-1")).await.unwrap();
        assert_eq!(decision.plans().collect::<Vec<_>>(), ["reader"]);
        assert_eq!(diagnostics(&decision)["degradedBecause"], json!([words]));
    }
}

#[tokio::test]
async fn i5_counters_that_fail_lock_nobody_out() {
    let catalog = "[features.article.properties.enabled]\ntype = 'meterable'\n[plans.reader]\nassign = ['authenticated']\n\
                   [plans.reader.features.article]\nenabled = { limit = 3, per = 'month' }\n";
    let release = Release::new(1, Catalog::parse(catalog).unwrap()).unwrap();
    let host = Host::new(Arc::clone(&SANDBOX), release).with_user_data(Arc::new(Broken(Some("gone"))));
    let decision = host.decide(&AccessRequest::user("reader-1")).await.unwrap();
    assert!(decision.has_access("article", "enabled"));
    let expected = json!(["customer data could not be read: gone", "counters could not be read: gone"]);
    assert_eq!(diagnostics(&decision)["degradedBecause"], expected);
    let reads = ["customer", "counters"].map(|question| (json!(question), json!("unavailable")));
    let found = diagnostics(&decision)["reads"].as_array().unwrap().clone();
    assert_eq!(found.iter().map(|read| (read["question"].clone(), read["found"].clone())).collect::<Vec<_>>(), reads);
}
