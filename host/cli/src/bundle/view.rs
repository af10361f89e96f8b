//! Bundles, in words and for machines.

use std::fmt::{Display, Write};

use jiff::Timestamp;
use serde::Serialize;
use usher_bundle::{Bundle, LimitOverrides, OpenError};
use usher_decision::Catalog;

/// Whether it was said whose bundles are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    Named,
    Nobody,
}

/// What is said of a file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct BundleView {
    /// `good`, `whole` when nobody said whose bundles are good, or `refused`.
    verdict: &'static str,
    reason: Option<String>,
    signer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    release: Option<ReleaseView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReleaseView {
    environment: String,
    release: u64,
    content: String,
    created: Option<String>,
    author: Option<String>,
    note: Option<String>,
    bytes: usize,
    catalog: Part,
    workflows: Vec<WorkflowView>,
}

/// The SHA-256 of a part, and its size in bytes.
#[derive(Serialize)]
struct Part {
    digest: String,
    size: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WorkflowView {
    slug: String,
    module: Part,
    enabled: bool,
    limits: LimitOverrides,
}

impl BundleView {
    pub(super) fn of(opened: Result<Bundle, OpenError>, trust: Trust) -> Self {
        let bundle = match opened {
            Ok(bundle) => bundle,
            Err(error) => {
                return Self { verdict: "refused", reason: Some(error.to_string()), signer: None, release: None };
            }
        };
        let (signer, release) = (Some(bundle.signer().to_string()), Some(ReleaseView::of(&bundle)));
        match Catalog::parse(bundle.catalog()) {
            Err(error) => Self { verdict: "refused", reason: Some(error.to_string()), signer, release },
            Ok(_) if trust == Trust::Named => Self { verdict: "good", reason: None, signer, release },
            Ok(_) => {
                let reason = "nobody is trusted: `--trust KEY` says whose bundles are good".to_owned();
                Self { verdict: "whole", reason: Some(reason), signer, release }
            }
        }
    }

    pub(super) fn is_good(&self) -> bool {
        self.verdict != "refused"
    }

    /// The same as lines of a name and a value.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        let mut line = |name: &str, value: &dyn Display| {
            // A string takes everything.
            let _never_fails = writeln!(text, "{name:<11} {value}");
        };
        line("verdict", &self.verdict);
        self.reason.iter().for_each(|reason| line("reason", reason));
        self.signer.iter().for_each(|signer| line("signer", signer));
        let Some(release) = &self.release else { return text };
        line("environment", &release.environment);
        line("release", &release.release);
        line("content", &release.content);
        for (name, value) in [("created", &release.created), ("author", &release.author), ("note", &release.note)] {
            value.iter().for_each(|value| line(name, value));
        }
        line("size", &format_args!("{} bytes", release.bytes));
        line("catalog", &release.catalog);
        for (index, workflow) in release.workflows.iter().enumerate() {
            line(if index == 0 { "workflows" } else { "" }, workflow);
        }
        text
    }
}

impl ReleaseView {
    fn of(bundle: &Bundle) -> Self {
        let release = bundle.release();
        let created = release.created_at_ms().and_then(|ms| Timestamp::from_millisecond(i64::try_from(ms).ok()?).ok());
        let workflows = release.workflows().iter().map(|workflow| WorkflowView {
            slug: workflow.slug.clone(),
            module: Part {
                digest: workflow.module.to_hex(),
                size: bundle.module(&workflow.module).map_or(0, <[u8]>::len),
            },
            enabled: workflow.enabled,
            limits: workflow.limits,
        });
        Self {
            environment: release.environment().to_owned(),
            release: release.number(),
            content: release.content().to_hex(),
            created: created.map(|created| created.to_string()),
            author: release.author().map(str::to_owned),
            note: release.note().map(str::to_owned),
            bytes: bundle.as_bytes().len(),
            catalog: Part { digest: release.catalog().to_hex(), size: bundle.catalog().len() },
            workflows: workflows.collect(),
        }
    }
}

impl Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes, SHA-256 {}", self.size, self.digest)
    }
}

impl Display for WorkflowView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.slug, self.module)?;
        if !self.enabled {
            write!(f, ", disabled")?;
        }
        let LimitOverrides { fuel, deadline_ms, memory_bytes } = self.limits;
        for (name, limit) in [("fuel", fuel), ("milliseconds", deadline_ms), ("bytes of memory", memory_bytes)] {
            if let Some(limit) = limit {
                write!(f, ", at most {limit} {name}")?;
            }
        }
        Ok(())
    }
}
