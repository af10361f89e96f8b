//! What a bundle says of its release: the one JSON in it that is read. All others are made of it, and compared.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::text::{check_name, check_remark};

/// The version of this description. Another one is not read.
const VERSION: u32 = 1;
/// The most workflows that a release may have in a bundle.
const MOST_WORKFLOWS: usize = 1_000;

/// Describes the release of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BundledRelease {
    version: u32,
    environment: String,
    release: u64,
    content: Digest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created_at_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    catalog: Digest,
    workflows: Vec<BundledWorkflow>,
}

/// Describes a workflow of such a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct BundledWorkflow {
    /// Its name.
    pub slug: String,
    /// The module that it runs.
    pub module: Digest,
    /// Whether it takes part in decisions.
    pub enabled: bool,
    /// Its own limits.
    pub limits: LimitOverrides,
}

/// Says which limits of a workflow differ from those of whoever runs it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LimitOverrides {
    /// Units of work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fuel: Option<u64>,
    /// Wall-clock time, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline_ms: Option<u64>,
    /// Bytes of memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
}

/// What people wrote about a release. Nothing decides by it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Remarks {
    pub(crate) created_at_ms: Option<u64>,
    pub(crate) author: Option<String>,
    pub(crate) note: Option<String>,
}

impl BundledRelease {
    pub(crate) fn new(
        (environment, release): (String, u64),
        remarks: Remarks,
        catalog: Digest,
        workflows: Vec<BundledWorkflow>,
    ) -> Self {
        let content = content(catalog, &workflows);
        let Remarks { created_at_ms, author, note } = remarks;
        Self { version: VERSION, environment, release, content, created_at_ms, author, note, catalog, workflows }
    }

    /// The environment that it is for, such as `live`.
    #[must_use]
    pub fn environment(&self) -> &str {
        &self.environment
    }

    /// The release's number.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.release
    }

    /// Names what the release decides by: catalog, workflows and their limits. Two releases with the same decide the same.
    #[must_use]
    pub fn content(&self) -> Digest {
        self.content
    }

    /// When the release was made, in milliseconds since 1970-01-01T00:00:00Z, if that was said.
    #[must_use]
    pub fn created_at_ms(&self) -> Option<u64> {
        self.created_at_ms
    }

    /// Who made it, if that was said.
    #[must_use]
    pub fn author(&self) -> Option<&str> {
        self.author.as_deref()
    }

    /// What it is about, if that was said.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// The digest of the catalog's text.
    #[must_use]
    pub fn catalog(&self) -> Digest {
        self.catalog
    }

    /// Its workflows, in the order in which they run.
    #[must_use]
    pub fn workflows(&self) -> &[BundledWorkflow] {
        &self.workflows
    }

    /// Its modules, each once, in the order in which they are first needed.
    pub(crate) fn modules(&self) -> Vec<(Digest, &str)> {
        let mut modules: Vec<(Digest, &str)> = Vec::new();
        for BundledWorkflow { slug, module, .. } in &self.workflows {
            if !modules.iter().any(|(known, _)| known == module) {
                modules.push((*module, slug));
            }
        }
        modules
    }

    /// Holds it to what a release is; says what is wrong otherwise.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.version != VERSION {
            return Err(format!(
                "version: expected {VERSION}, found {}; it is for another version of Usher",
                self.version
            ));
        }
        check_name(&self.environment).map_err(|reason| format!("environment: {reason}"))?;
        for (name, remark) in [("author", &self.author), ("note", &self.note)] {
            check_remark(remark.as_deref().unwrap_or_default()).map_err(|reason| format!("{name}: {reason}"))?;
        }
        if self.workflows.len() > MOST_WORKFLOWS {
            return Err(format!("workflows: expected at most {MOST_WORKFLOWS}, found {}", self.workflows.len()));
        }
        let mut slugs: Vec<_> = self.workflows.iter().map(|workflow| workflow.slug.as_str()).collect();
        for slug in &slugs {
            check_name(slug).map_err(|reason| format!("workflow slug: {reason}"))?;
        }
        slugs.sort_unstable();
        if let Some([twice, _]) = slugs.array_windows().find(|[one, next]| one == next) {
            return Err(format!("workflow `{twice}`: expected one of that name, found two"));
        }
        if self.content != content(self.catalog, &self.workflows) {
            return Err("content: expected the digest of its catalog and workflows, found another".to_owned());
        }
        Ok(())
    }
}

/// The digest of `[catalog, workflows]`, as they are written in the description.
fn content(catalog: Digest, workflows: &[BundledWorkflow]) -> Digest {
    Digest::of(&json(&(catalog, workflows)))
}

/// A value that is made of texts, numbers and lists as JSON, which it always has.
pub(crate) fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
