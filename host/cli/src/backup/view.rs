//! What was exported or imported, in words and for machines.

use std::fmt;
use std::path::Path;

use serde::Serialize;
use usher_store::BackupSummary;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    Exported,
    Imported,
    ImportedWithoutKeys,
}

/// What is said of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MovedView {
    #[serde(skip)]
    done: Done,
    file: String,
    digest: String,
    bytes: u64,
    parts: Vec<PartView>,
}

#[derive(Serialize)]
struct PartView {
    name: &'static str,
    rows: u64,
    digest: String,
}

impl MovedView {
    pub(super) fn of(done: Done, file: &Path, summary: &BackupSummary) -> Self {
        let parts = summary.parts.iter().filter(|part| done != Done::ImportedWithoutKeys || part.name != "keys");
        let parts = parts.map(|part| PartView { name: part.name, rows: part.rows, digest: sha256(&part.digest) });
        Self {
            done,
            file: file.display().to_string(),
            digest: sha256(&summary.digest),
            bytes: summary.size_bytes,
            parts: parts.collect(),
        }
    }

    fn rows(&self, names: &[&str]) -> u64 {
        self.parts.iter().filter(|part| names.contains(&part.name)).map(|part| part.rows).sum()
    }
}

impl fmt::Display for MovedView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (verb, rest) = match self.done {
            Done::Exported => ("exported", ""),
            Done::Imported => ("imported", ""),
            Done::ImportedWithoutKeys => ("imported", "; the keys were left out, and the next start prints new ones"),
        };
        let count = |one: &str, more: &str, parts: &[&str]| match self.rows(parts) {
            1 => format!("1 {one}"),
            rows => format!("{rows} {more}"),
        };
        let counts = [
            count("release", "releases", &["releases"]),
            count("workflow", "workflows", &["workflows"]),
            count("module", "modules", &["modules"]),
            count("environment", "environments", &["environments"]),
            count("deployment", "deployments", &["deployments"]),
            count("key", "keys", &["keys"]),
            count("customer", "customers", &["customers"]),
            count("custom value", "custom values", &["custom-data"]),
            count("link", "links", &["identity-links"]),
            count("counter row", "counter rows", &["counters", "counted-resources"]),
            count("audit entry", "audit entries", &["audit"]),
        ];
        writeln!(f, "{verb} {}{rest}", counts.join(", "))?;
        writeln!(f, "{}: {} bytes, {}", self.file, self.bytes, self.digest)
    }
}

fn sha256(digits: &str) -> String {
    format!("sha256:{digits}")
}
