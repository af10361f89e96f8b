//! `usher keys`: listed, made, changed over, revoked.

use crate::usher::{Served, check_failure, run};

/// What a command prints when it succeeds.
#[track_caller]
fn said(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn keys_are_made_changed_over_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let mut served = Served::start(&folder.path().join("data"), &[]);
    let (_secret, _public) = (served.value("USHER_SECRET_KEY"), served.value("USHER_PUBLIC_KEY"));
    let admin = served.value("USHER_ADMIN_KEY");
    let keys = |more: &[&str]| {
        let (first, rest) = more.split_first().unwrap();
        said(&[&["keys", first, "--url", &served.url, "--key", &admin], rest].concat())
    };
    assert_eq!(keys(&["list"]).lines().count(), 3);

    let made = keys(&["create", "--kind", "admin", "--scope", "read,workflows", "--name", "pipeline"]);
    let id = made.split('`').nth(1).unwrap();
    assert!(made.starts_with(&format!("key `{id}` (admin: read,workflows) is shown this once:\nak_env_")), "{made}");
    assert!(keys(&["list"]).contains(&format!("{id}  admin   lasts  read,workflows  pipeline\n")));

    let rotated = keys(&["rotate", id, "--grace-seconds", "60"]);
    assert!(rotated.contains(&format!("takes the place of `{id}`, which ends 20")), "{rotated}");
    let new = rotated.split('`').nth(1).unwrap();
    assert!(keys(&["list"]).contains(&format!("{id}  admin   ends 20")));
    assert_eq!(keys(&["revoke", new]), format!("key `{new}` opens nothing any more\n"));
    assert!(keys(&["list"]).contains(&format!("{new}  admin   revoked 20")));

    let json: serde_json::Value = serde_json::from_str(&keys(&["create", "--kind", "public", "--json"])).unwrap();
    assert_eq!(json["kind"], "public");
    let at = ["--url", &served.url, "--key", &admin];
    let fail = |more: &[&str], code, message| check_failure(&[&["keys"], more, &at].concat(), code, message);
    fail(&["revoke", "key_x/y"], 1, "error: key `key_x/y`: expected the id of a stored key");
    fail(&["rotate", id], 1, "one that was rotated before");
    fail(&["rotate", id, "--grace-seconds", "2592001"], 1, "`grace-seconds`: expected 0 to 2592000");
    fail(&["create", "--kind", "secret", "--scope", "read"], 1, "unknown field `scopes`");
    fail(&["create", "--kind", "admin", "--scope", "root"], 2, "expected one of read, workflows, catalog");
}
