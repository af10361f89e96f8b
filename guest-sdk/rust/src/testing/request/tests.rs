use super::*;
use crate::testing::json;

#[test]
fn nothing_is_known_at_first() {
    let request = request().build();
    assert_eq!(request.identity().auth_type, AuthType::Anonymous);
    assert_eq!(request.identity().claims, "{}");
    assert_eq!(request.instant().to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(request.context().device_class, DeviceClass::Unknown);
    assert!(!request.customer().is_customer);
}

#[test]
fn a_jwt_names_its_user() {
    let named = request().jwt(json!({ "sub": "reader-7" })).build();
    assert_eq!(named.identity().identifier, "reader-7");
    assert_eq!(named.identity().auth_type, AuthType::Jwt);
    assert_eq!(request().jwt(json!({ "tier": 1 })).build().identity().identifier, "reader-1");
    assert_eq!(request().user("reader-8").build().identity().auth_type, AuthType::Provided);
}

#[test]
fn places_and_devices_are_set() {
    let request = request()
        .eu_country("DE")
        .region("Berlin", "BE")
        .device(DeviceClass::Mobile)
        .test_group(99)
        .context(|context| context.city = Some("Berlin".to_owned()))
        .build();
    let context = request.context();
    assert_eq!((context.country_code.as_deref(), context.is_eu_country), (Some("DE"), true));
    assert_eq!((context.region.as_deref(), context.region_code.as_deref()), (Some("Berlin"), Some("BE")));
    assert_eq!((context.city.as_deref(), context.device_class), (Some("Berlin"), DeviceClass::Mobile));
    assert_eq!(request.identity().test_group_100, 99);
}

#[test]
fn a_fact_that_makes_no_sense_panics() {
    assert!(std::panic::catch_unwind(|| request().test_group(100)).is_err());
    assert!(std::panic::catch_unwind(|| request().at("soon")).is_err());
}

#[test]
fn one_verified_tag_verifies_the_request() {
    let verified = |builder: RequestBuilder| builder.build().context().is_verified_bot_request;
    assert_eq!(verified(request()), None);
    assert_eq!(verified(request().claimed_bot(BotCategory::Seo, "a")), Some(false));
    let both = request().verified_bot(BotCategory::Seo, "a").claimed_bot(BotCategory::Seo, "b");
    assert_eq!(verified(both), Some(true));
}

#[test]
fn a_url_names_its_campaign() {
    let request = request()
        .url("https://news.example/?utm_source=letter&utm_campaign=summer%202026&utm_source=other")
        .client_ip("192.0.2.1")
        .build();
    let utm = &request.http().utm;
    assert_eq!((utm.source.as_deref(), utm.campaign.as_deref()), (Some("letter"), Some("summer 2026")));
    assert_eq!((&utm.medium, &utm.term, &utm.content), (&None, &None, &None));
    assert_eq!(request.http().client_ip.as_deref(), Some("192.0.2.1"));
}

#[test]
fn products_make_customers() {
    let request = request().customer("cus_1").product("prod_1").build();
    let customer = request.customer();
    assert!(customer.is_customer && customer.has_products && customer.has_product("prod_1"));
    assert_eq!(customer.customer_identifiers, ["cus_1"]);
}
