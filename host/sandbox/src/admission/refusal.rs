//! Why a module is refused, and whose move it is.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::engine::Sandbox;
use crate::shown::Shown;

/// Bytes of a module's own words in the text of a refusal.
const WORDS_BYTES: usize = 1 << 10;

/// Why a module is refused at upload. It is the author's move each time; the text says what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// It is larger than any module may be.
    #[error(
        "the module has {size} bytes, more than the {} allowed; build it with `--release` and strip it",
        Sandbox::MAX_MODULE_BYTES
    )]
    TooLarge {
        /// Its size.
        size: usize,
    },
    /// It is not WebAssembly at all.
    #[error("the file is not WebAssembly: a module starts with the bytes `\\0asm`")]
    NotWasm,
    /// It is a core module, not a component.
    #[error("the file is a core module, and a workflow is a component; build it with `--target wasm32-wasip2`")]
    CoreModule,
    /// It is damaged, or cut off.
    #[error("the module is damaged or truncated: {reason}; upload the file again")]
    Malformed {
        /// What the validator found.
        reason: String,
    },
    /// It has more of something than any module may have.
    #[error("the module has {found} {what}, and at most {most} are allowed; make it simpler, or split it")]
    TooComplex {
        /// Of what.
        what: Cow<'static, str>,
        /// So many were counted before counting ended.
        found: u64,
        /// So many are allowed.
        most: u64,
    },
    /// It imports something that no workflow may use.
    #[error("the module imports `{import}`: {why}; remove what needs it and build again")]
    ForbiddenImport {
        /// The import by its full name, down to the function.
        import: String,
        /// Why nothing of the kind is here.
        why: Cow<'static, str>,
    },
    /// It was built for another version of the contract.
    #[error(
        "the module imports `{import}`, and this host speaks `usher:provisioning` {}; build it with an SDK of that version",
        super::CONTRACT_VERSION
    )]
    WrongContract {
        /// The import by its full name.
        import: String,
    },
    /// It says that it was built for another version of the contract.
    #[error(
        "the module says that it was built for `usher:provisioning` {found}, and this host speaks {}; build it with an SDK of that version",
        super::CONTRACT_VERSION
    )]
    OtherContract {
        /// The version it was built for.
        found: String,
    },
    /// What it says of itself cannot be read.
    #[error(
        "the module's manifest, its custom section `usher:manifest`: {reason}; build it again with an SDK, which writes the section"
    )]
    BadManifest {
        /// What was expected, and what was found.
        reason: String,
    },
    /// It does not export what a workflow exports.
    #[error(
        "the module is no workflow: it exports {exports}, and a workflow exports the function `provision`; use the SDK's `#[workflow]`"
    )]
    WrongWorld {
        /// What it does export.
        exports: String,
    },
    /// It cannot be compiled within the sandbox's bounds.
    #[error("the module cannot be compiled here: {reason}")]
    DoesNotCompile {
        /// What the compiler said.
        reason: String,
    },
    /// Looking at it took more than any module is given.
    #[error("the module was given up while it was looked at: {reason}; make it simpler")]
    TooExpensive {
        /// What it used up.
        reason: String,
    },
    /// Its imports or its export are not of the contract's types.
    #[error("the module does not fit the contract `usher:provisioning` {}: {reason}", super::CONTRACT_VERSION)]
    DoesNotFit {
        /// Which one.
        reason: String,
    },
    /// An instance of it cannot even start.
    #[error("an instance of the module does not start: {reason}")]
    DoesNotStart {
        /// What happened.
        reason: String,
    },
}

impl Refusal {
    /// The refusal, with what it repeats of the module made fit to be shown.
    pub(super) fn shown(mut self) -> Self {
        let words = match &mut self {
            Self::TooLarge { .. } | Self::NotWasm | Self::CoreModule | Self::TooComplex { .. } => return self,
            Self::ForbiddenImport { import, .. } | Self::WrongContract { import } => import,
            Self::OtherContract { found } => found,
            Self::WrongWorld { exports } => exports,
            Self::TooExpensive { reason }
            | Self::Malformed { reason }
            | Self::BadManifest { reason }
            | Self::DoesNotCompile { reason }
            | Self::DoesNotFit { reason }
            | Self::DoesNotStart { reason } => reason,
        };
        *words = Shown::line(WORDS_BYTES).with(words);
        self
    }

    /// The refusal's name in reports, in kebab-case.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too-large",
            Self::NotWasm => "not-wasm",
            Self::CoreModule => "core-module",
            Self::Malformed { .. } => "malformed",
            Self::TooComplex { .. } => "too-complex",
            Self::TooExpensive { .. } => "too-expensive",
            Self::ForbiddenImport { .. } => "forbidden-import",
            Self::BadManifest { .. } => "bad-manifest",
            Self::WrongContract { .. } | Self::OtherContract { .. } => "wrong-contract",
            Self::WrongWorld { .. } => "wrong-world",
            Self::DoesNotCompile { .. } => "does-not-compile",
            Self::DoesNotFit { .. } => "does-not-fit",
            Self::DoesNotStart { .. } => "does-not-start",
        }
    }
}
