use usher_decision::test_group_100;
use usher_sandbox::ReadOnly;
use usher_sandbox::request::{AuthType, BotCategory, DeviceClass, UserType};

use super::*;

fn read(json: &str) -> Question {
    Question::read(json.as_bytes()).unwrap()
}

#[track_caller]
fn check_error(json: &str, expected: &str) {
    let error = Question::read(json.as_bytes()).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn everything_is_optional() {
    let Request { identity, context, http, resource, customer, instant } = read("{}").request;
    assert_eq!((identity.auth_type, identity.user_type), (AuthType::Anonymous, UserType::Anonymous));
    assert_eq!((identity.identifier.as_str(), identity.claims.as_str()), ("visitor-1", "{}"));
    assert_eq!(identity.test_group_100, test_group_100("visitor-1"));
    assert_eq!((context, http, resource, customer), <_>::default());
    assert_eq!(instant, 1_767_225_600_000);
}

#[test]
fn what_the_file_says_is_what_the_workflow_sees() {
    let question = read(
        r#"{
        "identity": {"authType": "jwt", "identifier": "reader-1", "jwtClaims": {"plan": "gold"}, "testGroup100": 42},
        "context": {"deviceClass": "tv", "userAgent": "Override/1", "originalUserAgent": "Real/1", "isEUCountry": true,
            "botTags": [{"category": "search-crawler", "code": "c", "isVerified": true, "product": "Googlebot"}],
            "isVerifiedBotRequest": true, "latitude": 52.5},
        "http": {"referer": "https://a.example/", "cookies": {"b": "2", "a": "1"}, "clientIP": "192.0.2.1"},
        "resource": {"id": "a-1", "meta": {"k": "v"}, "section": "politics"},
        "customerData": {"customerIdentifiers": ["cus_1"], "productIds": ["prod_1"]},
        "instant": "1970-01-01T00:00:01Z",
        "env": {"CURRENCY": "EUR"}
    }"#,
    );
    let Request { identity, context, http, resource, customer, instant } = question.request;
    assert_eq!((identity.user_type, identity.test_group_100), (UserType::Authenticated, 42));
    assert_eq!(identity.claims, r#"{"plan":"gold"}"#);
    assert_eq!((context.device_class, context.is_eu_country, context.latitude), (DeviceClass::Tv, true, Some(52.5)));
    assert_eq!(context.original_user_agent.as_deref(), Some("Real/1"));
    assert_eq!(context.bot_tags.first().and_then(|tag| tag.category), Some(BotCategory::SearchCrawler));
    assert_eq!(http.cookies, [("a".to_owned(), "1".to_owned()), ("b".to_owned(), "2".to_owned())]);
    assert_eq!(resource.map(|resource| resource.extra).as_deref(), Some(r#"{"section":"politics"}"#));
    assert!(customer.is_customer && customer.has_products);
    assert_eq!(instant, 1_000);
    assert_eq!(question.variables.get("CURRENCY").map(String::as_str), Some("EUR"));
}

#[test]
fn what_follows_from_the_rest_is_worked_out() {
    let request = read(
        r#"{
        "context": {"countryCode": "DE", "timezone": "Europe/Berlin", "userAgent": "Mozilla/5.0 (iPhone) Mobile/15E148"},
        "http": {"url": "https://a.example/?utm_source=letter"},
        "instant": "2026-07-01T20:00:00Z"
    }"#,
    )
    .request;
    let context = request.context;
    assert!(context.is_eu_country);
    assert_eq!((context.utc_offset_seconds, context.device_class), (Some(7_200), DeviceClass::Mobile));
    assert_eq!(context.original_user_agent, context.user_agent);
    assert_eq!(request.http.utm.source.as_deref(), Some("letter"));
}

#[test]
fn the_user_type_tells_the_proof() {
    let identity = read(r#"{"identity": {"userType": "authenticated", "identifier": "u"}}"#).request.identity;
    assert_eq!((identity.auth_type, identity.user_type), (AuthType::Provided, UserType::Authenticated));
}

#[test]
fn an_unknown_key_is_refused_by_name_line_and_column() {
    check_error("{\n  \"identty\": {}\n}", "unknown field `identty`, expected one of `identity`");
    check_error("{\n  \"identty\": {}\n}", "at line 2 column 11");
    check_error(r#"{"context": {"country": "DE"}}"#, "unknown field `country`");
    check_error(r#"{"http": {"query": ""}}"#, "unknown field `query`");
    check_error(r#"{"customData": [{"user": "u"}]}"#, "unknown field `user`");
    check_error("{", "line 1 column 1");
}

#[test]
fn an_impossible_value_is_refused_by_name() {
    check_error(
        r#"{"identity": {"testGroup100": 100}}"#,
        "`identity.testGroup100`: expected a number from 0 to 99, found `100`",
    );
    check_error(r#"{"identity": {"identifier": ""}}"#, "`identity.identifier`");
    check_error(r#"{"identity": {"authType": "jwt", "userType": "anonymous"}}"#, "`identity.userType`");
    check_error(r#"{"instant": "yesterday"}"#, "`instant`: expected an instant since 1970");
    check_error(r#"{"instant": "1969-12-31T23:59:59Z"}"#, "`instant`");
    check_error(r#"{"context": {"deviceClass": "watch"}}"#, "unknown variant `watch`");
}

#[test]
fn look_ups_find_what_the_file_knows() {
    let known = read(
        r#"{
        "customData": [{"identifier": "r", "userType": "authenticated", "key": "trial", "value": {"days": 7}}],
        "identityLinks": [{"source": {"identifier": "a", "userType": "anonymous"},
            "target": {"identifier": "r", "userType": "authenticated"}, "mode": "copy_once"}]
    }"#,
    )
    .known;
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let user = |identifier: &str, user_type| usher_sandbox::User { identifier: identifier.to_owned(), user_type };
    let (reader, visitor) = (user("r", UserType::Authenticated), user("a", UserType::Anonymous));
    let trial = |user, scope| runtime.block_on(known.custom_data(user, "trial", scope)).unwrap();
    assert_eq!(trial(&reader, usher_sandbox::Scope::Brand).as_deref(), Some(r#"{"days":7}"#));
    assert_eq!(trial(&reader, usher_sandbox::Scope::CrossBrand), None);
    assert_eq!(trial(&visitor, usher_sandbox::Scope::Brand), None);
    assert_eq!(runtime.block_on(known.linked_sources(&reader)).unwrap().len(), 1);
    assert_eq!(runtime.block_on(known.linked_targets(&visitor)).unwrap().len(), 1);
    assert_eq!(runtime.block_on(known.linked_targets(&reader)).unwrap().len(), 0);
}
