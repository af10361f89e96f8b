//! `usher release`, `usher deploy`, `usher rollback`, `usher environments`: from a draft to what is live, and back.

use serde_json::Value;
use usher_tests::guests;

use crate::usher::{Served, check_failure, file, said};

#[test]
fn a_draft_becomes_a_release_is_deployed_and_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = file(&folder, "catalog.toml", "[plans.premium]\n[plans.registered]\nname = 'Registered'\n");
    let mut served = Served::start(&folder.path().join("data"), &["--catalog", &catalog]);
    let (_secret, _public) = (served.value("USHER_SECRET_KEY"), served.value("USHER_PUBLIC_KEY"));
    let admin = served.value("USHER_ADMIN_KEY");
    let at = ["--url", &served.url, "--key", &admin];
    let usher = |arguments: &[&str]| said(&[arguments, &at].concat());
    let fails = |arguments: &[&str], message: &str| check_failure(&[arguments, &at].concat(), 1, message);

    let first = usher(&["release", "create", "--note", "the first"]);
    assert!(first.starts_with("release 1, SHA-256 "), "{first}");
    assert!(first.ends_with("different from nothing before:\n+ plan `premium`\n+ plan `registered`\n"), "{first}");
    fails(&["release", "create"], "the draft: expected a change since release 1");
    let deployed = usher(&["deploy", "1", "--env", "live"]);
    assert!(deployed.starts_with("environment `live`: release 1, deployment 3 by key_"), "{deployed}");
    fails(&["rollback", "--env", "live"], "expected a release before the one in force");

    let pushed = usher(&["push", guests::DECLARES_PLANS, "--slug", "tier"]);
    assert!(pushed.starts_with("workflow `tier` is in the draft, and not in `live`: release 2, "), "{pushed}");
    let second = usher(&["release", "create", "--draft", "2"]);
    assert!(second.ends_with("different from release 1:\n+ workflow `tier`\n"), "{second}");
    assert_eq!(
        usher(&["release", "diff", "1", "--from", "2"]),
        "release 1\ndifferent from release 2:\n- workflow `tier`\n"
    );
    assert_eq!(usher(&["release", "diff", "draft"]), "release 2\nno difference from release 2\n");
    assert!(usher(&["release", "show", "2"]).contains("\nworkflow `tier`: SHA-256 "));
    fails(
        &["deploy", "2", "--env", "live", "--replaces", "1"],
        "expected deployment 1 to be in force, found deployment 3",
    );
    usher(&["deploy", "2", "--env", "live", "--note", "for the weekend"]);

    let listed = usher(&["release", "list"]);
    let lines: Vec<_> = listed.lines().collect();
    assert!(lines[0].starts_with("     2  20") && lines[0].ends_with("  [live]"), "{listed}");
    assert!(lines[1].starts_with("     1  20") && lines[1].ends_with("  the first"), "{listed}");
    let back = usher(&["rollback", "--env", "live", "--note", "no premium in Austria"]);
    assert!(back.contains("release 1, deployment 5") && back.ends_with(": no premium in Austria\n"), "{back}");

    assert!(usher(&["environments", "create", "staging"]).starts_with("staging      env_"));
    let environments = usher(&["environments", "list"]);
    let names: Vec<_> = environments.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(names, ["live", "preview", "staging"]);
    let history = usher(&["environments", "history", "live"]);
    assert_eq!(history.lines().count(), 4, "{history}");
    assert!(
        history.contains("release 2, deployment 4 by key_")
            && history.contains("the draft, deployment 1 by command-line")
    );
    let json: Value = serde_json::from_str(&usher(&["deploy", "draft", "--env", "staging", "--json"])).unwrap();
    assert_eq!(json["release"], "draft");

    fails(&["deploy", "9", "--env", "live"], "release 9: expected one that there is");
    fails(&["deploy", "1", "--env", "none"], "environment `none`: expected one that there is");
    check_failure(&["deploy", "latest", "--env", "live"], 2, "expected the number of a release, or `draft`");
    check_failure(&["release", "list", "--limit", "0"], 2, "0 is not in 1..=1000");
}

#[test]
fn a_release_is_tried_by_some_and_on_all() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = file(&folder, "catalog.toml", "[plans.gold]\nassign = ['anonymous']\n");
    let mut served = Served::start(&folder.path().join("data"), &["--catalog", &catalog]);
    let secret = served.value("USHER_SECRET_KEY");
    let (_public, admin) = (served.value("USHER_PUBLIC_KEY"), served.value("USHER_ADMIN_KEY"));
    let at = ["--url", &served.url, "--key", &admin];
    let usher = |arguments: &[&str]| said(&[arguments, &at].concat());
    let fails = |arguments: &[&str], message: &str| check_failure(&[arguments, &at].concat(), 1, message);
    let decided_by = |identifier: &str| {
        let body = serde_json::json!({"identity": {"anonymousIdentifier": identifier}}).to_string();
        let mut answer = ureq::post(format!("{}/api/v1/access-checks", served.url))
            .header("authorization", format!("Bearer {secret}"))
            .send(&body)
            .unwrap();
        let answer: Value = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
        answer["diagnostics"]["release"].as_u64().unwrap()
    };
    usher(&["release", "create"]);
    usher(&["push", guests::COUNTS, "--slug", "counts", "--allow-unknown-slugs"]);
    usher(&["release", "create"]);
    let env = ["--env", "live"];
    let of_live = |arguments: &[&str]| usher(&[arguments, &env].concat());
    fails(
        &["canary", "start", "2", "--env", "live", "--percent", "10"],
        "expected a release beside it, found the draft",
    );
    of_live(&["deploy", "1"]);
    fails(&["canary", "share", "--env", "live", "--percent", "20"], "expected a canary, found none");

    let started =
        of_live(&["canary", "start", "2", "--include", "tester", "--plan", "gold=100", "--more-failed", "0.5"]);
    assert!(
        started.starts_with("environment `live`: release 1, canary release 2 for 0 %, deployment 4 by"),
        "{started}"
    );
    assert_eq!((decided_by("tester"), decided_by("reader")), (2, 1));
    let shared = of_live(&["canary", "share", "--percent", "100"]);
    assert!(shared.contains("canary release 2 for 100 %"), "{shared}");
    assert_eq!((decided_by("tester"), decided_by("reader")), (2, 2));
    let shown = of_live(&["canary", "show"]);
    assert!(shown.starts_with("canary: release 2 for 100 % of the users, too early to say\n"), "{shown}");
    assert!(shown.contains("\nplan `gold`"), "{shown}");
    of_live(&["canary", "end"]);
    assert_eq!(decided_by("tester"), 1);

    assert!(of_live(&["shadow", "start", "2", "--sample", "50"]).contains("release 1, shadow release 2, deployment"));
    assert!(of_live(&["shadow", "show"]).starts_with("shadow: release 2, 0 decisions made again of 0"));
    of_live(&["canary", "start", "2", "--percent", "100"]);
    assert_eq!(decided_by("reader"), 2);
    let promoted = of_live(&["canary", "promote"]);
    assert!(promoted.contains("release 2, shadow release 2, deployment"), "{promoted}");
    of_live(&["shadow", "end"]);
    fails(&["shadow", "show", "--env", "live"], "`shadow` of an environment: expected one, found none");
    check_failure(&["canary", "start", "2", "--env", "live", "--percent", "101"], 2, "expected 0 % to 100 %");
    check_failure(
        &["canary", "start", "2", "--env", "live", "--plan", "gold"],
        2,
        "expected a plan, `=` and a percentage",
    );
}
