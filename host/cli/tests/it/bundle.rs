//! `usher bundle`: a key, a bundle of a server's release, and what is said of bundles.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;
use usher_host::{AdmissionWorker, BundleFeed, BundleSource, Sandbox, SandboxConfig, TrustedKeys};

use crate::usher::{Served, check_failure, file, run, text};

const CATALOG: &str = "[plans.reader]\nassign = ['authenticated']\n";

/// What a command prints, with its exit code.
fn said(arguments: &[&str], code: i32) -> String {
    let output = run(arguments);
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{words}");
    String::from_utf8(output.stdout).unwrap()
}

/// A signing key in this folder: its file, and its public key.
fn key(folder: &Path, name: &str) -> (String, String) {
    let path = text(&folder.join(name));
    let public = said(&["bundle", "keygen", &path], 0).trim_end().to_owned();
    assert!(public.starts_with("ubk_") && public.len() == 47, "{public}");
    (path, public)
}

/// Holds a host that trusts this key to begin with a bundle, with its workflow ready to run.
fn begins_with(bundle: &str, public: &str, folder: &Path) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let source = BundleSource::new(bundle, TrustedKeys::one(public.parse().unwrap()), folder.join("gateway"));
    let sandbox = Arc::new(Sandbox::new(&SandboxConfig::default()).unwrap());
    let worker = AdmissionWorker::of(env!("CARGO_BIN_EXE_usher"));
    let (_feed, release) = runtime.block_on(BundleFeed::open(source, sandbox, worker)).unwrap();
    let ready: Vec<_> = release.loaded_workflows().map(|workflow| &**workflow.slug).collect();
    assert_eq!((release.number(), ready), (2, vec!["counts"]));
}

#[test]
fn a_release_goes_from_a_server_into_a_bundle_that_only_its_key_makes_good() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = file(&folder, "catalog.toml", CATALOG);
    let data = folder.path().join("data");
    let mut served = Served::start(&data, &["--catalog", &catalog]);
    let (_secret, _public, admin) =
        (served.value("USHER_SECRET_KEY"), served.value("USHER_PUBLIC_KEY"), served.value("USHER_ADMIN_KEY"));
    let at = ["--url", &served.url, "--key", &admin];
    let push = ["push", usher_tests::guests::COUNTS, "--slug", "counts"];
    said(&[&push[..], &at].concat(), 0);
    let (signing, public) = key(folder.path(), "release.key");
    let (_, other) = key(folder.path(), "other.key");

    let create = |name: &str, from: &[&str]| {
        let out = text(&folder.path().join(name));
        let create = ["bundle", "create", "--signing-key", &signing, "--out", &out, "--note", "counting"];
        let made = said(&[&create[..], from].concat(), 0);
        assert!(made.contains("release 2 of `live`") && made.contains(&format!("signed by {public}")), "{made}");
        out
    };
    let bundle = create("live.usher", &at);
    assert!(said(&["bundle", "verify", &bundle, "--trust", &public], 0).starts_with("verdict     good\n"));
    assert!(said(&["bundle", "verify", &bundle, "--trust", &other, "--trust", &public], 0).contains("counting"));
    let refused = said(&["bundle", "verify", &bundle, "--trust", &other], 1);
    assert!(refused.contains("verdict     refused") && refused.contains("of a trusted key"), "{refused}");
    let shown = said(&["bundle", "inspect", &bundle], 0);
    assert!(shown.contains("verdict     whole\n") && shown.contains("nobody is trusted"), "{shown}");
    let json: Value = serde_json::from_str(&said(&["bundle", "inspect", &bundle, "--json"], 0)).unwrap();
    assert_eq!((&json["verdict"], &json["signer"]), (&"whole".into(), &public.as_str().into()));
    assert_eq!(json["release"]["workflows"][0]["slug"], "counts");

    // The folder of the server has the same release, and the same key makes the same bytes of it.
    drop(served);
    let again = create("again.usher", &["--data", &text(&data)]);
    assert!(std::fs::read(&bundle).unwrap() == std::fs::read(again).unwrap());

    begins_with(&bundle, &public, folder.path());

    let mut damaged = std::fs::read(&bundle).unwrap();
    damaged[600] ^= 1;
    let damaged = file(&folder, "damaged.usher", damaged);
    for command in [&["bundle", "inspect", &damaged][..], &["bundle", "verify", &damaged, "--trust", &public]] {
        assert!(said(command, 1).contains("it was damaged or changed on its way"));
    }
}

#[test]
fn a_key_may_be_in_a_file_and_is_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let (signing, public) = key(folder.path(), "release.key");
    check_failure(&["bundle", "keygen", &signing], 2, "a key is never written over");
    let trusted = file(&folder, "release.pub", format!("{public}\n"));
    let garbage = file(&folder, "garbage.usher", "garbage");
    let verify = |trust: &str| {
        ["bundle".to_owned(), "verify".to_owned(), garbage.clone(), "--trust".to_owned(), trust.to_owned()]
    };
    let refused = verify(&trusted);
    let refused = said(&refused.each_ref().map(String::as_str), 1);
    assert!(refused.contains("ends with its signature"), "{refused}");
    let usage = verify(&signing);
    check_failure(&usage.each_ref().map(String::as_str), 2, "public key: expected `ubk_`");
    check_failure(&["bundle", "verify", &garbage], 2, "--trust");
    check_failure(&["bundle", "verify", "none.usher", "--trust", &public], 2, "`none.usher` cannot be read");
    let none = text(&folder.path().join("none"));
    let create = ["bundle", "create", "--data", &none, "--signing-key", &signing, "--out", "x.usher"];
    check_failure(&create, 2, "expected the folder of a server, found none");
    check_failure(&["bundle", "create", "--signing-key", &signing, "--out", "x.usher"], 2, "--url");
}
