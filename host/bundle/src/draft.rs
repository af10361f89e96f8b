//! Drafts: what a bundle is going to be made of, and the making.

use std::collections::BTreeMap;

use crate::archive;
use crate::bundle::Bundle;
use crate::digest::Digest;
use crate::key::{SigningKey, TrustedKeys};
use crate::layout;
use crate::open::OpenError;
use crate::release::{BundledRelease, BundledWorkflow, LimitOverrides, Remarks};
use crate::trailer::Trailer;

/// A release that is going to be a bundle.
#[derive(Debug, Clone)]
pub struct Draft {
    environment: String,
    number: u64,
    remarks: Remarks,
    catalog: String,
    workflows: Vec<DraftWorkflow>,
}

/// A workflow of such a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftWorkflow {
    /// Its name.
    pub slug: String,
    /// The bytes of its module.
    pub module: Vec<u8>,
    /// Whether it takes part in decisions.
    pub enabled: bool,
    /// Its own limits.
    pub limits: LimitOverrides,
}

/// Says why a draft makes no bundle. The move of whoever made the draft.
#[derive(Debug, thiserror::Error)]
#[error("the release makes no bundle")]
pub struct DraftError(#[source] Box<OpenError>);

impl Draft {
    /// A release of this number of an environment, with this catalog and no workflows yet.
    pub fn new(environment: impl Into<String>, number: u64, catalog: impl Into<String>) -> Self {
        let (environment, catalog) = (environment.into(), catalog.into());
        Self { environment, number, remarks: Remarks::default(), catalog, workflows: Vec::new() }
    }

    /// Says when the release was made, in milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn with_created_at_ms(mut self, instant: u64) -> Self {
        self.remarks.created_at_ms = Some(instant);
        self
    }

    /// Says who made it: one line.
    #[must_use]
    pub fn with_author(mut self, author: impl Into<String>) -> Self {
        self.remarks.author = Some(author.into());
        self
    }

    /// Says what it is about: one line.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.remarks.note = Some(note.into());
        self
    }

    /// Adds a workflow. Workflows run in the order in which they were added.
    #[must_use]
    pub fn with_workflow(mut self, workflow: DraftWorkflow) -> Self {
        self.workflows.push(workflow);
        self
    }

    /// Makes the bundle. The same draft and the same key make the same bytes.
    ///
    /// # Errors
    ///
    /// A name or a remark is not what it has to be, or something is too large.
    pub fn sign(&self, key: &SigningKey) -> Result<Bundle, DraftError> {
        let mut contents = BTreeMap::from([(Digest::of(self.catalog.as_bytes()), self.catalog.as_bytes())]);
        let mut workflows = Vec::with_capacity(self.workflows.len());
        for DraftWorkflow { slug, module, enabled, limits } in &self.workflows {
            let digest = Digest::of(module);
            contents.insert(digest, module);
            workflows.push(BundledWorkflow { slug: slug.clone(), module: digest, enabled: *enabled, limits: *limits });
        }
        let named = (self.environment.clone(), self.number);
        let catalog = Digest::of(self.catalog.as_bytes());
        let release = BundledRelease::new(named, self.remarks.clone(), catalog, workflows);

        let of = |digest: &Digest| contents.get(digest).copied().unwrap_or_default();
        let mut bytes = Vec::new();
        for (name, content) in layout::files(&release, |digest| of(&digest).len()) {
            archive::append(&mut bytes, &name, &content);
        }
        for digest in layout::content(&release) {
            archive::append(&mut bytes, &layout::blob_name(digest), of(&digest));
        }
        archive::end(&mut bytes);
        let trailer = Trailer::sign(&bytes, key);
        bytes.extend_from_slice(&trailer);
        // What nobody could open is not handed out, and what a release may be is said in one place.
        Bundle::open(bytes, &TrustedKeys::one(key.public())).map_err(|error| DraftError(Box::new(error)))
    }
}
