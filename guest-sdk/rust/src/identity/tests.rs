use std::collections::BTreeMap;

use super::*;
use crate::testing::{self, json};

#[test]
fn custom_data_is_found_by_user_key_and_scope() {
    let reader = User::authenticated("reader-1");
    let _host = testing::host()
        .custom_data("reader-1", "trial", json!({ "days": 14 }))
        .custom_data_with(&reader, "shared", CustomDataScope::CrossBrand, 7)
        .install();

    let trial: Option<BTreeMap<String, u32>> = read_custom_data(&reader, "trial").unwrap();
    assert_eq!(trial.unwrap()["days"], 14);
    assert_eq!(read_custom_data::<u32>(&reader, "shared"), Ok(None));
    assert_eq!(read_custom_data_with::<u32>(&reader, "shared", CustomDataScope::CrossBrand), Ok(Some(7)));
    assert_eq!(read_custom_data::<u32>(&User::anonymous("reader-1"), "trial"), Ok(None));
    assert_eq!(read_custom_data::<u32>(&User::authenticated("reader-2"), "trial"), Ok(None));
}

#[test]
fn a_value_of_another_type_says_what_does_not_fit() {
    let _host = testing::host().custom_data("reader-1", "trial", "soon").install();
    let error = read_custom_data::<u32>(&User::authenticated("reader-1"), "trial").unwrap_err();
    assert_eq!(error.to_string(), "the value kept as `trial` is not what was expected: expected u32, found `soon`");
}

#[test]
fn a_key_has_1_to_999_characters() {
    let user = User::authenticated("reader-1");
    assert!(matches!(read_custom_data::<u32>(&user, ""), Err(ReadError::Invalid(_))));
    assert_eq!(read_custom_data::<u32>(&user, &"é".repeat(999)), Ok(None));
    assert!(matches!(read_custom_data::<u32>(&user, &"é".repeat(1000)), Err(ReadError::Invalid(_))));
}

#[test]
fn a_genuine_token_names_its_user_and_claims() {
    let _host = testing::host().jwt("token", "reader-1", json!({ "tier": "gold" })).install();
    let JwtVerification::Verified(jwt) = resolve_jwt("token").unwrap() else { panic!("the token is genuine") };
    assert_eq!(jwt.identifier, "reader-1");
    assert_eq!(jwt.claims::<BTreeMap<String, String>>().unwrap()["tier"], "gold");
    assert!(jwt.claims::<Vec<u8>>().is_err());
    assert!(matches!(resolve_jwt("forged").unwrap(), JwtVerification::Rejected(_)));
}

#[test]
fn links_are_found_from_both_ends() {
    let (before, after) = (User::anonymous("visitor-9"), User::authenticated("reader-1"));
    let _host = testing::host().link(&before, &after, "copy_once").install();

    let [link] = linked_sources(&after).unwrap().try_into().unwrap();
    assert_eq!((&link.source, &link.target, link.mode.as_str()), (&before, &after, "copy_once"));
    assert_eq!(linked_targets(&before), Ok(vec![link]));
    assert_eq!(linked_sources(&before), Ok(vec![]));
    assert_eq!(linked_targets(&after), Ok(vec![]));
}

#[test]
fn every_look_up_can_fail() {
    let user = User::authenticated("reader-1");
    let _host = testing::host().failing(ReadError::Unavailable("down".to_owned())).install();
    let down = ReadError::Unavailable("down".to_owned());
    assert_eq!(read_custom_data::<u32>(&user, "trial"), Err(down.clone()));
    assert_eq!(resolve_jwt("token"), Err(down.clone()));
    assert_eq!(linked_sources(&user), Err(down.clone()));
    assert_eq!(linked_targets(&user), Err(down));
}

#[test]
fn the_user_of_a_request_can_be_looked_up() {
    let anonymous = testing::request().anonymous("visitor-9").build();
    assert_eq!(anonymous.identity().user(), User::anonymous("visitor-9"));
    assert!(!anonymous.identity().is_authenticated());
    let signed_in = testing::request().user("reader-1").build();
    assert_eq!(signed_in.identity().user(), User::authenticated("reader-1"));
    assert!(signed_in.identity().is_authenticated());
}
