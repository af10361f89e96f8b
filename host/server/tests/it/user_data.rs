//! User data: what operators write, decisions find.

use serde_json::json;

use crate::test_server::TestServer;

#[test]
fn a_customer_holds_the_plans_of_their_products_until_they_are_gone() {
    let server = TestServer::start();
    server.publish("[plans.gold]\nproducts = ['prod_gold']\n").ok();
    let is_customer = || {
        let answer = server.whole_answer(r#"{"identity": {"userIdentifier": "u/1"}}"#);
        (answer["customer"]["isCustomer"].clone(), answer["diagnostics"]["plans"][0]["slug"].clone())
    };
    let path = "/admin/v1/users/authenticated/u%2F1/customer";
    let body = r#"{"customerIdentifiers": ["cus_1"], "productIds": ["prod_gold"]}"#;
    server.to("PUT", path).send(body).ok();
    assert_eq!(is_customer(), (true.into(), "gold".into()));
    server.to("DELETE", path).get().ok();
    assert_eq!(is_customer(), (false.into(), serde_json::Value::Null));
}

#[test]
fn custom_data_and_links_are_taken_when_they_are_whole() {
    let server = TestServer::start();
    let path = "/admin/v1/users/anonymous/a/custom-data/trial?crossBrand=true";
    server.to("PUT", path).send(r#"{"days": 7}"#).ok();
    server.to("PUT", path).send("{'days': 7}").check_error(400, "expected JSON text");
    server.to("DELETE", path).get().ok();
    server.to("PUT", "/admin/v1/users/anonymous/a/custom-data/t?brand=x").send("1").check_error(400, "query: ");

    let link = r#"{"source": {"identifier": "a", "userType": "anonymous"},
        "target": {"identifier": "u", "userType": "authenticated"}, "mode": "copy_once"}"#;
    server.to("PUT", "/admin/v1/identity-links").send(link).ok();
    server.to("DELETE", "/admin/v1/identity-links").send(link).ok();
    server.to("PUT", "/admin/v1/identity-links").send("{}").check_error(400, "missing field `source`");
}

#[test]
fn an_operator_sees_what_a_user_has_and_why() {
    let server = TestServer::start();
    let catalog = "[features.article.properties.enabled]\ntype = 'meterable'\n[plans.reader]\nassign = ['authenticated']\n\
                   [plans.reader.features.article]\nenabled = { limit = 2, per = 'lifetime' }\n\
                   [plans.gold]\nproducts = ['prod_gold']\n";
    server.publish(catalog).ok();
    let user = "/admin/v1/users/authenticated/u%2F1";
    server.to("PUT", &format!("{user}/customer")).send(r#"{"productIds": ["prod_gold"]}"#).ok();
    server.to("PUT", &format!("{user}/custom-data/trial")).send(r#"{"days": 7}"#).ok();
    let update = r#"{"identity": {"userIdentifier": "u/1"}, "counterId": "default:feat_article.enabled"}"#;
    server.to("POST", "/api/v1/counter-updates").send(update).ok();
    let link = r#"{"source": {"identifier": "a", "userType": "anonymous"},
        "target": {"identifier": "u/1", "userType": "authenticated"}, "mode": "copy_once"}"#;
    server.to("PUT", "/admin/v1/identity-links").send(link).ok();

    let shown = server.to("GET", user).get().ok().json();
    assert_eq!((&shown["identifier"], &shown["userType"]), (&json!("u/1"), &json!("authenticated")));
    assert_eq!(shown["customer"], json!({"customerIdentifiers": [], "productIds": ["prod_gold"]}));
    assert_eq!(shown["customData"], json!([{"key": "trial", "scope": "brand", "value": {"days": 7}}]));
    assert_eq!(shown["linkedSources"][0]["source"], json!({"identifier": "a", "userType": "anonymous"}));
    assert_eq!((&shown["linkedTargets"], &shown["decidedBy"]), (&json!([]), &json!({"article.enabled": "reader"})));
    let lifetime = json!({"counterId": "default:feat_article.enabled", "period": "lifetime", "startedAtMs": 0,
        "units": 1, "uniqueUnits": 1});
    assert_eq!((&shown["counters"][0], shown["counters"].as_array().unwrap().len()), (&lifetime, 5));
    let plans = json!([{"slug": "reader", "origin": "auto:authenticated", "origins": ["auto:authenticated"]},
        {"slug": "gold", "origin": "product:prod_gold", "origins": ["product:prod_gold"]}]);
    assert_eq!(shown["decision"]["diagnostics"]["plans"], plans);

    let nobody = server.to("GET", "/admin/v1/users/anonymous/nobody").get().ok().json();
    assert_eq!((&nobody["customer"], &nobody["customData"]), (&json!(null), &json!([])));
    let asked = server.to("POST", &format!("{user}/explain")).send(r#"{"jwtClaims": {"tier": "gold"}}"#).ok().json();
    assert_eq!(asked["decision"]["identity"]["jwtClaims"], json!({"tier": "gold"}));
    let refused = server.to("POST", &format!("{user}/explain")).send(r#"{"jwtClaims": 7}"#);
    refused.check_error(400, "`jwtClaims`: expected an object");
    server.to("GET", user).key(&server.keys.secret).get().check_error(403, "expected an admin key");
    server.to("GET", "/admin/v1/users/somebody/u").get().check_error(400, "path: ");
}
