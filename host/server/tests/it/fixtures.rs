//! What existing clients rely on, one named test for each case; every answer has to pass the guards that clients have.

use std::sync::LazyLock;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{KeyPair, PKCS_ED25519};
use serde_json::{Value, json};
use usher_tests::guests;

use crate::test_server::TestServer;

static KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate_for(&PKCS_ED25519).unwrap());

const CATALOG: &str = r##"
[features.article.properties]
enabled = { type = "meterable", fallback = "off" }
limit = { type = "number" }
cheapest = { type = "number", wins = "lower" }
quality = { type = "string", order = ["sd", "hd", "uhd"] }
ads = { type = "boolean" }
ads-anywhere = { type = "boolean", wins = "lower" }
[features.untouched.properties]
enabled = { type = "meterable" }
name = { type = "string", order = ["a"], fallback = "a" }

[plans.visitor]
assign = ["anonymous"]
[plans.visitor.features.article]
enabled = { limit = 2, per = "lifetime" }
[plans.reader]
assign = ["authenticated"]
[plans.crawler]
assign = ["search-crawler"]
[plans.bot]
assign = ["ai-bot"]

[plans.basic.features.article]
enabled = { limit = 3, per = "month" }
limit = 1
cheapest = 1
quality = "uhd"
ads = false
ads-anywhere = true
[plans.premium.features.article]
enabled = { limit = 1, per = "day" }
limit = 10
cheapest = 10
quality = "hd"
ads = true
ads-anywhere = false

[surfaces.page.properties]
layout = "wide"
[surfaces.page.components.wall]
css-selector = "#wall"
[surfaces.page.components.bare]

[jwt.accounts]
algorithm = "EdDSA"
public-key = """
PEM"""
"##;

fn server() -> TestServer {
    let server = TestServer::start();
    server.publish(&CATALOG.replace("PEM", &KEY.public_key_pem())).ok();
    server
}

fn with(guest: &str) -> TestServer {
    let server = server();
    let upload = server.to("PUT", "/admin/v1/workflows/w?deadline-ms=10000");
    upload.send(std::fs::read(guest).unwrap()).ok();
    server
}

/// A token whose workflow `echo` returns these slugs.
fn token(slugs: &Value) -> String {
    let key = EncodingKey::from_ed_pem(KEY.serialize_pem().as_bytes()).unwrap();
    let claims = json!({"sub": "ada", "exp": 9_999_999_999_u64, "slugs": slugs});
    encode(&Header::new(Algorithm::EdDSA), &claims, &key).unwrap()
}

#[expect(clippy::needless_pass_by_value, reason = "call sites read better with the literal")]
fn decide(server: &TestServer, identity: Value) -> Value {
    let body = json!({"surfaceSlug": "page", "identity": identity});
    let answer = server.to("POST", "/api/v1/surface-decisions").send(body.to_string()).ok().json();
    check_guards(&answer);
    answer
}

/// What clients check before they use an answer; one that fails is dropped without a word.
#[track_caller]
fn check_guards(answer: &Value) {
    assert_eq!(answer["status"], "success");
    for part in ["identity", "features", "customer", "surfaceBehavior", "componentBehaviors"] {
        assert!(answer[part].is_object(), "{part}: {answer}");
    }
    assert!(answer["componentsSkipped"].is_boolean());
    for component in answer["componentBehaviors"].as_object().unwrap().values() {
        assert!(component["metadata"].is_object(), "{component}");
    }
    let identifier = answer["identity"]["identifier"].as_str().unwrap();
    assert!(!identifier.is_empty());
}

fn plans(answer: &Value) -> Vec<&str> {
    answer["diagnostics"]["plans"].as_array().unwrap().iter().map(|plan| plan["slug"].as_str().unwrap()).collect()
}

#[test]
fn fixture_a_an_anonymous_visitor_gets_an_identifier_fit_for_a_cookie() {
    let server = server();
    let [one, two] = [0, 1].map(|_| decide(&server, json!({"createAnonymousIdentifier": true})));
    let identifier = one["identity"]["identifier"].as_str().unwrap();
    assert!(identifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)), "{identifier}");
    assert_ne!(one["identity"]["identifier"], two["identity"]["identifier"]);
    assert_eq!((&one["identity"]["isAuthenticated"], &one["identity"]["jwtClaims"]), (&json!(false), &json!({})));
}

#[test]
fn fixture_b_a_known_visitor_keeps_the_identifier() {
    for identifier in ["reader-1", "\u{1F600}", "a b/c=%41"] {
        let answer = decide(&server(), json!({"anonymousIdentifier": identifier}));
        assert_eq!(answer["identity"]["identifier"], identifier);
    }
}

#[test]
fn fixture_c_a_valid_token_with_a_premium_claim_brings_premium() {
    let server = with(guests::ECHO);
    let fallback = json!({"userJwt": token(&json!(["premium"])), "createAnonymousIdentifierFallback": true});
    let answer = decide(&server, fallback);
    assert_eq!(plans(&answer), ["reader", "premium"]);
    let identity = &answer["identity"];
    assert_eq!(
        (&identity["identifier"], &identity["isAuthenticated"], &identity["authType"]),
        (&json!("ada"), &json!(true), &json!("jwt"))
    );
    assert_eq!(identity["jwtClaims"]["slugs"], json!(["premium"]));
}

#[test]
fn fixture_d_an_invalid_token_is_refused_or_falls_back() {
    let server = server();
    for bad in ["", "x", &format!("{}x", token(&json!([])))] {
        let fallback = decide(&server, json!({"userJwt": bad, "createAnonymousIdentifierFallback": true}));
        assert_eq!(fallback["identity"]["isAuthenticated"], false);
        assert_eq!(plans(&fallback), ["visitor"]);
        server.access_check(&json!({"identity": {"userJwt": bad}}).to_string()).check_error(401, "JWT");
    }
}

#[test]
fn fixture_e_only_a_secret_key_names_a_user() {
    let server = server();
    let answer = decide(&server, json!({"userIdentifier": "ada"}));
    assert_eq!((&answer["identity"]["authType"], plans(&answer)), (&json!("provided"), vec!["reader"]));
    let call = server.to("POST", "/api/v1/access-checks").key(&server.keys.public);
    call.send(r#"{"identity": {"userIdentifier": "ada"}}"#).check_error(403, "needs a secret key");
}

#[test]
fn fixture_f_and_g_slugs_are_united_and_unknown_ones_dropped() {
    let server = with(guests::ECHO);
    for (slugs, held, dropped) in [
        (json!([]), vec!["reader"], json!([])),
        (json!(["premium", "gold", "premium", "gold", "reader"]), vec!["reader", "premium"], json!(["gold"])),
    ] {
        let answer = decide(&server, json!({"userJwt": token(&slugs)}));
        assert_eq!(plans(&answer), held);
        assert_eq!(answer["diagnostics"]["workflows"][0]["dropped"], dropped);
        assert_eq!(answer["diagnostics"]["degraded"], false);
    }
}

#[test]
fn fixture_h_a_workflow_that_fails_costs_its_own_plans() {
    for (guest, outcome) in [
        (guests::TRAPS, "trapped"),
        (guests::ENDLESS_LOOP, "out-of-fuel"),
        (guests::MANY_SLUGS, "bad-output"),
        (guests::REFUSES, "refused"),
    ] {
        let server = with(guest);
        let answer = decide(&server, json!({"anonymousIdentifier": "a"}));
        assert_eq!(plans(&answer), ["visitor"]);
        let diagnostics = &answer["diagnostics"];
        assert_eq!(
            (&diagnostics["degraded"], &diagnostics["workflows"][0]["outcome"]),
            (&json!(true), &json!(outcome))
        );
    }
}

#[test]
fn fixture_i_overlaps_are_settled_for_each_type() {
    let server = with(guests::ECHO);
    let answer = decide(&server, json!({"userJwt": token(&json!(["basic", "premium"]))}));
    let properties = &answer["features"]["article"]["properties"];
    let value = |property: &str| properties[property]["value"].clone();
    assert_eq!((value("limit"), value("cheapest")), (json!(10), json!(1)));
    assert_eq!((value("quality"), value("ads"), value("ads-anywhere")), (json!("uhd"), json!(true), json!(false)));
    // One a day is more than three a month.
    assert_eq!(properties["enabled"]["totalUnits"], 1);
}

#[test]
fn fixture_j_what_no_plan_touches_says_that_it_fell_back() {
    let answer = decide(&server(), json!({"anonymousIdentifier": "a"}));
    let properties = &answer["features"]["untouched"]["properties"];
    let counter = "default:feat_untouched.enabled";
    let off = json!({"type": "meterable", "counterId": counter, "hasAccess": false, "isFallback": true});
    assert_eq!(properties["enabled"], off);
    assert_eq!(properties["name"], json!({"type": "string", "value": "a", "isFallback": true}));
    assert_eq!(answer["features"]["article"]["properties"]["enabled"]["isFallback"], false);
}

#[test]
fn fixture_k_a_meter_closes_at_its_limit() {
    let server = server();
    let body = r#"{"identity": {"anonymousIdentifier": "a"}, "counterId": "default:feat_article.enabled"}"#;
    for (remaining, has_access) in [(2, true), (1, true), (0, false)] {
        let answer = server.whole_answer(r#"{"identity": {"anonymousIdentifier": "a"}}"#);
        let meter = &answer["features"]["article"]["properties"]["enabled"];
        assert_eq!((&meter["remainingUnits"], &meter["hasAccess"]), (&json!(remaining), &json!(has_access)));
        server.to("POST", "/api/v1/counter-updates").send(body).ok();
    }
}

#[test]
fn fixture_l_people_crawlers_and_bots_are_told_apart() {
    let server = server();
    let verified =
        |category: &str| json!({"cf": {"botManagement": {"verifiedBot": true}, "verifiedBotCategory": category}});
    let agent = |agent: &str| json!({"userAgent": agent});
    for (cloudflare, http, held) in [
        (verified("Search Engine Crawler"), json!({}), "crawler"),
        (verified("AI Crawler"), json!({}), "bot"),
        (json!({}), agent("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"), "visitor"),
        (json!({}), agent("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0.0.0 Safari/537.36"), "visitor"),
    ] {
        let body = json!({"identity": {"anonymousIdentifier": "a"}, "cloudflare": cloudflare, "http": http});
        assert_eq!(plans(&server.access_check(&body.to_string()).ok().json()), [held], "{body}");
    }
}

#[test]
fn fixture_m_nothing_that_changes_anything_can_be_imported() {
    let server = server();
    for guest in [guests::FIRES_TRIGGER, guests::INCREMENTS_COUNTER, guests::WRITES_CUSTOM_DATA, guests::IMPORTS_SOCKET]
    {
        let upload = server.to("PUT", "/admin/v1/workflows/w").send(std::fs::read(guest).unwrap());
        upload.check_error(422, "");
        assert_eq!(upload.json()["reason"], "forbidden-import", "{guest}");
    }
}

#[test]
fn fixture_n_both_doors_agree() {
    let server = with(guests::ECHO);
    let identity = json!({"userJwt": token(&json!(["premium", "basic"]))});
    let shown = decide(&server, identity.clone());
    let checked = server.access_check(&json!({"identity": identity}).to_string()).ok().json();
    assert_eq!(shown["features"], checked["features"]);
    assert_eq!(checked.get("surfaceBehavior"), None);
    let components =
        json!({"wall": {"metadata": {"cssSelector": "#wall"}}, "bare": {"metadata": {"cssSelector": null}}});
    assert_eq!(shown["componentBehaviors"], components);
}
