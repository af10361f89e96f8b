//! Admission happens in a process of its own, and whatever happens to that process is an answer.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use usher_host::{AdmissionWorker, WorkerError};
use usher_server::ServerConfig;
use usher_store::Location;
use usher_tests::guests;
use usher_tests::hostile::slow_to_compile;

use crate::test_server::{TestServer, worker};

fn echo() -> Vec<u8> {
    std::fs::read(guests::ECHO).unwrap()
}

#[test]
fn i6_nothing_is_admitted_without_a_worker() {
    for program in ["/dev/null/nothing", "/bin/true", "/bin/false"] {
        let config = ServerConfig { admission: AdmissionWorker::of(program), ..ServerConfig::default() };
        let server = TestServer::with(&Location::Memory, config);
        server.to("PUT", "/admin/v1/workflows/echo").send(echo()).check_error(500, "the server failed");
        let workflows = server.to("GET", "/admin/v1/workflows").get().ok().json();
        assert_eq!(workflows, serde_json::json!([]), "{program}");
    }
}

#[test]
fn the_report_of_admission_is_kept_with_the_module() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().to_owned());
    let report = |server: &TestServer| server.to("GET", "/admin/v1/workflows/echo").get().ok().json()["report"].clone();
    let server = TestServer::on(&location);
    let keys = server.keys.clone();
    server.to("PUT", "/admin/v1/workflows/echo").send(echo()).ok();
    let first = report(&server);
    assert_eq!((&first["verdict"], &first["world"]), (&Value::from("admitted"), &Value::from("workflow")));
    let probes: Vec<_> = first["probes"].as_array().unwrap().iter().map(|probe| &probe["request"]).collect();
    assert_eq!(probes, ["smallest", "typical", "largest"]);
    assert!(
        first["purity"]
            .as_array()
            .unwrap()
            .iter()
            .any(|part| part["of"] == "network" && part["imports"] == Value::from(Vec::<Value>::new()))
    );
    server.stop();

    let mut server = TestServer::on(&location);
    server.keys = keys;
    assert_eq!(report(&server), first);
}

#[test]
fn a_start_admits_nothing_that_it_has_an_artifact_of() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Folder(folder.path().to_owned());
    let config = |admission| ServerConfig {
        admission,
        artifacts: Some(folder.path().join("artifacts")),
        ..ServerConfig::default()
    };
    let server = TestServer::with(&location, config(worker()));
    server.to("PUT", "/admin/v1/workflows/echo").send(echo()).ok();
    server.stop();
    let is_loaded = |admission| {
        let server = TestServer::with(&location, config(admission));
        let ready = server.to("GET", "/readyz").get().ok().json();
        server.stop();
        ready["workflows"][0]["loaded"] == true
    };
    let none = || AdmissionWorker::of("/bin/false");
    assert!(is_loaded(none()), "its artifact is there");

    damage(&folder.path().join("artifacts"));
    assert!(!is_loaded(none()), "it is damaged, and nobody makes it anew");
    assert!(is_loaded(worker()), "it is made anew");
    assert!(is_loaded(none()), "for good");
}

/// Cuts every artifact in half.
fn damage(artifacts: &Path) {
    for host in std::fs::read_dir(artifacts).unwrap() {
        for artifact in std::fs::read_dir(host.unwrap().path()).unwrap() {
            let path = artifact.unwrap().path();
            let whole = std::fs::read(&path).unwrap();
            std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        }
    }
}

#[test]
fn what_is_damaged_before_it_is_asked_is_told_and_mended_by_an_upload() {
    let folder = tempfile::tempdir().unwrap();
    let artifacts = folder.path().join("artifacts");
    let (patience, kept) = (Duration::from_secs(60), Some(artifacts.clone()));
    let config =
        ServerConfig { decision_deadline: patience, artifacts: kept, kept_ready: 0, ..ServerConfig::default() };
    let server = TestServer::with(&Location::Memory, config);
    let upload = || server.to("PUT", "/admin/v1/workflows/echo").send(echo()).ok();
    let is_loaded = || {
        let workflow = server.to("GET", "/readyz").get().ok().json()["workflows"][0].clone();
        (workflow["loaded"] == true, workflow["error"].as_str().unwrap_or_default().to_owned())
    };
    let outcome = || {
        let answer = server.access_check(r#"{"identity": {"createAnonymousIdentifier": true}}"#).ok().json();
        let workflow = &answer["diagnostics"]["workflows"][0];
        (workflow["outcome"].as_str().unwrap().to_owned(), workflow["error"].to_string())
    };
    upload();
    damage(&artifacts);
    assert!(is_loaded().0, "nobody has looked");
    let (kind, error) = outcome();
    assert!(kind == "unavailable" && error.contains("the operator has to upload it again"), "{kind}: {error}");
    let (loaded, error) = is_loaded();
    assert!(!loaded && error.contains("the operator has to upload it again"), "{error}");
    upload();
    assert_ne!(outcome().0, "unavailable");
    assert!(is_loaded().0);
}

#[tokio::test]
async fn a_module_that_takes_too_much_is_refused() {
    let large = std::fs::read(guests::LOOKUPS).unwrap();
    // It runs out of memory at another place each time: while it reads, before it compiles, and while it does.
    for bytes in [0, 256 << 10, 512 << 10, 1 << 20, 2 << 20, 3 << 20, 4 << 20, 6 << 20, 8 << 20] {
        let starved = worker().with_memory(bytes).admit(&large).await.unwrap();
        let refusal = starved.verdict.unwrap_err();
        assert_eq!(refusal.kind(), "too-expensive", "{refusal}");
        assert!(refusal.to_string().contains(&format!("{bytes} bytes of memory")), "{refusal}");
        assert_eq!(starved.report.kind.as_deref(), Some("too-expensive"));
    }
    worker().with_memory(512 << 20).admit(&large).await.unwrap().verdict.unwrap();
}

#[tokio::test]
async fn a_module_that_takes_too_long_is_refused() {
    let worker = worker().with_cpu_time(Duration::from_secs(1));
    let refusal = worker.admit(&slow_to_compile()).await.unwrap().verdict.unwrap_err();
    assert_eq!(refusal.kind(), "too-expensive", "{refusal}");
    assert!(refusal.to_string().contains("more than 1 s of a processor's time"), "{refusal}");
}

#[tokio::test]
async fn a_worker_that_breaks_off_says_so() {
    let broken = AdmissionWorker::of("/bin/true").admit(&echo()).await.unwrap_err();
    assert!(broken.to_string().contains("broke off (exit status: 0)"), "{broken}");
    let nowhere = worker().with_compile_cache("/dev/null/nowhere").admit(&echo()).await.unwrap_err();
    assert!(nowhere.to_string().contains("`/dev/null/nowhere`: expected a folder"), "{nowhere}");
}

#[tokio::test]
async fn a_worker_is_not_waited_for_forever() {
    let hasty = worker().with_patience(Duration::from_millis(1)).admit(&echo()).await;
    assert!(matches!(hasty, Err(WorkerError::TookTooLong { .. })), "{hasty:?}");
}

#[tokio::test]
async fn what_is_no_component_does_not_reach_a_worker() {
    let nobody = AdmissionWorker::of("/dev/null/nothing");
    let admission = nobody.admit(b"hello").await.unwrap();
    assert_eq!(
        (admission.report.kind.as_deref(), admission.verdict.unwrap_err().kind()),
        (Some("not-wasm"), "not-wasm")
    );
}

/// A worker that waits for its module, and what the system says of it.
#[cfg(target_os = "linux")]
struct Waiting {
    worker: std::process::Child,
    stdin: std::process::ChildStdin,
}

#[cfg(target_os = "linux")]
impl Waiting {
    fn start(mut command: std::process::Command) -> Self {
        use std::io::Write;
        use std::process::Stdio;

        let mut worker = command.stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let assignment = br#"{"compile_cache": null, "cpu_seconds": 7, "memory_bytes": 1073741824}"#;
        let mut stdin = worker.stdin.take().unwrap();
        stdin.write_all(&u64::try_from(assignment.len()).unwrap().to_le_bytes()).unwrap();
        stdin.write_all(assignment).unwrap();
        let waiting = Self { worker, stdin };
        // Giving up system calls is the last that it does.
        while !waiting.says("status").contains("Seccomp:\t2") {
            assert!(!waiting.says("stat").contains(") Z "), "it ended without having given anything up");
            std::thread::yield_now();
        }
        waiting
    }

    fn says(&self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.worker.id())).unwrap()
    }

    fn limit(&self, name: &str) -> String {
        let limits = self.says("limits");
        limits.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned()
    }

    fn leave(mut self) {
        drop(self.stdin);
        assert!(!self.worker.wait().unwrap().success(), "it ends when nobody asks any more");
    }
}

/// It is seen here from outside, while it waits for its module.
#[cfg(target_os = "linux")]
#[test]
fn i6_a_worker_has_given_up_what_it_can_before_it_reads_a_module() {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_usher-test-admission-worker"));
    command.arg("usher-admission-worker");
    let waiting = Waiting::start(command);
    assert!(waiting.says("status").contains("NoNewPrivs:\t1"), "{}", waiting.says("status"));
    for (limit, bytes) in [("Max cpu time", "7 "), ("Max core file size", "0 "), ("Max file size", "67108864 ")] {
        assert!(waiting.limit(limit).starts_with(bytes), "{}", waiting.says("limits"));
    }
    for bounded in ["Max address space", "Max data size", "Max stack size"] {
        assert!(!waiting.limit(bounded).starts_with("unlimited"), "{}", waiting.says("limits"));
    }
    // The 41st field is the policy of scheduling, and 5 is `SCHED_IDLE`. The second is in brackets and may have spaces.
    let stat = waiting.says("stat");
    let policy = stat.rsplit_once(") ").and_then(|(_, third)| third.split(' ').nth(38));
    assert_eq!(policy, Some("5"), "it waits for whoever wants the processor");
    waiting.leave();
}

#[cfg(target_os = "linux")]
#[test]
fn i6_a_worker_keeps_to_what_its_server_is_held_to() {
    let mut command = std::process::Command::new("sh");
    command.args(["-c", r#"ulimit -n 48; ulimit -s 4096; exec "$0" usher-admission-worker"#]);
    command.arg(env!("CARGO_BIN_EXE_usher-test-admission-worker"));
    let waiting = Waiting::start(command);
    for (limit, held_to) in [("Max open files", "48 "), ("Max stack size", "4194304 "), ("Max cpu time", "7 ")] {
        assert!(waiting.limit(limit).starts_with(held_to), "{}", waiting.says("limits"));
    }
    waiting.leave();
}
