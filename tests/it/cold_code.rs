//! Code that nobody has asked need not be in the process, and comes when it is asked.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::json;
use tempfile::TempDir;
use usher_sandbox::{ArtifactFolder, NoLookups, Outcome, Sandbox, SandboxConfig, Workflow};
use usher_tests::guests;

use crate::support::{evaluation, request, unhurried};

/// A sandbox, and the folder that it keeps artifacts in.
struct Shelf {
    folder: TempDir,
    sandbox: Arc<Sandbox>,
}

impl Shelf {
    /// One that keeps so many modules ready that were never asked.
    fn of(kept_ready: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let artifacts = Some(ArtifactFolder::new(folder.path(), [1; 32]));
        let config = SandboxConfig { concurrent_runs: 4, artifacts, kept_ready, ..SandboxConfig::default() };
        Self { folder, sandbox: Arc::new(Sandbox::new(&config).unwrap()) }
    }

    fn load(&self, guest: &str) -> Workflow {
        let artifact = self.sandbox.admit(&std::fs::read(guest).unwrap()).verdict.unwrap();
        self.sandbox.load(&artifact, unhurried()).unwrap()
    }

    /// The file that a workflow's code is kept in.
    fn file(&self, workflow: &Workflow) -> PathBuf {
        self.folder.path().join(self.sandbox.host_key()).join(&**workflow.digest())
    }

    async fn ask(&self, workflow: &Workflow) -> Outcome {
        let request = request(json!({"slugs": ["a"]}));
        self.sandbox.run(workflow, &mut evaluation(request, &NoLookups)).await.outcome
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use usher_host::{Catalog, Host, Release};

    use super::*;

    impl Shelf {
        /// Which of these have their code in this process.
        fn are_ready<const N: usize>(&self, workflows: [&Workflow; N]) -> [bool; N] {
            let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
            workflows.map(|workflow| maps.contains(self.file(workflow).to_str().unwrap()))
        }
    }

    #[tokio::test]
    async fn what_has_waited_longest_to_be_asked_is_let_go_of() {
        let shelf = Shelf::of(1);
        let first = shelf.load(guests::ECHO);
        assert_eq!(shelf.are_ready([&first]), [true], "as many as are kept");
        let second = shelf.load(guests::PREMIUM);
        assert_eq!(shelf.are_ready([&first, &second]), [false, true]);

        assert_eq!(shelf.ask(&first).await, Outcome::Ok);
        assert_eq!(shelf.are_ready([&first, &second]), [true, true], "what was asked stays, and does not count");
        let third = shelf.load(guests::REGION);
        assert_eq!(shelf.are_ready([&first, &second, &third]), [true, false, true]);

        shelf.sandbox.make_ready([&second, &third]);
        assert_eq!(shelf.are_ready([&first, &second, &third]), [true, true, false], "as many as are kept");
        for workflow in [first, second, third] {
            assert_eq!(shelf.ask(&workflow).await, Outcome::Ok);
        }
    }

    #[tokio::test]
    async fn nothing_of_it_is_in_the_process_before_it_is_asked() {
        let shelf = Shelf::of(0);
        let files =
            || std::fs::read_dir("/proc/self/fd").unwrap().flatten().map(|file| std::fs::read_link(file.path()));
        let workflow = shelf.load(guests::ECHO);
        let open = || files().flatten().filter(|file| *file == shelf.file(&workflow)).count();
        assert_eq!((shelf.are_ready([&workflow]), open()), ([false], 1), "but its file is held");
        assert_eq!(shelf.ask(&workflow).await, Outcome::Ok);
        assert_eq!(shelf.are_ready([&workflow]), [true]);
        let asked = open();
        assert_eq!(shelf.ask(&workflow).await, Outcome::Ok);
        assert_eq!((asked, open()), (1, 1), "by what runs, from then on");
    }

    #[test]
    fn what_a_host_decides_by_is_made_ready() {
        let shelf = Shelf::of(1);
        let (live, next) = (shelf.load(guests::ECHO), shelf.load(guests::PREMIUM));
        assert_eq!(shelf.are_ready([&live, &next]), [false, true]);
        let release = |number, workflow: &Workflow| {
            let release = Release::new(number, Catalog::parse("").unwrap()).unwrap();
            release.with_workflow("workflow", workflow.clone())
        };
        // Without a runtime around it, a host waits until they are.
        let host = Host::new(Arc::clone(&shelf.sandbox), release(1, &live));
        assert_eq!(shelf.are_ready([&live, &next]), [true, false]);
        host.swap(release(2, &next));
        assert_eq!(shelf.are_ready([&live, &next]), [false, true]);
    }

    #[tokio::test]
    async fn it_runs_although_its_file_is_gone() {
        let shelf = Shelf::of(0);
        let [removed, replaced] = [guests::ECHO, guests::PREMIUM].map(|guest| shelf.load(guest));
        shelf.sandbox.forget(removed.digest());
        let file = shelf.file(&replaced);
        std::fs::remove_file(&file).unwrap();
        std::fs::write(&file, "something else").unwrap();
        for workflow in [&removed, &replaced] {
            assert_eq!(shelf.are_ready([workflow]), [false]);
            assert_eq!(shelf.ask(workflow).await, Outcome::Ok);
        }
    }

    #[tokio::test]
    async fn what_could_not_be_made_again_is_not_let_go_of() {
        let shelf = Shelf::of(1);
        let first = shelf.load(guests::ECHO);
        shelf.sandbox.forget(first.digest());
        let second = shelf.load(guests::PREMIUM);
        assert_eq!(shelf.are_ready([&first, &second]), [true, true]);
        assert_eq!(shelf.ask(&first).await, Outcome::Ok);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_asks_first_at_the_same_time_is_answered_alike() {
    let shelf = Arc::new(Shelf::of(0));
    for guest in [guests::ECHO, guests::ASYNC_WORLD] {
        let workflow = shelf.load(guest);
        let ask = || {
            let (shelf, workflow) = (Arc::clone(&shelf), workflow.clone());
            tokio::spawn(async move { shelf.ask(&workflow).await })
        };
        for asked in [ask(), ask(), ask(), ask()] {
            assert_eq!(asked.await.unwrap(), Outcome::Ok);
        }
    }
}

#[tokio::test]
async fn what_was_damaged_before_it_was_asked_is_not_run() {
    let shelf = Shelf::of(0);
    let damages: [fn(&mut Vec<u8>); 4] =
        [|content| content[100] ^= 1, |content| content.truncate(5_000), Vec::clear, |content| content.push(0)];
    for damage in damages {
        let workflow = shelf.load(guests::ECHO);
        let file = shelf.file(&workflow);
        let mut content = std::fs::read(&file).unwrap();
        damage(&mut content);
        std::fs::write(&file, content).unwrap();
        assert_eq!(workflow.fault(), None, "nobody has looked yet");
        for _ in 0..2 {
            let Outcome::Unavailable { reason } = shelf.ask(&workflow).await else { panic!("it is not run") };
            assert!(reason.contains("damaged; the operator has to upload it again"), "{reason}");
            assert_eq!(workflow.fault(), Some(&*reason));
        }
        // As an upload does.
        let again = shelf.load(guests::ECHO);
        assert_eq!((shelf.ask(&again).await, again.fault()), (Outcome::Ok, None));
    }
}
