//! The layout: which files a backup has, what they are called, and what is said of them all at its end.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::table::{MODULES, Part};
use crate::random::to_hex;
use crate::schema::newest_version;

/// The format that is written, and the newest that is read.
pub(super) const FORMAT: u32 = 1;
/// The first file, and the last two.
pub(super) const HEADER: &str = "usher-backup.json";
pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const DIGEST: &str = "sha256";
/// Bytes of rows after which another file is begun: what one statement puts into a database.
pub(super) const ENOUGH: usize = 256 << 10;

/// What a backup begins with. Nothing in it says when it was made: what is the same makes the same backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    pub(super) format: u32,
    /// The version of the schema whose tables and columns these are.
    pub(super) schema: i64,
    /// The version of Usher that has written it.
    pub(super) usher: String,
    /// What tells the secret that the keys are kept with from others, in digits.
    pub(super) secret_check: Option<String>,
}

/// What is read of a header before its format is known.
#[derive(Debug, Deserialize)]
pub(super) struct AnyHeader {
    pub(super) format: u32,
    #[serde(default)]
    pub(super) schema: i64,
    #[serde(default)]
    pub(super) usher: String,
}

impl Header {
    pub(super) fn new(secret_check: Option<String>) -> Self {
        Self { format: FORMAT, schema: newest_version(), usher: env!("CARGO_PKG_VERSION").to_owned(), secret_check }
    }
}

/// What has been counted of the parts.
#[derive(Debug, Clone)]
pub(super) struct Totals(Vec<Total>);

/// What has been counted of one part.
#[derive(Debug, Clone)]
pub(super) struct Total {
    pub(super) part: &'static str,
    pub(super) files: u64,
    pub(super) rows: u64,
    pub(super) bytes: u64,
    digest: Sha256,
}

#[derive(Serialize)]
struct ManifestEntry<'a> {
    part: &'a str,
    files: u64,
    rows: u64,
    bytes: u64,
    sha256: String,
}

impl Totals {
    /// Nothing of any part.
    pub(super) fn new() -> Self {
        let total = |part: Part| Total { part: part.name(), files: 0, rows: 0, bytes: 0, digest: Sha256::new() };
        Self(Part::all().map(total).collect())
    }

    /// Counts one file of a part, and returns which it is, from 1.
    pub(super) fn count(&mut self, part: Part, content: &[u8]) -> u64 {
        let rows = match part {
            Part::Modules => 1,
            Part::Rows(_) => content.iter().filter(|byte| **byte == b'\n').count(),
        };
        let Some(total) = self.0.iter_mut().find(|total| total.part == part.name()) else { return 0 };
        total.files = total.files.saturating_add(1);
        total.rows = total.rows.saturating_add(u64::try_from(rows).unwrap_or(u64::MAX));
        total.bytes = total.bytes.saturating_add(u64::try_from(content.len()).unwrap_or(u64::MAX));
        total.digest.update(content);
        total.files
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Total> {
        self.0.iter()
    }

    /// The content of the manifest, one line for each part. There is one of the same files.
    pub(super) fn manifest(&self) -> Vec<u8> {
        let mut lines = Vec::new();
        for total in &self.0 {
            let Total { part, files, rows, bytes, .. } = *total;
            let entry = ManifestEntry { part, files, rows, bytes, sha256: total.sha256() };
            lines.extend(json(&entry));
            lines.push(b'\n');
        }
        lines
    }
}

impl Total {
    /// The digest of its files' content, one after the other.
    pub(super) fn sha256(&self) -> String {
        to_hex(&self.digest.clone().finalize())
    }
}

/// What a file of rows is called.
pub(super) fn rows_name(part: &str, number: u64) -> String {
    format!("{part}/{number:08}.jsonl")
}

/// What the file of a module is called.
pub(super) fn module_name(digest: &str) -> String {
    format!("{MODULES}/{digest}.wasm")
}

/// Texts and numbers always become JSON.
pub(super) fn json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
