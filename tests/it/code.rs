//! The code of workflows may lie on a disk, and is there once however many workflows have it.

use std::path::Path;

use serde_json::json;
use usher_sandbox::{Limits, NoLookups, Outcome, Sandbox, SandboxConfig, Workflow};
use usher_tests::guests;

use crate::support::{evaluation, request, unhurried};

fn sandbox(code_folder: &Path) -> Sandbox {
    let code_folder = Some(code_folder.to_owned());
    Sandbox::new(&SandboxConfig { concurrent_runs: 1, code_folder, ..SandboxConfig::default() }).unwrap()
}

async fn echoes(sandbox: &Sandbox, workflow: &Workflow) {
    let request = request(json!({"slugs": ["a"]}));
    let run = sandbox.run(workflow, &mut evaluation(request, &NoLookups)).await;
    assert_eq!((run.outcome, run.slugs), (Outcome::Ok, vec!["a".to_owned()]));
}

#[tokio::test]
async fn code_in_a_folder_runs_and_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = sandbox(folder.path());
    let artifact = sandbox.admit(&std::fs::read(guests::ECHO).unwrap()).verdict.unwrap();
    let workflow = sandbox.load(&artifact, unhurried()).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    echoes(&sandbox, &workflow).await;
}

#[tokio::test]
async fn code_that_finds_no_folder_runs_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = sandbox(&folder.path().join("gone"));
    let artifact = sandbox.admit(&std::fs::read(guests::ECHO).unwrap()).verdict.unwrap();
    echoes(&sandbox, &sandbox.load(&artifact, unhurried()).unwrap()).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn code_is_there_once_for_all_workflows_of_a_module() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = sandbox(folder.path());
    let mapped = || {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        maps.lines().filter(|line| line.contains(folder.path().to_str().unwrap())).count()
    };
    let artifact = sandbox.admit(&std::fs::read(guests::ECHO).unwrap()).verdict.unwrap();
    assert_eq!(mapped(), 0, "what admission tried out is gone");
    let one = sandbox.load(&artifact, unhurried()).unwrap();
    let once = mapped();
    assert!(once > 0);
    let other = sandbox.load(&artifact, Limits { fuel: 20_000_000, ..unhurried() }).unwrap();
    assert_eq!((mapped(), one.limits().fuel, other.limits().fuel), (once, 10_000_000, 20_000_000));
    drop(one);
    echoes(&sandbox, &other).await;
    drop(other);
    assert_eq!(mapped(), 0, "nobody has it any more");
}
