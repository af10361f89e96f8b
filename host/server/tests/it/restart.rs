//! Restarts: what was answered with success is there afterwards.

use usher_store::Location;

use crate::test_server::TestServer;

#[test]
fn a_restart_keeps_everything() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().to_owned());
    let before = TestServer::on(&location);
    let keys = before.keys.clone();
    before.publish("[plans.gold]\nproducts = ['prod_gold']\n").ok();
    let customer = "/admin/v1/users/authenticated/reader%401/customer";
    before.to("PUT", customer).send(r#"{"productIds": ["prod_gold"]}"#).ok();
    before.stop();

    let mut after = TestServer::on(&location);
    assert_eq!(after.keys.secret, "", "no new keys");
    after.keys = keys;
    let answer = after.whole_answer(r#"{"identity": {"userIdentifier": "reader@1"}}"#);
    assert_eq!(answer["diagnostics"]["release"], 1);
    assert_eq!(answer["diagnostics"]["plans"][0]["origin"], "product:prod_gold");
    assert_eq!(after.publish("").ok().json()["release"], 2);
}
