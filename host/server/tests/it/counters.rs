//! Counter updates: what is counted shows in the next decision, once.

use serde_json::{Value, json};

use crate::test_server::{Reply, TestServer};

const CATALOG: &str = r#"
time-zone = "Asia/Kathmandu"

[features.article.properties.enabled]
type = "meterable"
[features.story.properties.enabled]
type = "meterable"
unique-resources = true

[plans.visitor]
assign = ["anonymous"]
[plans.visitor.features]
article = { enabled = { limit = 2, per = "month" } }
story = { enabled = { limit = 1, per = "lifetime" } }
"#;

const ARTICLE: &str = "default:feat_article.enabled";
const STORY: &str = "default:feat_story.enabled";
const READER: &str = r#"{"identity": {"anonymousIdentifier": "reader-1"}, "resource": {"id": "s-1"}}"#;

fn server() -> TestServer {
    let server = TestServer::start();
    server.publish(CATALOG).ok();
    server
}

/// Counts for `reader-1`.
#[expect(clippy::needless_pass_by_value, reason = "call sites read better with the literal")]
fn count(server: &TestServer, key: &str, fields: Value) -> Reply {
    let mut body = json!({"identity": {"anonymousIdentifier": "reader-1"}, "cloudflare": {"cf": {}}});
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    server.to("POST", "/api/v1/counter-updates").key(key).send(body.to_string())
}

fn meter(server: &TestServer, feature: &str) -> Value {
    server.whole_answer(READER)["features"][feature]["properties"]["enabled"].clone()
}

#[test]
fn a_meter_runs_down_and_closes_at_its_limit() {
    let server = server();
    let secret = &server.keys.secret;
    let check = |consumed: u64, remaining: u64, has_access: bool| {
        let meter = meter(&server, "article");
        let expected = json!([consumed, remaining, 2, has_access, false, false]);
        let found = ["consumedUnits", "remainingUnits", "totalUnits", "hasAccess", "uniqueResources", "resourceIdUsed"];
        assert_eq!(Value::from_iter(found.map(|field| meter[field].clone())), expected, "{meter}");
        // Months begin by the clocks of Nepal, 5:45 ahead.
        assert!(meter["periodStart"].as_str().unwrap().ends_with("T18:15:00Z"), "{meter}");
    };
    check(0, 2, true);
    let done = count(&server, secret, json!({"counterId": ARTICLE})).ok();
    assert_eq!((done.status, done.json()), (200, json!({"status": "success"})));
    check(1, 1, true);
    count(&server, secret, json!({"counterId": ARTICLE, "update": 3})).ok();
    check(4, 0, false);
    count(&server, secret, json!({"counterId": ARTICLE, "update": -9})).ok();
    check(0, 2, true);
}

#[test]
fn a_resource_that_is_paid_for_stays_open() {
    let server = server();
    let secret = &server.keys.secret;
    count(&server, secret, json!({"counterId": STORY, "resourceId": "s-1"})).ok();
    count(&server, secret, json!({"counterId": STORY, "resourceId": "s-1"})).ok();
    let paid = meter(&server, "story");
    assert_eq!((&paid["consumedUnits"], &paid["remainingUnits"]), (&json!(1), &json!(0)));
    assert_eq!((&paid["hasAccess"], &paid["resourceIdUsed"]), (&json!(true), &json!(true)));
    assert_eq!((&paid["uniqueResources"], &paid["periodStart"]), (&json!(true), &json!("1970-01-01T00:00:00Z")));

    let other = server.whole_answer(&READER.replace("s-1", "s-2"));
    let other = &other["features"]["story"]["properties"]["enabled"];
    assert_eq!((&other["hasAccess"], &other["resourceIdUsed"]), (&json!(false), &json!(false)));
}

#[test]
fn a_decision_consumes_nothing() {
    let server = server();
    for _ in 0..5 {
        assert_eq!(meter(&server, "article")["consumedUnits"], 0);
    }
}

#[test]
fn an_update_with_a_key_counts_once() {
    let server = server();
    let send = |units: u64, key: &str| {
        let body = json!({"identity": {"anonymousIdentifier": "reader-1"}, "counterId": ARTICLE, "update": units});
        server.to("POST", "/api/v1/counter-updates").header("idempotency-key", key).send(body.to_string())
    };
    send(1, "k-1").ok();
    send(1, "k-1").ok();
    assert_eq!(meter(&server, "article")["consumedUnits"], 1);
    send(2, "k-1").check_error(409, "idempotency key");
    send(1, &"k".repeat(255)).ok();
    send(1, &"k".repeat(256)).check_error(400, "idempotency-key: expected 1 to 255");
    for key in ["", "a b", "a\tb", "\u{e9}"] {
        send(1, key).check_error(400, "idempotency-key: expected 1 to 255");
    }
    assert_eq!(meter(&server, "article")["consumedUnits"], 2);
}

#[test]
fn a_public_key_counts_up_and_only_what_is_metered() {
    let server = server();
    let public = &server.keys.public;
    count(&server, public, json!({"counterId": ARTICLE})).ok();
    assert_eq!(meter(&server, "article")["consumedUnits"], 1);
    count(&server, public, json!({"counterId": ARTICLE, "update": -1})).check_error(403, "a public key only counts up");
    count(&server, public, json!({"counterId": "mine"})).check_error(403, "only counts what the catalog meters");
    let named = json!({"counterId": ARTICLE, "identity": {"userIdentifier": "ada"}});
    count(&server, public, named).check_error(403, "needs a secret key");
    count(&server, &server.keys.secret, json!({"counterId": "mine", "update": -1})).ok();
}

#[test]
fn what_cannot_be_counted_is_refused() {
    let server = server();
    let secret = &server.keys.secret;
    let refuse = |fields: Value, status, message| count(&server, secret, fields).check_error(status, message);
    refuse(json!({}), 400, "missing field `counterId`");
    refuse(json!({"counterId": ""}), 400, "counterId: expected 1 to 512 bytes");
    refuse(json!({"counterId": ARTICLE, "update": 0.5}), 400, "update: expected a whole number");
    refuse(json!({"counterId": ARTICLE, "identity": {}}), 400, "found none");
    refuse(json!({"counterId": ARTICLE, "identity": {"createAnonymousIdentifier": true}}), 400, "a user to count for");
    let token = json!({"userJwt": "x", "createAnonymousIdentifierFallback": true});
    refuse(json!({"counterId": ARTICLE, "identity": token}), 401, "malformed");
    count(&server, "sk_env_1_x", json!({"counterId": ARTICLE})).check_error(401, "Invalid API key");
    server.to("GET", "/api/v1/counter-updates").get().check_error(405, "does not take GET");
}

#[test]
fn a_hundred_callers_at_once_lose_nothing() {
    let server = server();
    std::thread::scope(|scope| {
        for _ in 0..10 {
            scope.spawn(|| {
                for _ in 0..10 {
                    count(&server, &server.keys.secret, json!({"counterId": ARTICLE})).ok();
                }
            });
        }
    });
    assert_eq!(meter(&server, "article")["consumedUnits"], 100);
}
