//! The server, in a process of its own: what it holds is then its own, too.

use std::fmt;
use std::io::{BufRead, BufReader, Lines};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::sync::Arc;

use serde_json::Value;
use tempfile::TempDir;
use usher_host::SystemClock;
use usher_server::ServerConfig;
use usher_store::{Location, Store};

/// What tells this program to be the server.
pub(crate) const ARGUMENT: &str = "--serve-in";

/// A static plan, and one that a workflow gives.
pub(crate) const CATALOG: &str = r#"
[plans.static]
assign = ["authenticated"]
[plans.region]
[variables]
REGION = "region"
[workflows.hostile]
breaker = false
"#;

/// A server that is gone with its value.
pub(crate) struct Server {
    process: Child,
    url: String,
    secret: String,
    admin: String,
    folder: TempDir,
}

/// Serves what is in the folder that the arguments name, until the process is ended.
pub(crate) fn serve() -> ExitCode {
    let folder = std::env::args().skip_while(|argument| argument != ARGUMENT).nth(1).expect("a folder is named");
    let runtime = tokio::runtime::Runtime::new().expect("this machine can run threads");
    runtime.block_on(async {
        let clock = Arc::new(SystemClock);
        let location = Location::Folder(folder.clone().into());
        let store = Store::open(&location, Arc::<SystemClock>::clone(&clock)).await.expect("the store opens");
        let defaults = ServerConfig::default();
        let admission = defaults.admission.clone().with_compile_cache(format!("{folder}/compile-cache"));
        let artifacts = Some(format!("{folder}/artifacts").into());
        let config = ServerConfig { admission, artifacts, rate_limit: None, ..defaults };
        let server = usher_server::Server::start(store, clock, config).await.expect("the server starts");
        let keys = server.create_first_keys().await.expect("keys are made");
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        println!("http://{}", listener.local_addr().expect("it has an address"));
        if let Some(keys) = keys {
            println!("{}\n{}", keys.secret.text(), keys.admin.text());
        }
        server.serve(listener, std::future::pending()).await.expect("it serves");
    });
    ExitCode::SUCCESS
}

impl Server {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("there is room on the disk");
        let (process, mut lines) = spawn(folder.path());
        let mut line = || lines.next().expect("the server starts").expect("it writes text");
        let (url, secret, admin) = (line(), line(), line());
        Self { process, url, secret, admin, folder }
    }

    /// Starts it again, on what is there.
    pub(crate) fn start_again(&mut self) {
        // Its lock goes with it.
        self.process.wait().expect("it was ended");
        let (process, mut lines) = spawn(self.folder.path());
        self.process = process;
        self.url = lines.next().expect("the server starts").expect("it writes text");
    }

    /// Ends it at once.
    pub(crate) fn kill(&self) {
        let ended = Command::new("kill").args(["-9", &self.process_id().to_string()]).status();
        assert!(ended.is_ok_and(|ended| ended.success()), "the server was there to be killed");
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// A client that keeps its connection, and asks nobody else the way.
    pub(crate) fn agent() -> ureq::Agent {
        ureq::Agent::config_builder().proxy(None).http_status_as_error(false).build().into()
    }

    /// The answer to an access check; none when it is an error.
    pub(crate) fn decide(&self, agent: &ureq::Agent) -> Option<Value> {
        let request = agent.post(format!("{}/api/v1/access-checks", self.url));
        let request = request.header("authorization", format!("Bearer {}", self.secret));
        let answer = request.send(r#"{"identity": {"userIdentifier": "reader-1"}}"#).ok()?;
        if answer.status() != 200 {
            return None;
        }
        serde_json::from_reader(answer.into_body().into_reader()).ok()
    }

    /// A change. What it is refused as, when it is: the kind of the refusal, or the status.
    pub(crate) fn put(&self, path: &str, body: &[u8]) -> Result<(), String> {
        self.try_put(path, body).expect("the server lives")
    }

    /// The same, to a server that may be ended on the way.
    pub(crate) fn try_put(&self, path: &str, body: &[u8]) -> Result<Result<(), String>, ureq::Error> {
        let request = Self::agent().put(format!("{}{path}", self.url));
        let answer = request.header("authorization", format!("Bearer {}", self.admin)).send(body)?;
        let status = answer.status();
        let body: Value = serde_json::from_reader(answer.into_body().into_reader()).unwrap_or_default();
        let reason = || body["reason"].as_str().map_or_else(|| status.to_string(), str::to_owned);
        Ok(if status.is_success() { Ok(()) } else { Err(reason()) })
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let request = Self::agent().get(format!("{}{path}", self.url));
        let answer =
            request.header("authorization", format!("Bearer {}", self.admin)).call().expect("the server lives");
        serde_json::from_reader(answer.into_body().into_reader()).expect("an answer is JSON")
    }

    pub(crate) fn delete(&self, path: &str) {
        let request = Self::agent().delete(format!("{}{path}", self.url));
        let request = request.header("authorization", format!("Bearer {}", self.admin));
        request.call().expect("the server lives");
    }

    /// What the kernel says that it has in memory.
    pub(crate) fn memory(&self) -> Memory {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()));
        let status = status.expect("Linux tells what a process holds");
        let bytes = |name| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("it names the resident set");
            line.trim().trim_end_matches(" kB").parse::<u64>().expect("it is a number") << 10
        };
        Memory { anonymous: bytes("RssAnon:"), files: bytes("RssFile:") }
    }
}

/// What of a process is in memory, in bytes.
#[derive(Clone, Copy)]
pub(crate) struct Memory {
    /// Heap, stacks and instances.
    pub(crate) anonymous: u64,
    /// The program itself, and the code of workflows.
    pub(crate) files: u64,
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} MiB, and {} of files", self.anonymous >> 20, self.files >> 20)
    }
}

fn spawn(folder: &Path) -> (Child, Lines<BufReader<ChildStdout>>) {
    let program = std::env::current_exe().expect("this program has a file");
    let mut command = Command::new(program);
    command.arg(ARGUMENT).arg(folder).stdout(Stdio::piped());
    let mut process = command.spawn().expect("this machine can run processes");
    let lines = BufReader::new(process.stdout.take().expect("it is piped")).lines();
    (process, lines)
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that is gone already needs no ending.
        let _gone = self.process.kill();
        let _gone = self.process.wait();
    }
}
