//! `usher keys`: listed, made, changed over, revoked.

use crate::usher::{Served, check_failure, said};

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
    assert!(keys(&["list"]).contains(&format!("{id}  admin   live  lasts  read,workflows  pipeline\n")));

    let rotated = keys(&["rotate", id, "--grace-seconds", "60"]);
    assert!(rotated.contains(&format!("takes the place of `{id}`, which ends 20")), "{rotated}");
    let new = rotated.split('`').nth(1).unwrap();
    assert!(keys(&["list"]).contains(&format!("{id}  admin   live  ends 20")));
    assert_eq!(keys(&["revoke", new]), format!("key `{new}` opens nothing any more\n"));
    assert!(keys(&["list"]).contains(&format!("{new}  admin   live  revoked 20")));

    let of_preview = keys(&["create", "--kind", "secret", "--env", "preview"]);
    let id_of_preview = of_preview.split('`').nth(1).unwrap();
    assert!(keys(&["list"]).contains(&format!("{id_of_preview}  secret  preview  lasts\n")));

    let json: serde_json::Value = serde_json::from_str(&keys(&["create", "--kind", "public", "--json"])).unwrap();
    assert_eq!(json["kind"], "public");
    let at = ["--url", &served.url, "--key", &admin];
    let fail = |more: &[&str], code, message| check_failure(&[&["keys"], more, &at].concat(), code, message);
    fail(&["revoke", "key_x/y"], 1, "error: key `key_x/y`: expected the id of a stored key");
    fail(&["rotate", id], 1, "one that was rotated before");
    fail(&["rotate", id, "--grace-seconds", "2592001"], 1, "`grace-seconds`: expected 0 to 2592000");
    fail(&["create", "--kind", "secret", "--scope", "read"], 1, "unknown field `scopes`");
    fail(&["create", "--kind", "secret", "--env", "none"], 1, "environment `none`: expected one that there is");
    fail(&["create", "--kind", "secret", "--env", "No"], 2, "environment name: expected 1 to 32");
    fail(&["create", "--kind", "admin", "--scope", "root"], 2, "expected one of read, workflows, catalog");
}
