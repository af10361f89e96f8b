//! Builds every guest that tests need, with the compiler and the profile their authors would use.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context as _, Result, ensure};

fn main() -> Result<()> {
    // Asked for when it runs: cargo may run a script that another checkout compiled.
    let tests = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").context("cargo sets CARGO_MANIFEST_DIR")?);
    let root = tests.parent().context("the tests are a folder of the workspace")?;
    for changed in
        [".cargo", "wit", "guest-sdk/rust", "tests/guests", "examples/newsroom/workflows", "benches/jobs", "Cargo.toml"]
    {
        println!("cargo::rerun-if-changed={}", root.join(changed).display());
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").context("cargo sets OUT_DIR")?);
    // A target folder of its own beside the host's: the one in use is locked by the cargo that runs this.
    let target = out.ancestors().nth(4).context("OUT_DIR lies in the target folder")?.join("guests");
    let built = target.join("wasm32-wasip2/guest");

    let workflows = names(&root.join("examples/newsroom/workflows"), |path| path.is_dir().then(|| stem(path)))?;
    let jobs = names(&root.join("benches/jobs"), |path| path.is_dir().then(|| stem(path)))?;
    let packages = workflows.iter().map(|name| format!("--package=newsroom-{name}"));
    let packages: Vec<_> = packages.chain(jobs.iter().map(|name| format!("--package=job-{name}"))).collect();
    let guest = "--package=usher-test-guests".to_owned();
    build(root, &target, "guest", &packages)?;
    build(root, &target, "guest", &[guest.clone(), "--examples".to_owned()])?;
    build(root, &target, "guest", &[guest.clone(), "--bins".to_owned()])?;
    // As an author builds who has set nothing.
    build(root, &target, "release", &[guest, "--example=declares_plans".to_owned()])?;

    let guests = names(&root.join("tests/guests"), |path| (path.extension()? == "rs").then(|| stem(path)))?;
    let mut code = String::from("/// The guests of `tests/guests`, one for each behaviour.\npub mod guests {\n");
    for name in &guests {
        let file = built.join("examples").join(format!("{name}.wasm"));
        let file = if file.exists() { file } else { built.join(format!("{name}.wasm")) };
        constant(&mut code, name, &file)?;
    }
    code.push_str("}\n/// The workflows of `examples/newsroom`.\npub mod newsroom {\n");
    for name in &workflows {
        let name = name.replace('-', "_");
        constant(&mut code, &name, &built.join(format!("newsroom_{name}.wasm")))?;
    }
    code.push_str("}\n/// The workflows of `benches/jobs`.\npub mod jobs {\n");
    for name in &jobs {
        constant(&mut code, name, &built.join(format!("job_{name}.wasm")))?;
    }
    code.push_str("}\n/// Guests of `tests/guests` once more, as plain `--release` builds them.\npub mod released {\n");
    let released = target.join("wasm32-wasip2/release/examples/declares_plans.wasm");
    constant(&mut code, "declares_plans", &released)?;
    code.push_str("}\n");
    fs::write(out.join("guests.rs"), code)?;
    Ok(())
}

fn names(folder: &Path, name: impl Fn(&Path) -> Option<String>) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))?;
    let mut names: Vec<_> = entries.filter_map(|entry| name(&entry.ok()?.path())).collect();
    names.sort();
    Ok(names)
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn build(root: &Path, target: &Path, profile: &str, what: &[String]) -> Result<()> {
    let mut cargo = Command::new(env::var_os("CARGO").context("cargo sets CARGO")?);
    cargo.current_dir(root).args(["build", "--quiet", "--target=wasm32-wasip2", "--profile", profile]).args(what);
    cargo.arg("--target-dir").arg(target);
    // What the outer cargo was told about the host's build is not meant for the guests'.
    for inherited in ["RUSTC_WORKSPACE_WRAPPER", "RUSTC_WRAPPER", "CLIPPY_ARGS", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"]
    {
        cargo.env_remove(inherited);
    }
    let status = cargo.status().context("run cargo for the guests")?;
    ensure!(status.success(), "the guests do not build; is the target there? `rustup target add wasm32-wasip2`");
    Ok(())
}

fn constant(code: &mut String, name: &str, file: &Path) -> Result<()> {
    ensure!(file.exists(), "{} was not built", file.display());
    let name = name.to_uppercase();
    writeln!(code, "    /// Path of the component.\n    pub const {name}: &str = {:?};", file.display().to_string())?;
    Ok(())
}
