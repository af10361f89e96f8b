//! Other programs: a bundle is an image layout in a tar file, and its keys are those that OpenSSL makes.

use std::fs;
use std::path::Path;
use std::process::Command;

use usher_bundle::{Digest, PublicKey, SigningKey};

use crate::fixture::{draft, key};

/// What a program prints. One that is not there is skipped aloud, and fails where everything is required.
#[expect(clippy::print_stdout, reason = "a skip is said aloud")]
fn said(program: &str, arguments: &[&str], folder: &Path) -> Option<String> {
    let Ok(output) = Command::new(program).args(arguments).current_dir(folder).output() else {
        let why = format!("expected the program `{program}` to be there");
        assert!(option_env!("USHER_REQUIRE_ALL").is_none(), "{why}");
        println!("SKIPPED: {why}");
        return None;
    };
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && words.is_empty(), "{program}: {words}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn tar_reads_an_image_layout_whose_blobs_are_what_they_are_called() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = draft().sign(&key()).unwrap();
    fs::write(folder.path().join("live.usher"), bundle.as_bytes()).unwrap();
    let Some(list) = said("tar", &["-xvf", "live.usher"], folder.path()) else { return };
    let names: Vec<_> = list.lines().collect();
    assert_eq!(names.len(), 7, "{list}");
    assert_eq!(names[..2], ["oci-layout", "index.json"]);
    for name in &names[2..] {
        let content = fs::read(folder.path().join(name)).unwrap();
        assert_eq!(name.strip_prefix("blobs/sha256/").unwrap(), Digest::of(&content).to_hex());
    }
    let json = |name: &str| -> serde_json::Value {
        serde_json::from_slice(&fs::read(folder.path().join(name)).unwrap()).unwrap()
    };
    let blob = |descriptor: &serde_json::Value| {
        let name = format!("blobs/{}", descriptor["digest"].as_str().unwrap().replace(':', "/"));
        let size = fs::metadata(folder.path().join(&name)).unwrap().len();
        assert_eq!(descriptor["size"], size);
        name
    };
    assert_eq!(json("oci-layout")["imageLayoutVersion"], "1.0.0");
    let index = json("index.json");
    let image = &index["manifests"][0];
    assert_eq!(image["annotations"]["org.opencontainers.image.ref.name"], "live-42");
    let manifest = json(&blob(image));
    assert_eq!(manifest["artifactType"], "application/vnd.usher.release.v1");
    assert_eq!(json(&blob(&manifest["config"]))["release"], 42);
    let layers = manifest["layers"].as_array().unwrap();
    let titles: Vec<_> =
        layers.iter().map(|layer| layer["annotations"]["org.opencontainers.image.title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["catalog.toml", "trial.wasm", "off.wasm"]);
    layers.iter().for_each(|layer| drop(blob(layer)));
}

#[test]
fn openssl_makes_and_reads_keys() {
    let folder = tempfile::tempdir().unwrap();
    let made = said("openssl", &["genpkey", "-algorithm", "ed25519"], folder.path());
    let Some(made) = made else { return };
    let key = SigningKey::from_pem(&made).unwrap();
    key.write_new(&folder.path().join("release.key")).unwrap();
    let public = said("openssl", &["pkey", "-in", "release.key", "-pubout"], folder.path()).unwrap();
    assert_eq!(public.parse::<PublicKey>().unwrap(), key.public());
    assert_eq!(public, key.public().to_pem());
}

#[test]
fn openssl_verifies_what_is_signed() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = draft().sign(&key()).unwrap();
    let (archive, trailer) = bundle.as_bytes().split_at(bundle.as_bytes().len() - 512);
    fs::write(folder.path().join("archive"), archive).unwrap();
    fs::write(folder.path().join("signature"), &trailer[60..124]).unwrap();
    fs::write(folder.path().join("key.pem"), key().public().to_pem()).unwrap();
    if said("openssl", &["dgst", "-sha512", "-binary", "-out", "hash", "archive"], folder.path()).is_none() {
        return;
    }
    let hash = fs::read(folder.path().join("hash")).unwrap();
    let message = [&b"usher 2026 signature of a bundle"[..], &trailer[..60], &hash].concat();
    fs::write(folder.path().join("message"), message).unwrap();
    let arguments =
        ["pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "message", "-sigfile", "signature"];
    assert_eq!(said("openssl", &arguments, folder.path()).unwrap(), "Signature Verified Successfully\n");
}
