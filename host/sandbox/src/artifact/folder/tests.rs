//! What is found in the folder, and what is not.

use super::*;

const DIGEST: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn artifacts(path: &Path, key: u8, host_key: &str) -> Artifacts {
    Artifacts::of(&ArtifactFolder::new(path, [key; 32]), host_key)
}

fn artifact(digest: &str) -> Artifact {
    Artifact::of(b"machine code".to_vec(), World::Workflow, digest.to_owned())
}

#[test]
fn what_is_kept_is_found_by_this_host_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let host = artifacts(folder.path(), 1, "host");
    assert!(host.find(DIGEST, &[World::Workflow]).is_none());
    let kept = host.keep(&artifact(DIGEST)).unwrap();
    assert_eq!(&*kept.code().unwrap(), b"machine code");
    let found = host.find(DIGEST, &[World::Workflow]).unwrap();
    assert_eq!((&*found.code().unwrap(), found.file()), (b"machine code".as_slice(), kept.file()));

    assert!(host.find(DIGEST, &[World::WorkflowAsync]).is_none());
    let any = [World::WorkflowAsync, World::Workflow];
    assert_eq!(host.find(DIGEST, &any).map(|found| found.world()), Some(World::Workflow));
    assert!(artifacts(folder.path(), 1, "other").find(DIGEST, &[World::Workflow]).is_none());
    assert!(artifacts(folder.path(), 2, "host").find(DIGEST, &[World::Workflow]).is_none(), "another key");
}

#[test]
fn a_damaged_file_is_a_miss_and_is_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let host = artifacts(folder.path(), 1, "host");
    let path = host.keep(&artifact(DIGEST)).unwrap().file().unwrap().to_owned();
    let whole = fs::read(&path).unwrap();
    for length in [0, 1, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(host.find(DIGEST, &[World::Workflow]).is_none(), "{length} bytes of it");
    }
    host.keep(&artifact(DIGEST)).unwrap();
    assert!(host.find(DIGEST, &[World::Workflow]).is_some());
}

#[test]
fn what_nobody_needs_goes() {
    let folder = tempfile::tempdir().unwrap();
    let host = artifacts(folder.path(), 1, "host");
    let other = DIGEST.replace('0', "f");
    host.keep(&artifact(DIGEST)).unwrap();
    host.keep(&artifact(&other)).unwrap();
    fs::write(folder.path().join("host/.tmp1"), "left behind").unwrap();
    host.forget_all_but(&|digest| digest == DIGEST);
    assert_eq!(fs::read_dir(folder.path().join("host")).unwrap().count(), 1);
    host.forget(DIGEST);
    host.forget(DIGEST);
    assert!(host.find(DIGEST, &[World::Workflow]).is_none());
}

#[test]
fn a_name_that_is_no_digest_leads_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let host = artifacts(folder.path(), 1, "host");
    for name in ["", "../../etc/passwd", DIGEST.split_at(1).1, &format!("{DIGEST}0")] {
        assert!(host.keep(&artifact(name)).is_err() && host.find(name, &[World::Workflow]).is_none(), "{name}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}
