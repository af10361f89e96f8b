//! The catalog: what is live, and what never gets there.

use serde_json::json;

use crate::test_server::TestServer;

const GOOD: &str = "[plans.reader]\nname = 'Reader'\nassign = ['anonymous']\nproducts = ['prod_1']\n";

#[test]
fn a_catalog_goes_live_at_once() {
    let server = TestServer::start();
    assert_eq!(server.to("GET", "/admin/v1/catalog").get().ok().body, "");
    assert_eq!(server.publish(GOOD).ok().json(), json!({"release": 1, "liveIn": ["live", "preview"]}));
    assert_eq!(server.to("GET", "/admin/v1/catalog").get().ok().body, GOOD);
    let plans = server.to("GET", "/admin/v1/plans").get().ok().json();
    let reader = json!({"slug": "reader", "name": "Reader", "description": null,
        "assignedTo": ["anonymous"], "products": ["prod_1"]});
    assert_eq!(plans, json!([reader]));
}

#[test]
fn a_catalog_with_problems_changes_nothing() {
    let server = TestServer::start();
    server.publish(GOOD).ok();
    let reply = server.publish("[plans.a]\nassing = []\n[plans.b]\nname = 7\n");
    reply.check_error(422, "line 2: `plans.a.assing`: unknown key");
    let problems = reply.json()["problems"].clone();
    let at = |index: usize| (problems[index]["line"].clone(), problems[index]["key"].clone());
    assert_eq!(at(0), (2.into(), "plans.a.assing".into()));
    assert_eq!(at(1), (4.into(), "plans.b.name".into()));
    assert_eq!(server.to("GET", "/admin/v1/catalog").get().ok().body, GOOD);
    assert_eq!(server.to("GET", "/readyz").get().ok().json()["release"], 1);
}

#[test]
fn a_public_key_that_cannot_be_used_is_a_problem() {
    let server = TestServer::start();
    let reply = server.publish("[jwt.accounts]\nalgorithm = 'RS256'\npublic-key = 'nonsense'\n");
    reply.check_error(422, "jwt.accounts.public-key");
    let problem = &reply.json()["problems"][0];
    assert_eq!((&problem["line"], &problem["key"]), (&json!(3), &json!("jwt.accounts.public-key")));
    assert_eq!(server.to("GET", "/readyz").get().ok().json()["release"], 0);
}
