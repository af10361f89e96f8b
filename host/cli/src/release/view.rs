//! Releases, in words.

use std::fmt;

use serde::Deserialize;

use crate::instant::Instant;

/// What is read of a release in the server's list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Release {
    number: u64,
    digest: String,
    author: String,
    note: Option<String>,
    created_at_ms: i64,
    environments: Vec<String>,
}

/// What is read of one that was just made.
#[derive(Deserialize)]
pub(super) struct NewRelease {
    number: u64,
    digest: String,
    before: Option<u64>,
    differences: Vec<Difference>,
}

/// What is read of what is in one.
#[derive(Deserialize)]
pub(super) struct Content {
    release: u64,
    digest: String,
    note: Option<String>,
    catalog: String,
    workflows: Vec<Workflow>,
}

#[derive(Deserialize)]
struct Workflow {
    slug: String,
    digest: String,
    enabled: bool,
}

/// What is read of what is different.
#[derive(Deserialize)]
pub(super) struct Diff {
    from: Option<u64>,
    to: u64,
    differences: Vec<Difference>,
}

#[derive(Deserialize)]
struct Difference {
    part: String,
    name: String,
    change: String,
    #[serde(default)]
    details: Vec<String>,
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, digest, author, note, created_at_ms, environments } = self;
        let short = digest.get(..12).unwrap_or(digest);
        write!(f, "{number:>6}  {}  {short}  {author}", Instant(*created_at_ms))?;
        if !environments.is_empty() {
            write!(f, "  [{}]", environments.join(", "))?;
        }
        if let Some(note) = note {
            write!(f, "  {note}")?;
        }
        writeln!(f)
    }
}

impl fmt::Display for NewRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "release {}, SHA-256 {}", self.number, self.digest)?;
        listed(f, self.before, &self.differences)
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "release {}, SHA-256 {}", self.release, self.digest)?;
        if let Some(note) = &self.note {
            writeln!(f, "note: {note}")?;
        }
        for Workflow { slug, digest, enabled } in &self.workflows {
            let state = if *enabled { "" } else { ", disabled" };
            writeln!(f, "workflow `{slug}`{state}: SHA-256 {digest}")?;
        }
        writeln!(f, "catalog: {} bytes, which `--json` has", self.catalog.len())
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "release {}", self.to)?;
        listed(f, self.from, &self.differences)
    }
}

fn listed(f: &mut fmt::Formatter<'_>, before: Option<u64>, differences: &[Difference]) -> fmt::Result {
    let against = before.map_or_else(|| "nothing before".to_owned(), |before| format!("release {before}"));
    if differences.is_empty() {
        return writeln!(f, "no difference from {against}");
    }
    writeln!(f, "different from {against}:")?;
    for Difference { part, name, change, details } in differences {
        let sign = match change.as_str() {
            "added" => '+',
            "removed" => '-',
            _ => '~',
        };
        writeln!(f, "{sign} {part} `{name}`")?;
        for detail in details {
            writeln!(f, "    {detail}")?;
        }
    }
    Ok(())
}
