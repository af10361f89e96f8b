//! `usher explain`: what a user has and why, in words.

use crate::usher::{Served, check_failure, file, run};

const CATALOG: &str = r#"
[features.article.properties.enabled]
type = "meterable"
[features.article.properties.ads]
type = "boolean"

[plans.reader]
assign = ["authenticated"]
[plans.reader.features.article]
enabled = { limit = 2, per = "lifetime" }
"#;

#[test]
fn a_user_is_shown_with_the_reasons() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = file(&folder, "catalog.toml", CATALOG);
    let mut served = Served::start(&folder.path().join("data"), &["--catalog", &catalog]);
    let (_secret, _public) = (served.value("USHER_SECRET_KEY"), served.value("USHER_PUBLIC_KEY"));
    let admin = served.value("USHER_ADMIN_KEY");
    let explain = ["explain", "--url", &served.url, "--key", &admin, "--user"];

    let shown = run(&[explain.as_slice(), &["a/b"]].concat());
    let expected = "user       a/b (authenticated)\ncustomer   no\nplan       reader because of auto:authenticated\n\
                    value      article.ads = null by fallback\n\
                    value      article.enabled = open, 2 of 2 left since \"1970-01-01T00:00:00Z\" by plan reader\n";
    assert_eq!((shown.status.code(), String::from_utf8(shown.stdout).unwrap().as_str()), (Some(0), expected));

    let request = file(&folder, "request.json", r#"{"jwtClaims": {"tier": "gold"}}"#);
    let shown = run(&[explain.as_slice(), &["ada", "--json", "--request", &request]].concat());
    let answer: serde_json::Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(answer["decision"]["identity"]["jwtClaims"]["tier"], "gold");

    let broken = file(&folder, "broken.json", "[]");
    let fail = |more: &[&str], message| check_failure(&[explain.as_slice(), more].concat(), 1, message);
    fail(&["ada", "--request", &broken], "expected a JSON object");
    fail(&["ada", "--request", "none.json"], "the request file `none.json` cannot be read");
    fail(&[&"x".repeat(513)], "1 to 512 bytes");
}
