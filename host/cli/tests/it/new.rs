//! `usher new`: what it makes builds and tests as it is.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::node::{succeed, typescript_sdk};
use crate::usher::{check_failure, run, text};

/// Makes a project, and returns its folder.
fn project(folder: &Path, lang: &str, name: &str) -> PathBuf {
    let path = folder.join(name);
    let output = run(&["new", "--lang", lang, &text(&path)]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.contains("usher push"), "{said}");
    path
}

#[test]
fn a_project_in_typescript_tests_and_builds() {
    let Some(sdk) = typescript_sdk() else { return };
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path(), "ts", "summer-trial");
    // What `npm install` would fetch is there already.
    #[cfg(unix)]
    std::os::unix::fs::symlink(sdk.join("node_modules"), project.join("vendor/node_modules")).unwrap();
    #[cfg(unix)]
    {
        std::fs::create_dir(project.join("node_modules")).unwrap();
        std::os::unix::fs::symlink("../vendor/usher-workflow", project.join("node_modules/usher-workflow")).unwrap();
    }
    let npm = |script: &str| succeed(Command::new("npm").args(["run", "--silent", script]).current_dir(&project));
    assert!(npm("test").contains("# pass 3\n"));
    let cli = project.join("vendor/usher-workflow/src/cli.js");
    let build = ["build", "src/workflow.ts", "--out", "dist/summer-trial.wasm"];
    let built = succeed(Command::new("node").arg(cli).args(build).current_dir(&project));
    assert!(built.starts_with("dist/summer-trial.wasm: "), "{built}");
    let manifest = std::fs::read_to_string(project.join("package.json")).unwrap();
    assert!(manifest.contains(&build.join(" ")), "{manifest}");
    let checked = run(&["check", &text(&project.join("dist/summer-trial.wasm")), "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&checked.stdout).unwrap();
    assert_eq!(
        (&report["verdict"], &report["manifest"]["sdk"]["name"]),
        (&"admitted".into(), &"usher-workflow".into())
    );
    let imports = report["imports"].as_array().unwrap();
    assert!(imports.iter().all(|import| import.as_str().unwrap().starts_with("usher:")), "{imports:?}");
}

#[test]
fn a_project_in_rust_tests_and_builds() {
    let folder = tempfile::tempdir().unwrap();
    let project = project(folder.path(), "rust", "summer-trial");
    // The versions that this machine has.
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock");
    std::fs::copy(lock, project.join("Cargo.lock")).unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("new");
    let cargo = |arguments: &[&str]| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(arguments).arg("--offline").arg("--target-dir").arg(&target).current_dir(&project);
        for inherited in ["RUSTC_WORKSPACE_WRAPPER", "RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
            cargo.env_remove(inherited);
        }
        succeed(&mut cargo)
    };
    assert!(cargo(&["test"]).contains("test result: ok. 3 passed"));

    // The same rule, held to the plans of a catalog.
    let catalog = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/newsroom/catalog.toml");
    let plans = text(&project.join("src/plans.rs"));
    assert!(run(&["typegen", "--lang", "rust", "--catalog", catalog, "--out", &plans]).status.success());
    let source = project.join("src/lib.rs");
    let rule = std::fs::read_to_string(&source).unwrap();
    let rule = rule.replace("#[workflow]", "mod plans;\nuse plans::Plan;\n\n#[workflow(plans = Plan)]");
    let rule = rule.replace("Option<&'static str>", "Option<Plan>").replace("\"premium\"", "Plan::Premium");
    let (rule, _tests) = rule.split_once("#[cfg(test)]").unwrap();
    std::fs::write(&source, rule).unwrap();
    cargo(&["wasm"]);
    let checked = run(&["check", &text(&target.join("wasm32-wasip2/release/summer_trial.wasm")), "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&checked.stdout).unwrap();
    assert_eq!((&report["verdict"], &report["manifest"]["workflow"]), (&"admitted".into(), &"summer-trial".into()));
    assert_eq!(report["manifest"]["plans"].as_array().map(Vec::len), Some(23), "{report}");
}

#[test]
fn a_folder_that_cannot_be_one_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| text(&folder.path().join(name));
    std::fs::create_dir(folder.path().join("taken")).unwrap();
    std::fs::write(folder.path().join("taken/file"), "").unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    check_failure(
        &["new", "--lang", "ts", &path("taken")],
        2,
        "is there already; expected a folder that is new or empty",
    );
    check_failure(&["new", "--lang", "ts", &path("file")], 2, "is there already");
    check_failure(&["new", "--lang", "ts", &path("file/inside")], 2, "cannot be written");
    for name in ["Tier", "1-tier", "-tier", "ti er", "tiér", &"t".repeat(65)] {
        check_failure(&["new", "--lang", "ts", &path(name)], 2, "cannot name a workflow; expected a folder whose name");
    }
    check_failure(&["new", "--lang", "cobol", &path("tier")], 2, "[possible values: ts, rust]");
    let left: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    project(folder.path(), "rust", "empty");
    project(folder.path(), "ts", &"t".repeat(64));
}
