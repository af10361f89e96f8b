//! A release to make bundles of.

use usher_bundle::{Draft, DraftWorkflow, LimitOverrides, SigningKey};

/// The same key in every run.
pub(crate) const KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
-----END PRIVATE KEY-----
";

pub(crate) fn key() -> SigningKey {
    SigningKey::from_pem(KEY).unwrap()
}

/// A module as far as a bundle looks at one.
pub(crate) fn module(content: &str) -> Vec<u8> {
    [b"\0asm\x0d\0\x01\0", content.as_bytes()].concat()
}

pub(crate) fn workflow(slug: &str, content: &str) -> DraftWorkflow {
    DraftWorkflow { slug: slug.to_owned(), module: module(content), enabled: true, limits: LimitOverrides::default() }
}

/// Three workflows, two of which run the same module.
pub(crate) fn draft() -> Draft {
    let limits = LimitOverrides { fuel: Some(7), deadline_ms: Some(80), memory_bytes: None };
    Draft::new("live", 42, "[plans.premium]\n")
        .with_created_at_ms(1_790_000_000_000)
        .with_author("Ada")
        .with_note("summer trial")
        .with_workflow(workflow("trial", "one"))
        .with_workflow(DraftWorkflow { enabled: false, limits, ..workflow("off", "two") })
        .with_workflow(workflow("again", "one"))
}
