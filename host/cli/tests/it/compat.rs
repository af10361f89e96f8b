//! `usher compat`: what a new version would refuse of what an old one serves.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use usher_host::SystemClock;
use usher_store::{Enabled, LimitOverrides, Location, Store};
use usher_tests::guests;

use crate::usher::{Served, check_failure, file, run, text};

fn compat(arguments: &[&str], code: i32) -> Value {
    let output = run(&[&["compat", "--json"], arguments].concat());
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_this_version_refuses_is_known_before_it_serves() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let catalog = file(&folder, "catalog.toml", "[plans.reader]\nassign = ['authenticated']\n");
    let mut served = Served::start(&data, &["--catalog", &catalog]);
    let (_secret, _public) = (served.value("USHER_SECRET_KEY"), served.value("USHER_PUBLIC_KEY"));
    let admin = served.value("USHER_ADMIN_KEY");
    let at = ["--url", &served.url, "--key", &admin];
    for slug in ["counts", "again"] {
        let push = ["push", guests::COUNTS, "--slug", slug];
        assert!(run(&[&push[..], &at].concat()).status.success());
    }
    let found = compat(&at, 0);
    let workflow = |slug| json!({"slug": slug, "enabled": true, "refused": null});
    let workflows = json!([workflow("counts"), workflow("again")]);
    assert_eq!((&found["release"], &found["catalog"], &found["workflows"]), (&json!(3), &Value::Null, &workflows));
    // What is deployed is looked at, and everything else that could be.
    for arguments in [&["release", "create"][..], &["deploy", "3", "--env", "live"]] {
        assert!(run(&[arguments, &at].concat()).status.success());
    }
    drop(served);

    // What another version has stored.
    Runtime::new().unwrap().block_on(async {
        let store = Store::open(&Location::Folder(data.clone()), Arc::new(SystemClock)).await.unwrap();
        let foreign = std::fs::read(guests::IMPORTS_SOCKET).unwrap();
        let slug = "foreign".parse().unwrap();
        store.put_workflow(&slug, &foreign, Enabled::No, LimitOverrides::default()).await.unwrap();
        store.put_catalog("plans = 1").await.unwrap();
        store.close().await;
    });
    let at = ["--data", &text(&data)];
    let found = compat(&at, 1);
    assert_eq!((&found["release"], &found["catalog"], &found["workflows"]), (&json!(3), &Value::Null, &workflows));
    let draft = &found["others"][0];
    assert_eq!((&draft["release"], found["others"].as_array().unwrap().len()), (&json!(5), 1));
    assert!(draft["catalog"].as_str().unwrap().contains("plans"), "{found}");
    assert!(draft["workflows"][2]["refused"].as_str().unwrap().contains("wasi:sockets"), "{found}");
    assert_eq!(compat(&[&at[..], &["--release", "3"]].concat(), 0)["others"], Value::Null);
    assert_eq!(compat(&[&at[..], &["--release", "draft"]].concat(), 1)["release"], 5);
    check_failure(&[&["compat", "--release", "4"], &at[..]].concat(), 2, "release 4: expected one that there is");
    let said = String::from_utf8(run(&[&["compat"], &at[..]].concat()).stdout).unwrap();
    assert!(said.contains("workflow `counts`: ok\n"), "{said}");
    assert!(said.contains("workflow `foreign` (disabled): refused: "), "{said}");

    check_failure(&["compat"], 2, "--url");
    check_failure(&["compat", "--data", &text(&folder.path().join("none"))], 2, "found none");
}
