use super::*;
use crate::{Bot, UserType};

const CATALOG: &str = "
    [plans.everybody]
    assign = ['anonymous', 'authenticated', 'search-crawler', 'ai-bot']
    [plans.paid]
    products = ['prod_b', 'prod_a']
    [plans.crawler]
    assign = ['search-crawler']
    [plans.bot]
    assign = ['ai-bot']
    [plans.account]
    assign = ['authenticated']
    products = ['prod_a']
    [plans.guest]
    assign = ['anonymous']
    [plans.premium]
";

fn catalog() -> Catalog {
    Catalog::parse(CATALOG).unwrap()
}

/// Shows what is granted, one line per plan: its slug, and its origins.
fn show(catalog: &Catalog, provisioning: &Provisioning) -> Vec<String> {
    let show_grant = |grant: &Grant| {
        let origins: Vec<_> = grant.origins().iter().map(ToString::to_string).collect();
        format!("{} {}", catalog.plan(grant.plan()).unwrap().slug(), origins.join(" "))
    };
    provisioning.grants().iter().map(show_grant).collect()
}

#[track_caller]
fn check_static(user_type: UserType, verified_bot: Option<Bot>, products: &[&str], expected: &[&str]) {
    let product_ids: Vec<_> = products.iter().map(ToString::to_string).collect();
    let visitor = Visitor { user_type, verified_bot, product_ids: &product_ids };
    let catalog = catalog();
    assert_eq!(show(&catalog, &Provisioning::of_static(&catalog, &visitor)), expected);
}

#[test]
fn people_get_the_plans_of_their_audience() {
    check_static(UserType::Anonymous, None, &[], &["everybody auto:anonymous", "guest auto:anonymous"]);
    check_static(UserType::Authenticated, None, &[], &["everybody auto:authenticated", "account auto:authenticated"]);
}

#[test]
fn anonymous_bots_get_the_plans_of_bots_only() {
    check_static(
        UserType::Anonymous,
        Some(Bot::SearchCrawler),
        &[],
        &["everybody auto:search-crawler", "crawler auto:search-crawler"],
    );
    check_static(UserType::Anonymous, Some(Bot::Ai), &[], &["everybody auto:ai-bot", "bot auto:ai-bot"]);
}

#[test]
fn authenticated_bots_get_the_plans_of_users_and_of_bots() {
    check_static(
        UserType::Authenticated,
        Some(Bot::Ai),
        &[],
        &["everybody auto:authenticated auto:ai-bot", "bot auto:ai-bot", "account auto:authenticated"],
    );
}

#[test]
fn products_bring_their_plans_in_catalog_order() {
    check_static(
        UserType::Anonymous,
        None,
        &["prod_a"],
        &["everybody auto:anonymous", "paid product:prod_a", "account product:prod_a", "guest auto:anonymous"],
    );
}

#[test]
fn origins_of_one_plan_are_distinct_and_in_the_order_found() {
    check_static(
        UserType::Authenticated,
        None,
        &["prod_a", "unknown", "prod_b", "prod_a"],
        &[
            "everybody auto:authenticated",
            "paid product:prod_a product:prod_b",
            "account auto:authenticated product:prod_a",
        ],
    );
}

#[test]
fn workflows_add_plans_after_the_static_ones() {
    let catalog = catalog();
    let visitor = Visitor { user_type: UserType::Anonymous, verified_bot: None, product_ids: &[] };
    let mut provisioning = Provisioning::of_static(&catalog, &visitor);
    let mut grant = |slug, workflow: &str| provisioning.grant(&catalog, slug, Origin::Workflow(workflow.into()));
    grant("premium", "tier").unwrap();
    grant("crawler", "tier").unwrap();
    grant("guest", "trial").unwrap();
    grant("premium", "trial").unwrap();
    grant("premium", "tier").unwrap();
    assert_eq!(
        show(&catalog, &provisioning),
        [
            "everybody auto:anonymous",
            "guest auto:anonymous workflow:trial",
            "premium workflow:tier workflow:trial",
            "crawler workflow:tier",
        ]
    );
    let plans: Vec<_> = provisioning.plans().map(|plan| catalog.plan(plan).unwrap().slug()).collect();
    assert_eq!(plans, ["everybody", "guest", "premium", "crawler"]);
}

#[test]
fn what_stands_in_for_a_workflow_says_so() {
    let catalog = catalog();
    let mut provisioning = Provisioning::default();
    for origin in
        [Origin::LastGood("tier".into()), Origin::FallbackPlans("tier".into()), Origin::Workflow("tier".into())]
    {
        provisioning.grant(&catalog, "premium", origin).unwrap();
    }
    let premium = "premium workflow:tier/last-good workflow:tier/fallback-plans workflow:tier";
    assert_eq!(show(&catalog, &provisioning), [premium]);
}

#[test]
fn an_unknown_slug_changes_nothing() {
    let catalog = catalog();
    let mut provisioning = Provisioning::default();
    for slug in ["", "Premium", "premium ", "gold\nplan"] {
        let error = provisioning.grant(&catalog, slug, Origin::Workflow("tier".into())).unwrap_err();
        assert_eq!(error.slug(), slug);
    }
    assert_eq!(provisioning, Provisioning::default());
    let error = provisioning.grant(&catalog, "gold\nplan", Origin::Workflow("tier".into())).unwrap_err();
    assert_eq!(error.to_string(), r"the catalog has no plan `gold\nplan`");
}

#[test]
fn an_empty_catalog_grants_nothing() {
    let visitor = Visitor { user_type: UserType::Authenticated, verified_bot: None, product_ids: &["x".into()] };
    assert!(Provisioning::of_static(&Catalog::default(), &visitor).grants().is_empty());
}
