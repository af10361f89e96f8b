//! What is in a bundle, and what may not be in one even when it is signed.

use usher_bundle::{Bundle, Digest, Draft, DraftWorkflow, TrustedKeys};

use crate::fixture::{draft, key, module, workflow};

#[test]
fn what_goes_in_comes_out() {
    let bundle = draft().sign(&key()).unwrap();
    let opened = Bundle::open(bundle.as_bytes().to_vec(), &TrustedKeys::one(key().public())).unwrap();
    assert_eq!(opened, bundle);
    let release = opened.release();
    assert_eq!((release.environment(), release.number()), ("live", 42));
    assert_eq!((release.author(), release.note()), (Some("Ada"), Some("summer trial")));
    assert_eq!(release.created_at_ms(), Some(1_790_000_000_000));
    assert_eq!(opened.catalog(), "[plans.premium]\n");
    assert_eq!(opened.signer(), key().public());
    let slugs: Vec<_> = release.workflows().iter().map(|workflow| workflow.slug.as_str()).collect();
    assert_eq!(slugs, ["trial", "off", "again"]);
    let [trial, off, again] = release.workflows() else { panic!("{release:?}") };
    assert_eq!(opened.module(&trial.module), Some(&*module("one")));
    assert_eq!(opened.module(&off.module), Some(&*module("two")));
    assert_eq!((again.module, off.enabled, off.limits.fuel), (trial.module, false, Some(7)));
    assert_eq!(opened.module(&Digest::of(b"none")), None);
}

#[test]
fn the_same_release_makes_the_same_bytes() {
    let bundle = draft().sign(&key()).unwrap();
    assert_eq!(draft().sign(&key()).unwrap(), bundle);
    // Changes only with the format, which is then another one.
    assert_eq!(
        Digest::of(bundle.as_bytes()).to_hex(),
        "5dcb286eb8ee75a9aaf9f415f5966718c047c7eef900e7baad45a7f3fdf6c826",
        "the format has changed: raise its number"
    );
}

#[test]
fn the_content_is_that_of_the_decisions_and_not_of_the_words() {
    let content = |draft: Draft| draft.sign(&key()).unwrap().release().content();
    let plain = |number| Draft::new("live", number, "[plans.a]\n").with_workflow(workflow("trial", "one"));
    assert_eq!(content(plain(1)), content(plain(2).with_note("again").with_author("Ada")));
    assert_ne!(content(plain(1)), content(plain(1).with_workflow(workflow("other", "one"))));
    let other = Draft::new("live", 1, "[plans.b]\n").with_workflow(workflow("trial", "one"));
    assert_ne!(content(plain(1)), content(other));
    let off = DraftWorkflow { enabled: false, ..workflow("trial", "one") };
    assert_ne!(content(plain(1)), content(Draft::new("live", 1, "[plans.a]\n").with_workflow(off)));
}

#[track_caller]
fn refused(draft: &Draft, words: &str) {
    let error = std::error::Error::source(&draft.sign(&key()).unwrap_err()).unwrap().to_string();
    assert!(error.contains(words), "{error}");
}

#[test]
fn what_is_no_release_makes_no_bundle() {
    let empty = || Draft::new("live", 1, "");
    empty().sign(&key()).unwrap();
    refused(&Draft::new("../live", 1, ""), "environment: expected 1 to 64 ASCII letters");
    refused(&empty().with_note("two\nlines"), "note: expected one line of at most 1024 bytes");
    refused(&empty().with_author("\u{1b}[2J"), "author: expected one line");
    refused(&empty().with_workflow(workflow("a b", "one")), "workflow slug: expected 1 to 64 ASCII letters");
    let twice = empty().with_workflow(workflow("a", "one")).with_workflow(workflow("a", "two"));
    refused(&twice, "workflow `a`: expected one of that name, found two");
    let text = DraftWorkflow { module: b"text".to_vec(), ..workflow("a", "") };
    refused(&empty().with_workflow(text), "expected a WebAssembly module, found something else");
}

#[test]
fn each_part_has_its_bound() {
    let with_catalog = |bytes| Draft::new("live", 1, " ".repeat(bytes));
    with_catalog(Bundle::MAX_CATALOG_BYTES).sign(&key()).unwrap();
    refused(&with_catalog(Bundle::MAX_CATALOG_BYTES + 1), "expected a catalog of at most 1048576 bytes");
    let with_module = |bytes: usize| {
        let mut large = workflow("large", "");
        large.module.resize(bytes, 0);
        Draft::new("live", 1, "").with_workflow(large)
    };
    with_module(Bundle::MAX_MODULE_BYTES).sign(&key()).unwrap();
    refused(&with_module(Bundle::MAX_MODULE_BYTES + 1), "expected a module of at most 16777216 bytes");
    let with_workflows = |count: usize| {
        (0..count).fold(Draft::new("live", 1, ""), |draft, n| draft.with_workflow(workflow(&format!("w{n}"), "")))
    };
    with_workflows(1_000).sign(&key()).unwrap();
    refused(&with_workflows(1_001), "workflows: expected at most 1000, found 1001");
}
