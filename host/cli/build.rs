//! Packs what `usher new` hands out: the templates of projects, and the SDKs that they are built with. A project is then
//! complete wherever the binary runs, and speaks the contract of the binary that made it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context as _, Result};

fn main() -> Result<()> {
    // Asked for when it runs: cargo may run a script that another checkout compiled.
    let cli = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").context("cargo sets CARGO_MANIFEST_DIR")?);
    let root = cli.ancestors().nth(2).context("the crate is two folders deep in the repository")?;
    let mut code = String::new();
    pack(&mut code, "TYPESCRIPT_TEMPLATE", &[(cli.join("templates/ts"), "")])?;
    pack(&mut code, "RUST_TEMPLATE", &[(cli.join("templates/rust"), "")])?;
    let typescript = root.join("guest-sdk/typescript");
    let parts = ["package.json", "README.md", "tsconfig.workflow.json", "src", "types", "wit"];
    pack(&mut code, "TYPESCRIPT_SDK", &parts.map(|part| (typescript.join(part), part)))?;
    let parts = ["wit", "guest-sdk/rust/Cargo.toml", "guest-sdk/rust/README.md", "guest-sdk/rust/src"];
    let heap = ["guest-sdk/rust/heap/Cargo.toml", "guest-sdk/rust/heap/src"];
    let macros = ["guest-sdk/rust/macros/Cargo.toml", "guest-sdk/rust/macros/src"];
    let parts = parts.iter().chain(&heap).chain(&macros);
    pack(&mut code, "RUST_SDK", &parts.map(|part| (root.join(part), *part)).collect::<Vec<_>>())?;
    // The SDK's crates take their versions and lints from the workspace.
    println!("cargo::rerun-if-changed={}", root.join("Cargo.toml").display());
    let workspace = fs::read_to_string(root.join("Cargo.toml")).context("read the workspace's manifest")?;
    let (_, settings) = workspace.split_once("[workspace.package]").context("the workspace has settings")?;
    let (settings, _) = settings.split_once("\n# What a guest is built with").context("profiles follow the lints")?;
    writeln!(code, "pub(super) const WORKSPACE_SETTINGS: &str = {:?};", format!("[workspace.package]{settings}"))?;
    let out = PathBuf::from(env::var_os("OUT_DIR").context("cargo sets OUT_DIR")?);
    fs::write(out.join("packed.rs"), code)?;
    Ok(())
}

/// Writes a constant: paths as a project has them, and what is in each file.
fn pack(code: &mut String, name: &str, parts: &[(PathBuf, &str)]) -> Result<()> {
    writeln!(code, "pub(super) const {name}: &[(&str, &str)] = &[")?;
    for (path, shown) in parts {
        println!("cargo::rerun-if-changed={}", path.display());
        pack_path(code, path, shown)?;
    }
    writeln!(code, "];")?;
    Ok(())
}

fn pack_path(code: &mut String, path: &Path, shown: &str) -> Result<()> {
    if path.is_file() {
        writeln!(code, "    ({shown:?}, include_str!({:?})),", path.display().to_string())?;
        return Ok(());
    }
    let entries = fs::read_dir(path).with_context(|| format!("read {}", path.display()))?;
    let mut entries: Vec<_> = entries.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    entries.sort();
    for entry in entries {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // Git and cargo would take files of these names for their own.
        let name = name.strip_prefix("dot-").map_or(name.clone(), |rest| format!(".{rest}"));
        let shown = if shown.is_empty() { name } else { format!("{shown}/{name}") };
        pack_path(code, &entry, &shown)?;
    }
    Ok(())
}
