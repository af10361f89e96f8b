//! The code of workflows may lie on a disk, and is there once however many workflows have it.

use std::path::Path;

use serde_json::json;
use usher_sandbox::{ArtifactFolder, Limits, NoLookups, Outcome, Sandbox, SandboxConfig, Workflow, World};
use usher_tests::guests;

use crate::support::{evaluation, request, unhurried};

fn sandbox(artifacts: &Path) -> Sandbox {
    let artifacts = Some(ArtifactFolder::new(artifacts, [1; 32]));
    Sandbox::new(&SandboxConfig { concurrent_runs: 1, artifacts, ..SandboxConfig::default() }).unwrap()
}

async fn echoes(sandbox: &Sandbox, workflow: &Workflow) {
    let request = request(json!({"slugs": ["a"]}));
    let run = sandbox.run(workflow, &mut evaluation(request, &NoLookups)).await;
    assert_eq!((run.outcome, run.slugs), (Outcome::Ok, vec!["a".to_owned()]));
}

#[tokio::test]
async fn code_in_a_folder_runs_and_the_next_sandbox_finds_it() {
    let folder = tempfile::tempdir().unwrap();
    let (digest, world) = {
        let sandbox = sandbox(folder.path());
        let admission = sandbox.admit(&std::fs::read(guests::ECHO).unwrap());
        let artifact = admission.verdict.unwrap();
        assert!(sandbox.kept(artifact.digest(), World::Workflow).is_none(), "admission alone keeps nothing");
        echoes(&sandbox, &sandbox.load(&artifact, unhurried()).unwrap()).await;
        (artifact.digest().to_owned(), admission.report.world.unwrap())
    };
    let sandbox = sandbox(folder.path());
    let artifact = sandbox.kept(&digest, world).unwrap();
    echoes(&sandbox, &sandbox.load(&artifact, unhurried()).unwrap()).await;
    assert_eq!(sandbox.compile_cache_stats().misses, 0, "nothing was compiled");

    let file = folder.path().join(sandbox.host_key()).join(&digest);
    let mut content = std::fs::read(&file).unwrap();
    content[100] ^= 1;
    std::fs::write(&file, content).unwrap();
    assert!(sandbox.kept(&digest, world).is_none(), "what is damaged is as if it were not there");
}

#[tokio::test]
async fn code_that_finds_no_folder_runs_all_the_same() {
    let sandbox = sandbox(Path::new("/dev/null/gone"));
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
