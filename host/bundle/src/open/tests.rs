//! What somebody trusted may sign by mistake, or somebody who has their key: no other bundle than Usher makes is one.

use super::*;
use crate::draft::{Draft, DraftWorkflow};
use crate::key::SigningKey;
use crate::release::LimitOverrides;

/// A whole bundle's archive, and its key.
fn archive() -> (Vec<u8>, SigningKey) {
    let key = SigningKey::generate().unwrap();
    let workflow = |slug: &str, module: &str| DraftWorkflow {
        slug: slug.to_owned(),
        module: format!("\0asm{module}").into_bytes(),
        enabled: true,
        limits: LimitOverrides { fuel: Some(7), ..LimitOverrides::default() },
    };
    let draft =
        Draft::new("live", 7, "[plans.a]\n").with_workflow(workflow("a", "1")).with_workflow(workflow("b", "2"));
    let mut bytes = draft.sign(&key).unwrap().as_bytes().to_vec();
    bytes.truncate(bytes.len() - 512);
    (bytes, key)
}

fn opened(archive: &[u8], key: &SigningKey) -> Result<Bundle, OpenError> {
    Bundle::open([archive, &Trailer::sign(archive, key)].concat(), &TrustedKeys::one(key.public()))
}

/// The archive with its files changed, and signed.
#[track_caller]
fn refused(change: impl FnOnce(&mut Vec<(String, Vec<u8>)>), words: &str) {
    let (archive, key) = archive();
    let mut files: Vec<_> = archive::read(&archive)
        .unwrap()
        .into_iter()
        .map(|entry| (entry.name, archive[entry.content].to_vec()))
        .collect();
    change(&mut files);
    let mut changed = Vec::new();
    files.iter().for_each(|(name, content)| archive::append(&mut changed, name, content));
    archive::end(&mut changed);
    let error = opened(&changed, &key).unwrap_err();
    assert!(matches!(&error, OpenError::Content { .. }) && error.to_string().contains(words), "{error}");
}

/// Writes the description anew, under its right name.
fn describe(files: &mut [(String, Vec<u8>)], change: impl FnOnce(&mut serde_json::Value)) {
    let mut description = serde_json::from_slice(&files[2].1).unwrap();
    change(&mut description);
    let description = json(&description);
    files[2] = (layout::blob_name(Digest::of(&description)), description);
}

#[test]
fn a_changed_byte_is_refused_even_when_it_is_signed() {
    let (archive, key) = archive();
    opened(&archive, &key).unwrap();
    let mut changed = archive.clone();
    for at in 0..archive.len() {
        changed[at] ^= 1 << (at % 8);
        assert!(matches!(opened(&changed, &key), Err(OpenError::Content { .. })), "byte {at}");
        changed[at] = archive[at];
    }
    for length in 0..archive.len() {
        assert!(matches!(opened(&archive[..length], &key), Err(OpenError::Content { .. })), "{length} bytes");
    }
}

#[test]
fn a_file_too_many_or_too_few_or_elsewhere_is_refused_by_name() {
    refused(
        |files| files.push(("../../etc/passwd".to_owned(), Vec::new())),
        "bundle's `../../etc/passwd`: expected nothing",
    );
    refused(|files| files.push(files[4].clone()), "expected nothing that the description does not name");
    refused(|files| drop(files.pop()), "expected a file of that name, found none");
    refused(Vec::clear, "bundle's `description`: expected a file of that name, found none");
    refused(|files| files.swap(5, 6), "expected `blobs/sha256/");
    refused(|files| files[1].0 = "index.js".to_owned(), "bundle's `index.js`: expected `index.json` here");
    refused(|files| files[1].1.push(b' '), "bundle's `index.json`: expected what the description says");
}

#[test]
fn a_description_says_what_it_may_and_nothing_else() {
    let set = |name: &'static str, value: serde_json::Value| {
        move |files: &mut Vec<_>| describe(files, |description| description[name] = value)
    };
    refused(set("hook", "rm".into()), "unknown field `hook`");
    refused(set("version", 2.into()), "version: expected 1, found 2; it is for another version of Usher");
    refused(set("release", "7".into()), "expected u64");
    refused(set("release", (-7).into()), "expected u64");
    refused(set("environment", "a/b".into()), "environment: expected 1 to 64 ASCII letters");
    refused(set("note", "a\u{7}".into()), "note: expected one line");
    refused(set("note", serde_json::Value::Null), "found it written otherwise");
    refused(set("catalog", "sha256:00".into()), "64 lowercase hexadecimal digits");
    refused(set("workflows", serde_json::json!([])), "content: expected the digest of its catalog and workflows");
    refused(|files| describe(files, |description| description["workflows"][0]["x"] = 1.into()), "unknown field `x`");
    refused(|files| files[2].1 = b"[".repeat(100_000), "expected the description of a release");
    refused(|files| files[2].1 = vec![b' '; MAX_DESCRIPTION_BYTES + 1], "expected at most 1048576 bytes");
}

#[test]
fn a_module_or_catalog_is_what_it_is_called() {
    refused(|files| files[4].1 = b"[plans.b]\n".to_vec(), "expected");
    refused(|files| files[5].1[4] = b'9', "expected content of this digest, found other content");
}
