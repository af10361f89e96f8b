//! The admission report: what is known about a module, for the people who have to trust it.

use serde::{Deserialize, Serialize};

use super::manifest::Manifest;
use super::probe::Probe;
use super::purity::{Purity, statement};
use super::refusal::Refusal;
use super::{CONTRACT_VERSION, World};

/// Says what is known about a module after admission, admitted or not. It depends on the module and this version of Usher
/// and on nothing else.
///
/// As JSON it is what `usher check --json` prints, what the admin API shows, and what is stored with the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Report {
    /// Whether the module may run.
    pub verdict: Verdict,
    /// Why it may not, in words; none when it may.
    pub reason: Option<String>,
    /// The same as a name: [`Refusal::kind`].
    pub kind: Option<String>,
    /// SHA-256 of the module, in hexadecimal: its name everywhere.
    pub digest: String,
    /// The module's size in bytes.
    pub size: u64,
    /// Which of the contract's worlds it is built for; none when that could not be told.
    pub world: Option<World>,
    /// The version of the contract that this host speaks.
    pub contract: String,
    /// What it says of itself; none when it says nothing, or was refused before that was read.
    pub manifest: Option<Manifest>,
    /// Everything it imports, as `package:name/interface@version`, in its own order.
    pub imports: Vec<String>,
    /// What of the outside world it could ask for; empty when its imports could not be read.
    pub purity: Vec<Purity>,
    /// Bytes of memory that an instance starts with; none when none started.
    pub memory_bytes: Option<u64>,
    /// What it did on made-up requests; empty when it is refused.
    pub probes: Vec<Probe>,
    /// The slugs that it returned on them, each once.
    pub slugs: Vec<String>,
    /// Which rules and which engine it was admitted by: the version of Usher, and what its machine code is good for.
    pub admitted_by: String,
}

/// Says whether a module may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It may.
    Admitted,
    /// It may not.
    Refused,
}

impl Verdict {
    /// The verdict as a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admitted => "admitted",
            Self::Refused => "refused",
        }
    }
}

impl Report {
    /// A report of which nothing is known yet but the bytes.
    pub(super) fn of(wasm: &[u8], digest: String, admitted_by: String) -> Self {
        Self {
            verdict: Verdict::Admitted,
            reason: None,
            kind: None,
            digest,
            size: u64::try_from(wasm.len()).unwrap_or(u64::MAX),
            world: None,
            contract: CONTRACT_VERSION.to_owned(),
            manifest: None,
            imports: Vec::new(),
            purity: Vec::new(),
            memory_bytes: None,
            probes: Vec::new(),
            slugs: Vec::new(),
            admitted_by,
        }
    }

    pub(super) fn imports(&mut self, imports: Vec<String>) {
        self.purity = statement(&imports);
        self.imports = imports;
    }

    pub(super) fn probes(&mut self, probes: Vec<Probe>) {
        for slug in probes.iter().flat_map(|probe| &probe.slugs) {
            if !self.slugs.contains(slug) {
                self.slugs.push(slug.clone());
            }
        }
        self.probes = probes;
    }

    /// The same for a module that is refused.
    pub(crate) fn refused(mut self, refusal: &Refusal) -> Self {
        self.verdict = Verdict::Refused;
        (self.reason, self.kind) = (Some(refusal.to_string()), Some(refusal.kind().to_owned()));
        self
    }
}
