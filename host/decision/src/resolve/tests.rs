use super::*;
use crate::{Meter, Origin, Period};

/// Resolves plans that are granted in this order, and shows each property: its value, and who decided it.
fn resolve(catalog: &Catalog, plans: &[&str]) -> Vec<String> {
    let mut provisioning = Provisioning::default();
    for plan in plans {
        provisioning.grant(catalog, plan, Origin::Workflow("test".into())).unwrap();
    }
    let resolution = Resolution::of(catalog, &provisioning);
    let mut shown = Vec::new();
    for feature in resolution.features(catalog) {
        for Resolved { property, value, decided_by, is_fallback } in feature.properties() {
            assert_eq!(is_fallback, decided_by.is_none());
            let value = value.map_or_else(|| "nothing".into(), show_value);
            let decided_by = decided_by.map_or("fallback", Plan::slug);
            shown.push(format!("{}.{} = {value} ({decided_by})", feature.feature().slug(), property.slug()));
        }
    }
    shown
}

fn show_value(value: &Value) -> String {
    match value {
        Value::Meter(Meter::Off) => "off".into(),
        Value::Meter(Meter::On) => "on".into(),
        Value::Meter(Meter::Metered { limit, per }) => format!("{limit} per {per}"),
        Value::Number(number) => number.to_string(),
        Value::Boolean(boolean) => boolean.to_string(),
        Value::Text(text) => text.to_string(),
    }
}

/// Checks which of the plans `p0`, `p1`, … wins the one property, under both rules.
#[track_caller]
fn check(property: &str, values: &[&str], higher: usize, lower: usize) {
    for (rule, winner) in [("higher", higher), ("lower", lower)] {
        let plan = |(number, value)| format!("[plans.p{number}.features.f]\nx = {value}\n");
        let plans: String = values.iter().enumerate().map(plan).collect();
        let catalog = format!("[features.f.properties]\nx = {{ {property}, wins = '{rule}' }}\n{plans}");
        let catalog = Catalog::parse(&catalog).unwrap_or_else(|error| panic!("{error}"));
        let slugs: Vec<_> = catalog.plans().iter().map(Plan::slug).collect();
        let shown = resolve(&catalog, &slugs);
        assert!(shown[0].ends_with(&format!("(p{winner})")), "{shown:?}, but p{winner} should win, with {rule}");
    }
}

#[test]
fn numbers_are_settled_by_size() {
    check("type = 'number'", &["3", "4.5", "-1", "4"], 1, 2);
    check("type = 'number'", &["2", "2.0"], 0, 0);
    check("type = 'number'", &["0.0", "-0.0"], 0, 0);
}

#[test]
fn booleans_are_settled_by_true() {
    check("type = 'boolean'", &["false", "true"], 1, 0);
    check("type = 'boolean'", &["true", "false", "true"], 0, 1);
    check("type = 'boolean'", &["true", "true"], 0, 0);
}

#[test]
fn strings_are_settled_by_their_order() {
    // The order is neither that of the alphabet nor its reverse.
    let property = "type = 'string', order = ['sd', 'hd', 'uhd']";
    check(property, &["'sd'", "'hd'"], 1, 0);
    check(property, &["'hd'", "'uhd'", "'sd'"], 1, 2);
    check(property, &["'hd'", "'hd'"], 0, 0);
}

#[test]
fn meters_are_settled_by_allowance() {
    let property = "type = 'meterable'";
    let week = "{ limit = 8, per = 'week' }";
    check(property, &["'off'", week, "'on'"], 2, 0);
    check(property, &["{ limit = 1, per = 'day' }", week], 1, 0);
    check(property, &["{ limit = 30, per = 'month' }", "{ limit = 1, per = 'day' }"], 0, 1);
    check(property, &["{ limit = 1, per = 'hour' }", "{ limit = 24, per = 'day' }"], 1, 0);
    check(property, &["{ limit = 1000000, per = 'lifetime' }", "{ limit = 1, per = 'month' }"], 1, 0);
    check(property, &["{ limit = 0, per = 'day' }", "{ limit = 0, per = 'hour' }"], 0, 0);
    check(property, &["'on'", "'on'"], 0, 0);
}

const CATALOG: &str = "
    [features.article.properties]
    enabled = { type = 'meterable' }
    ads = { type = 'boolean', wins = 'lower', fallback = true }
    [features.empty]
    [features.video.properties]
    quality = { type = 'string', order = ['sd', 'hd'], fallback = 'sd' }
    devices = { type = 'number' }

    [plans.reader.features.article]
    enabled = { limit = 3, per = 'month' }
    ads = true
    [plans.viewer.features.video]
    quality = 'sd'
    devices = 2
    [plans.premium.features]
    video.devices = 2
    article = { ads = false, enabled = 'on' }
    [plans.nothing]
";

#[track_caller]
fn check_plans(plans: &[&str], expected: [&str; 4]) {
    let catalog = Catalog::parse(CATALOG).unwrap();
    assert_eq!(resolve(&catalog, plans), expected);
}

#[test]
fn properties_that_no_plan_sets_have_their_fallback() {
    let fallbacks = [
        "article.enabled = off (fallback)",
        "article.ads = true (fallback)",
        "video.quality = sd (fallback)",
        "video.devices = nothing (fallback)",
    ];
    check_plans(&[], fallbacks);
    check_plans(&["nothing"], fallbacks);
}

#[test]
fn a_value_that_equals_the_fallback_is_no_fallback() {
    check_plans(
        &["viewer"],
        [
            "article.enabled = off (fallback)",
            "article.ads = true (fallback)",
            "video.quality = sd (viewer)",
            "video.devices = 2 (viewer)",
        ],
    );
}

#[test]
fn a_fallback_does_not_compete_with_plans() {
    for (rule, fallback, value) in [("lower", 1, 2), ("higher", 2, 1)] {
        let property = format!("x = {{ type = 'number', wins = '{rule}', fallback = {fallback} }}");
        let catalog = format!("[features.f.properties]\n{property}\n[plans.p.features.f]\nx = {value}\n");
        assert_eq!(resolve(&Catalog::parse(&catalog).unwrap(), &["p"]), [format!("f.x = {value} (p)")]);
    }
}

#[test]
fn each_property_is_settled_on_its_own() {
    check_plans(
        &["reader", "viewer", "premium"],
        [
            "article.enabled = on (premium)",
            "article.ads = false (premium)",
            "video.quality = sd (viewer)",
            "video.devices = 2 (viewer)",
        ],
    );
}

#[test]
fn the_plan_that_was_granted_first_wins_a_tie() {
    check_plans(
        &["premium", "viewer", "reader"],
        [
            "article.enabled = on (premium)",
            "article.ads = false (premium)",
            "video.quality = sd (viewer)",
            "video.devices = 2 (premium)",
        ],
    );
}

#[test]
fn all_features_come_out_in_catalog_order() {
    let catalog = Catalog::parse(CATALOG).unwrap();
    let resolution = Resolution::of(&catalog, &Provisioning::default());
    let features: Vec<_> = resolution.features(&catalog).collect();
    let slugs: Vec<_> = features.iter().map(|feature| feature.feature().slug()).collect();
    assert_eq!(slugs, ["article", "empty", "video"]);
    assert_eq!(features.iter().map(|feature| feature.properties().len()).collect::<Vec<_>>(), [2, 0, 2]);
}

#[test]
fn a_resolution_outlives_what_it_came_from() {
    let catalog = Catalog::parse(CATALOG).unwrap();
    let resolution = {
        let mut provisioning = Provisioning::default();
        provisioning.grant(&catalog, "reader", Origin::Workflow("test".into())).unwrap();
        Resolution::of(&catalog, &provisioning)
    };
    let feature = resolution.features(&catalog).next().unwrap();
    let metered = Meter::Metered { limit: 3, per: Period::Month };
    assert_eq!(feature.properties().next().unwrap().value, Some(&Value::Meter(metered)));
}

#[test]
fn another_catalog_makes_no_sense_but_no_panic() {
    let catalog = Catalog::parse(CATALOG).unwrap();
    let mut provisioning = Provisioning::default();
    provisioning.grant(&catalog, "premium", Origin::Workflow("test".into())).unwrap();
    let resolution = Resolution::of(&catalog, &provisioning);

    let other = Catalog::parse("[features.f.properties]\na.type = 'number'\n").unwrap();
    let resolved: Vec<_> = resolution.features(&other).flat_map(|feature| feature.properties()).collect();
    assert!(resolved[0].is_fallback);
    assert_eq!(Resolution::of(&Catalog::default(), &provisioning).features(&other).len(), 1);
}
