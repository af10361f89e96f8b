use usher_guest::identity::{CustomDataScope, ReadError, User};
use usher_guest::testing::{self, InstalledHost, json};

use super::trial;

fn kept(value: impl serde::Serialize) -> InstalledHost {
    let reader = User::authenticated("reader-1");
    testing::host().custom_data_with(&reader, "trial", CustomDataScope::CrossBrand, value).install()
}

#[test]
fn a_trial_ends_at_its_instant() {
    let host = kept(json!({ "plan": "premium", "until": "2026-07-01T20:00:00Z" }));
    let reader = testing::request().user("reader-1");
    assert_eq!(trial(&reader.clone().at("2026-07-01T19:59:59.999Z").build()), Ok(Some("premium-trial")));
    assert_eq!(trial(&reader.at("2026-07-01T20:00:00Z").build()), Ok(None));
    assert_eq!(host.logged()[0].message, "the trial ended at 2026-07-01T20:00:00Z");
}

#[test]
fn a_trial_is_its_readers_own() {
    let _host = kept(json!({ "plan": "premium", "until": "2027-01-01" }));
    assert_eq!(trial(&testing::request().user("reader-2").build()), Ok(None));
    assert_eq!(trial(&testing::request().anonymous("reader-1").build()), Ok(None));
}

#[test]
fn other_plans_have_no_trial() {
    let _host = kept(json!({ "plan": "crossword", "until": "2027-01-01" }));
    assert_eq!(trial(&testing::request().user("reader-1").build()), Ok(None));
}

#[test]
fn a_trial_that_cannot_be_read_is_refused() {
    let _host = kept(json!({ "plan": "premium", "until": "soon" }));
    let refusal = trial(&testing::request().user("reader-1").build()).unwrap_err();
    assert!(matches!(refusal, ReadError::Unexpected { .. }), "{refusal}");
}

#[test]
fn a_host_that_is_down_is_no_trial_that_ended() {
    let down = ReadError::Unavailable("down".to_owned());
    let _host = testing::host().failing(down.clone()).install();
    assert_eq!(trial(&testing::request().user("reader-1").build()), Err(down));
}
