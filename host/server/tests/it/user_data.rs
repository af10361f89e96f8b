//! User data: what operators write, decisions find.

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
