use usher_decision::{Catalog, Origin, Provisioning, Resolution};

use super::*;
use crate::release::Release;

const CATALOG: &str = r#"
    [features.article.properties.enabled]
    type = "meterable"
    [features.article.properties.quality]
    type = "string"
    order = ["sd", "hd"]
    fallback = "sd"
    [plans.reader.features.article]
    enabled = { limit = 3, per = "month" }
    [plans.premium.features.article]
    enabled = "on"
    quality = "hd"
"#;

fn outcome(catalog: &str, plans: &[&str]) -> SampledOutcome {
    let catalog = Catalog::parse(catalog).unwrap();
    let mut provisioning = Provisioning::default();
    for plan in plans {
        provisioning.grant(&catalog, plan, Origin::Workflow("w".into())).unwrap();
    }
    let resolution = Resolution::of(&catalog, &provisioning);
    let release = Arc::new(Release::new(1, catalog).unwrap());
    SampledOutcome { release, provisioning, resolution, failures: Vec::new(), undecided: None }
}

fn property(property: &str, from: Option<&str>, to: Option<&str>) -> Change {
    let [from, to] = [from, to].map(|value| value.map(str::to_owned));
    Change::Property { feature: "article".to_owned(), property: property.to_owned(), from, to }
}

#[test]
fn the_same_is_no_difference() {
    assert_eq!(differences(&outcome(CATALOG, &["reader", "premium"]), &outcome(CATALOG, &["premium", "reader"])), []);
}

#[test]
fn plans_and_what_they_are_worth_are_compared() {
    let changes = differences(&outcome(CATALOG, &["reader", "premium"]), &outcome(CATALOG, &["reader"]));
    let expected = [
        Change::PlanLost { plan: "premium".to_owned() },
        property("enabled", Some("on"), Some("3 per month")),
        property("quality", Some("hd"), Some("sd")),
    ];
    assert_eq!(changes, expected);
    let json = serde_json::to_value(&changes).unwrap();
    assert_eq!(json[0], serde_json::json!({"change": "planLost", "plan": "premium"}));
    assert_eq!(
        json[1],
        serde_json::json!({"change": "property", "feature": "article", "property": "enabled", "from": "on", "to": "3 per month"})
    );
    let changes = differences(&outcome(CATALOG, &[]), &outcome(CATALOG, &["reader"]));
    assert_eq!(changes[0], Change::PlanGained { plan: "reader".to_owned() });
}

#[test]
fn catalogs_that_differ_are_compared_by_slug() {
    // The same in another order, and with a property more and one less.
    let other = r#"
        [features.video.properties.enabled]
        type = "boolean"
        fallback = false
        [features.article.properties.enabled]
        type = "meterable"
        [plans.premium.features.article]
        enabled = "on"
        [plans.reader.features.article]
        enabled = { limit = 5, per = "month" }
    "#;
    let changes = differences(&outcome(CATALOG, &["reader"]), &outcome(other, &["reader"]));
    let video = Change::Property {
        feature: "video".to_owned(),
        property: "enabled".to_owned(),
        from: None,
        to: Some("false".to_owned()),
    };
    let expected =
        [property("enabled", Some("3 per month"), Some("5 per month")), property("quality", Some("sd"), None), video];
    assert_eq!(changes, expected);
}

#[test]
fn only_new_failures_are_differences() {
    let failed = |kinds: &[FailureKind]| {
        let failures = kinds.iter().map(|kind| ("w".into(), *kind)).collect();
        SampledOutcome { failures, ..outcome(CATALOG, &[]) }
    };
    assert_eq!(differences(&failed(&[FailureKind::Trap]), &failed(&[FailureKind::Trap])), []);
    assert_eq!(differences(&failed(&[FailureKind::Trap]), &failed(&[])), []);
    let expected = Change::WorkflowFailed { workflow: "w".to_owned(), failure: "fuel" };
    assert_eq!(differences(&failed(&[FailureKind::Trap]), &failed(&[FailureKind::Fuel])), [expected]);
    let undecided = SampledOutcome { undecided: Some(("w".into(), FailureKind::Trap)), ..outcome(CATALOG, &[]) };
    let expected = Change::Undecided { workflow: "w".to_owned(), failure: "trap" };
    assert_eq!(differences(&outcome(CATALOG, &["reader"]), &undecided), [expected]);
}
