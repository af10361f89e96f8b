//! Decisions: what a key may say, and what it is told.

use serde_json::json;

use crate::test_server::TestServer;

const CATALOG: &str = r#"
    [features.article.properties.enabled]
    type = "meterable"

    [plans.reader]
    assign = ["anonymous"]
    [plans.reader.features.article]
    enabled = "on"

    [plans.crawler]
    assign = ["search-crawler"]

    [plans.gold]
    products = ["prod_gold"]

    [surfaces.front-page.properties]
    layout = "wide"
"#;

#[test]
fn an_empty_server_answers() {
    let server = TestServer::start();
    let reply = server.access_check(r#"{"identity": {"createAnonymousIdentifier": true}}"#).ok();
    let answer = reply.json();
    assert_eq!((&answer["status"], &answer["features"]), (&json!("success"), &json!({})));
    assert_eq!(reply.header("x-usher-decision"), answer["eventId"].as_str());
    assert_eq!((reply.header("x-usher-degraded"), reply.header("cache-control")), (None, Some("no-store")));
    assert_eq!(answer["diagnostics"]["release"], 0);
}

#[test]
fn a_body_is_json_whatever_its_content_type() {
    let server = TestServer::start();
    let call = server.to("POST", "/api/v1/access-checks").header("content-type", "text/plain;charset=UTF-8");
    call.send(r#"{"identity": {"anonymousIdentifier": "a"}}"#).ok();
}

#[test]
fn a_secret_key_is_told_why() {
    let server = TestServer::start();
    server.publish(CATALOG).ok();
    let answer = server.whole_answer(r#"{"identity": {"anonymousIdentifier": "a"}}"#);
    assert_eq!(answer["features"]["article"]["properties"]["enabled"]["hasAccess"], true);
    assert_eq!(answer["diagnostics"]["plans"][0]["origin"], "auto:anonymous");
}

#[test]
fn a_public_key_is_told_what_and_not_why() {
    let server = TestServer::start();
    server.publish(CATALOG).ok();
    let ask = |body: &str| server.to("POST", "/api/v1/access-checks").key(&server.keys.public).send(body);
    let answer = ask(r#"{"identity": {"anonymousIdentifier": "a"}}"#).ok().json();
    assert_eq!(answer["features"]["article"]["properties"]["enabled"]["hasAccess"], true);
    assert_eq!(answer.get("diagnostics"), None);
    ask(r#"{"identity": {"userIdentifier": "u"}}"#).check_error(403, "secret key");
}

#[test]
fn only_a_secret_key_says_who_is_a_crawler() {
    let server = TestServer::start();
    server.publish(CATALOG).ok();
    let body = r#"{"identity": {"anonymousIdentifier": "a"},
        "cloudflare": {"cf": {"verifiedBotCategory": "Search Engine Crawler"}}}"#;
    let has_access = |key: &str| {
        let answer = server.to("POST", "/api/v1/access-checks").key(key).send(body).ok().json();
        answer["features"]["article"]["properties"]["enabled"]["hasAccess"].clone()
    };
    // The crawler's plan takes the place of the reader's.
    assert_eq!(has_access(&server.keys.secret), false);
    assert_eq!(has_access(&server.keys.public), true);
}

#[test]
fn an_identity_that_does_not_hold_is_refused() {
    let server = TestServer::start();
    let refused = |identity: &str, status: u16, message: &str| {
        server.access_check(&format!(r#"{{"identity": {identity}}}"#)).check_error(status, message);
    };
    refused(r#"{"userJwt": "a.b.c"}"#, 401, "the JWT is malformed");
    refused(r#"{"userIdentifier": ""}"#, 400, "expected an identifier");
    refused(r#"{"anonymousIdentifier": "a", "userJwt": "b"}"#, 400, "found `anonymousIdentifier` and `userJwt`");
    refused("{}", 400, "found none");
    let fallback = r#"{"identity": {"userJwt": "a.b.c", "createAnonymousIdentifierFallback": true}}"#;
    assert_eq!(server.access_check(fallback).ok().json()["identity"]["isAuthenticated"], false);
}

#[test]
fn a_surface_decision_is_an_access_check_and_a_surface() {
    let server = TestServer::start();
    server.publish(CATALOG).ok();
    let ask = |body: &str| server.to("POST", "/api/v1/surface-decisions").send(body);
    let answer = ask(r#"{"identity": {"anonymousIdentifier": "a"}, "surfaceSlug": "front-page"}"#).ok().json();
    assert_eq!(answer["surfaceBehavior"], json!({"properties": {"layout": "wide"}}));
    assert_eq!((&answer["componentsSkipped"], &answer["componentBehaviors"]), (&json!(false), &json!({})));
    let check = server.access_check(r#"{"identity": {"anonymousIdentifier": "a"}}"#).ok().json();
    assert_eq!(answer["features"], check["features"]);

    ask(r#"{"identity": {"anonymousIdentifier": "a"}, "surfaceSlug": "x"}"#).check_error(404, "found `x`");
    ask(r#"{"identity": {"anonymousIdentifier": "a"}, "surfaceSlug": 7}"#).check_error(400, "expected a string");
    ask(r#"{"identity": {"anonymousIdentifier": "a"}}"#).check_error(400, "missing field `surfaceSlug`");
}

#[test]
fn a_key_is_good_for_its_own_doors_only() {
    let server = TestServer::start();
    let (check, keys) = ("/api/v1/access-checks", "/admin/v1/keys");
    server.to("POST", check).key(&server.keys.admin).send("{}").check_error(403, "found one of kind `admin`");
    server.to("GET", keys).key(&server.keys.secret).get().check_error(403, "expected an admin key");
    server.to("GET", keys).key(&server.keys.public).get().check_error(403, "expected an admin key");
    for key in ["", "sk", "sk_env_test_abc", "x y", &server.keys.secret.to_uppercase()] {
        server.to("POST", check).key(key).send("{}").check_error(401, "Invalid API key");
        server.to("GET", keys).key(key).get().check_error(401, "Invalid API key");
    }
}

/// It comes out of the visitor's own cookie, which anybody may have written: it costs them what was theirs, not the page.
#[test]
fn an_anonymous_identifier_that_cannot_be_makes_a_new_visitor() {
    let server = TestServer::start();
    server.publish(CATALOG).ok();
    for identifier in [String::new(), "x".repeat(513), "a\u{0}b".to_owned()] {
        let identity = json!({"anonymousIdentifier": identifier});
        let answer = server.access_check(&json!({"identity": identity}).to_string()).ok().json();
        assert_eq!(answer["features"]["article"]["properties"]["enabled"]["hasAccess"], true);
        assert_eq!(
            (&answer["identity"]["authType"], &answer["identity"]["isAuthenticated"]),
            (&json!("anonymous"), &json!(false))
        );
        assert_eq!(answer["identity"]["identifier"].as_str().unwrap().len(), 36, "{answer}");
        // Nobody would ever find what was counted for them.
        let update = json!({"identity": identity, "counterId": "c"}).to_string();
        server.to("POST", "/api/v1/counter-updates").send(update).check_error(400, "expected an identifier");
    }
}

/// JavaScript writes half of a surrogate pair as it is, and some other languages numbers that nothing can hold.
#[test]
fn what_cannot_be_held_costs_no_decision() {
    let server = TestServer::start();
    let identifier = |body: &str, key: &str| {
        let answer = server.to("POST", "/api/v1/access-checks").key(key).send(body).ok().json();
        answer["identity"]["identifier"].as_str().unwrap().to_owned()
    };
    let odd = r#"{"identity": {"anonymousIdentifier": "a\ud83d"}, "http": {"userAgent": "\udc00"}, "cloudflare": {"cf": 1e400}}"#;
    for key in [&server.keys.secret, &server.keys.public] {
        assert_eq!(identifier(odd, key), "a\u{fffd}");
    }
    let blocks = r#"{"identity": {"anonymousIdentifier": "a"}, "http": 7, "http": [1e400], "cloudflare": "\ud83d", "fastly": false}"#;
    assert_eq!(identifier(blocks, &server.keys.public), "a");
}
