//! `usher export` and `usher import`: a server's data goes into a file, and another server goes on with it.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::usher::{Served, check_failure, file, run, text};

/// What a command prints when it succeeds.
#[track_caller]
fn said(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A server of a new folder with a catalog and a workflow, and its secret and its admin key.
fn serve(data: &Path, catalog: &str) -> (Served, String, String) {
    let mut served = Served::start(data, &["--catalog", catalog]);
    let (secret, _public) = (served.value("USHER_SECRET_KEY"), served.value("USHER_PUBLIC_KEY"));
    let admin = served.value("USHER_ADMIN_KEY");
    said(&["push", usher_tests::guests::COUNTS, "--slug", "counts", "--url", &served.url, "--key", &admin]);
    (served, secret, admin)
}

fn status(served: &Served, key: &str) -> u16 {
    let request = ureq::post(format!("{}/api/v1/access-checks", served.url));
    let request = request.header("authorization", format!("Bearer {key}"));
    let config = request.config().proxy(None).http_status_as_error(false).build();
    config.send(r#"{"identity": {"anonymousIdentifier": "ada"}}"#).unwrap().status().as_u16()
}

#[cfg(unix)]
#[test]
fn a_server_goes_on_from_a_backup_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let catalog = file(&folder, "catalog.toml", "[plans.reader]\nassign = ['authenticated']\n");
    let (served, secret, admin) = serve(&at("old"), &catalog);
    let backup = text(&at("usher-backup.tar"));
    let old = text(&at("old"));
    check_failure(&["export", &backup, "--data", &old], 1, "the operator has to stop that one");
    assert_eq!(served.terminate().0, Some(0));

    let exported = said(&["export", &backup, "--data", &old]);
    assert!(exported.starts_with("exported 0 releases, 1 workflow, 1 module, 2 environments, "), "{exported}");
    let (_, digest) = exported.trim_end().rsplit_once("sha256:").unwrap();
    check_failure(&["export", &backup, "--data", &old], 1, "expected a name that no file has");
    assert_eq!(said(&["export", &backup, "--data", &old, "--force"]), exported, "the same makes the same file");
    check_tools(&backup, digest);

    // With the secret, everything goes on.
    let new = text(&at("new"));
    check_failure(&["import", &backup, "--data", &new], 1, "found none; nothing was imported");
    assert!(!at("new").exists());
    std::fs::create_dir(at("new")).unwrap();
    std::fs::copy(at("old").join("secret.key"), at("new").join("secret.key")).unwrap();
    let other = "0".repeat(64);
    check_failure(&["import", &backup, "--data", &new, "--expect", &other], 1, "expected digest sha256:000");
    let imported = said(&["import", &backup, "--data", &new, "--expect", &format!("sha256:{digest}"), "--json"]);
    let imported: Value = serde_json::from_str(&imported).unwrap();
    assert_eq!(imported["digest"], format!("sha256:{digest}"));
    check_failure(&["import", &backup, "--data", &new], 1, "in which nothing was ever stored, found");
    let served = Served::start(&at("new"), &[]);
    assert_eq!((status(&served, &secret), status(&served, &admin)), (200, 403));
    assert!(said(&["keys", "list", "--url", &served.url, "--key", &admin]).lines().count() == 3);
    assert_eq!(served.terminate(), (Some(0), String::new()), "no keys a second time");

    // Without it, everything but the keys does.
    let third = text(&at("third"));
    let imported = said(&["import", &backup, "--data", &third, "--without-keys"]);
    assert!(imported.contains(", 0 keys, ") && imported.contains("the next start prints new ones"), "{imported}");
    let mut served = Served::start(&at("third"), &[]);
    let new_secret = served.value("USHER_SECRET_KEY");
    assert_eq!((status(&served, &secret), status(&served, &new_secret)), (401, 200));
}

/// The tools that an operator has understand the file, where they are there.
fn check_tools(backup: &str, digest: &str) {
    if let Ok(listed) = Command::new("tar").args(["-tf", backup]).output() {
        let listed = String::from_utf8(listed.stdout).unwrap();
        let names: Vec<_> = listed.lines().collect();
        assert_eq!((names.first(), names.last()), (Some(&"usher-backup.json"), Some(&"sha256")), "{listed}");
        assert!(names.contains(&"workflows/00000001.jsonl"), "{listed}");
    }
    if let Ok(summed) = Command::new("sha256sum").arg(backup).output() {
        assert!(String::from_utf8(summed.stdout).unwrap().starts_with(digest));
    }
}

#[test]
fn what_cannot_be_used_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let none = text(&folder.path().join("none"));
    check_failure(&["export", &none], 2, "--data");
    check_failure(&["export", &none, "--data", &none], 1, "found none");
    check_failure(&["import", &none], 2, "--data");
    check_failure(&["import", &none, "--data", &none], 1, "expected a file that can be read");
    check_failure(&["import", &none, "--data", &none, "--expect", "e3b0"], 2, "64 lowercase");
    let garbage = file(&folder, "garbage.tar", "garbage");
    check_failure(&["import", &garbage, "--data", &none], 1, "that an export of Usher has written");
    assert!(!folder.path().join("none").exists(), "nothing was made");
}
