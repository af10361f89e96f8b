//! `usher check`: the admission report of a module, without a server.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use serde::Serialize;
use usher_sandbox::{Admission, CONTRACT_VERSION, Manifest, Sandbox, SandboxConfig, SetupError, World};

use crate::config::CheckOptions;
use crate::output::{self, OutputError};

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckError {
    /// The author's move.
    #[error("the module `{}` cannot be read", path.display())]
    Module {
        /// Which file.
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    Setup(#[from] SetupError),
    #[error(transparent)]
    Output(#[from] OutputError),
}

/// Reports whether a module would be admitted.
pub(crate) fn check(options: &CheckOptions) -> Result<ExitCode, CheckError> {
    let path = &options.module;
    let wasm = std::fs::read(path).map_err(|source| CheckError::Module { path: path.clone(), source })?;
    // Nothing runs here but the trial start of admission.
    let sandbox = Sandbox::new(&SandboxConfig { concurrent_runs: 1, ..SandboxConfig::default() })?;
    let admission = sandbox.admit(&wasm);
    let report = Report::of(&admission);
    match options.json {
        true => output::json(&report)?,
        false => output::text(&report.to_text())?,
    }
    Ok(if admission.verdict.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(crate::FAILED) })
}

/// What is known about a module, in the shape that is printed.
#[derive(Debug, Serialize)]
struct Report<'a> {
    verdict: &'static str,
    /// Why it is refused, in words; none when it is not.
    reason: Option<String>,
    /// The same as a name.
    kind: Option<&'static str>,
    digest: &'a str,
    size: usize,
    imports: &'a [String],
    world: Option<&'static str>,
    /// The version of the contract that this host speaks.
    contract: &'static str,
    /// What the module says of itself; none when it says nothing.
    manifest: Option<ManifestPart<'a>>,
}

/// What a module says of itself, in the shape in which it says so.
#[derive(Debug, Serialize)]
struct ManifestPart<'a> {
    contract: &'a str,
    sdk: SdkPart<'a>,
    workflow: &'a str,
    /// None when its types do not tell.
    plans: Option<&'a [String]>,
}

#[derive(Debug, Serialize)]
struct SdkPart<'a> {
    name: &'a str,
    version: &'a str,
}

impl<'a> Report<'a> {
    fn of(admission: &'a Admission) -> Self {
        let refusal = admission.verdict.as_ref().err();
        Self {
            verdict: if refusal.is_none() { "admitted" } else { "refused" },
            reason: refusal.map(ToString::to_string),
            kind: refusal.map(usher_sandbox::Refusal::kind),
            digest: &admission.report.digest,
            size: admission.report.size,
            imports: &admission.report.imports,
            world: admission.report.world.map(World::name),
            contract: CONTRACT_VERSION,
            manifest: admission.report.manifest.as_ref().map(ManifestPart::of),
        }
    }

    fn to_text(&self) -> String {
        let mut text = String::new();
        let mut line = |name: &str, value: &dyn std::fmt::Display| {
            // A string takes everything.
            let _never_fails = writeln!(text, "{name:<9} {value}");
        };
        line("verdict", &self.verdict);
        if let (Some(reason), Some(kind)) = (&self.reason, self.kind) {
            line("reason", &format_args!("{reason} ({kind})"));
        }
        line("digest", &self.digest);
        line("size", &format_args!("{} bytes", self.size));
        line("world", &self.world.unwrap_or("unknown"));
        line("contract", &self.contract);
        match &self.manifest {
            Some(manifest) => {
                line("sdk", &format_args!("{} {}", manifest.sdk.name, manifest.sdk.version));
                line("workflow", &manifest.workflow);
                line("plans", &manifest.plans_to_text());
            }
            None => line("manifest", &"none"),
        }
        for (index, import) in self.imports.iter().enumerate() {
            line(if index == 0 { "imports" } else { "" }, import);
        }
        text
    }
}

impl<'a> ManifestPart<'a> {
    fn of(manifest: &'a Manifest) -> Self {
        Self {
            contract: manifest.contract(),
            sdk: SdkPart { name: manifest.sdk_name(), version: manifest.sdk_version() },
            workflow: manifest.workflow(),
            plans: manifest.plans(),
        }
    }

    fn plans_to_text(&self) -> String {
        match self.plans {
            Some([]) => "none".to_owned(),
            Some(plans) => plans.join(", "),
            None => "unknown".to_owned(),
        }
    }
}
