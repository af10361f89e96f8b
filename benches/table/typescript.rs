//! The jobs in TypeScript, built by the SDK.

use std::path::Path;
use std::process::Command;

use crate::jobs::Job;

/// The components.
pub(crate) struct Built {
    tier: Vec<u8>,
    rules: Vec<u8>,
}

impl Built {
    pub(crate) fn of(&self, job: Job) -> &[u8] {
        match job {
            Job::Tier => &self.tier,
            Job::Rules => &self.rules,
        }
    }
}

/// Builds both jobs; neither where Node or what the SDK is built with is missing.
pub(crate) fn build(folder: &Path) -> Option<Built> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the benchmarks are in the repository");
    let sdk = root.join("guest-sdk/typescript");
    if !sdk.join("node_modules").exists() {
        println!("(nothing is in TypeScript: wants Node 20, and `npm ci` in `guest-sdk/typescript`)");
        return None;
    }
    let [tier, rules] = Job::ALL.map(|job| {
        let wasm = folder.join(format!("{job}.wasm"));
        let source = root.join(format!("benches/jobs/{job}/workflow.ts"));
        let mut node = Command::new("node");
        node.arg(sdk.join("src/cli.js")).arg("build").arg(source).arg("--out").arg(&wasm);
        assert!(node.output().expect("Node is here").status.success(), "the workflow does not build");
        std::fs::read(wasm).expect("what was built is there")
    });
    Some(Built { tier, rules })
}
