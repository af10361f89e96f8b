//! The newsroom's workflows, built as their authors build them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, ensure};

/// A built workflow.
pub(crate) struct Module {
    pub(crate) slug: String,
    pub(crate) wasm: Vec<u8>,
}

pub(crate) fn build() -> Result<Vec<Module>> {
    let folder = newsroom().join("workflows");
    let entries = fs::read_dir(&folder).with_context(|| format!("read {}", folder.display()))?;
    let mut slugs = entries
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<std::io::Result<Vec<_>>>()?;
    slugs.sort();

    let target =
        env::current_exe()?.ancestors().nth(2).context("this program lies in the target folder")?.join("guests");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let packages = slugs.iter().map(|slug| format!("--package=newsroom-{slug}"));
    let status = Command::new(cargo)
        .current_dir(newsroom())
        .args(["build", "--quiet", "--profile=guest", "--target=wasm32-wasip2", "--target-dir"])
        .arg(&target)
        .args(packages)
        .status()
        .context("run cargo")?;
    ensure!(status.success(), "the workflows do not build; is the target there? `rustup target add wasm32-wasip2`");

    let module = |slug: String| {
        let file = format!("newsroom_{}.wasm", slug.replace('-', "_"));
        let path = target.join("wasm32-wasip2/guest").join(file);
        let wasm = fs::read(&path).with_context(|| format!("read {}", path.display()))?;
        Ok(Module { slug, wasm })
    };
    slugs.into_iter().map(module).collect()
}

/// The folder of the example.
pub(crate) fn newsroom() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
