//! PostgreSQL for tests: clusters that are there as long as somebody has them, and databases in them.
//!
//! A cluster lies in a folder of its own under the system's folder for temporary files, and listens at a socket in there, so that
//! it takes no port. A shell watches over it and reads commands from this process. When this process ends, however it ends, there
//! are no more commands, and the shell ends the cluster and removes the folder.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

/// Makes a cluster, says where, and does as it is told until nobody says anything any more.
const WATCH: &str = include_str!("watch.sh");
/// Where systems put the programs of PostgreSQL, one folder for each version.
const VERSIONS: &str = "/usr/lib/postgresql";
/// Who runs a cluster for root, which PostgreSQL refuses to be run by.
const NOBODY: &str = "nobody";

/// A running PostgreSQL.
#[derive(Debug)]
pub struct Cluster {
    watch: Mutex<Watch>,
    folder: String,
    databases: AtomicU32,
}

#[derive(Debug)]
struct Watch {
    shell: Child,
    commands: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Cluster {
    /// Returns the cluster that the tests of this process share. Without PostgreSQL on this machine there is none, which is said
    /// aloud, or fails where everything is required.
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
        SHARED.get_or_init(Self::start_new).as_ref()
    }

    /// Starts a cluster for one test, which may stop it; none without PostgreSQL.
    #[expect(clippy::print_stdout, reason = "a skip is said aloud")]
    #[must_use]
    pub fn start_new() -> Option<Self> {
        let Some(programs) = programs() else {
            let why = "expected PostgreSQL: `initdb`, `pg_ctl` and `createdb` in one folder of PATH or of /usr/lib/postgresql";
            assert!(option_env!("USHER_REQUIRE_ALL").is_none(), "{why}");
            println!("SKIPPED: {why}");
            return None;
        };
        let mut watch = Watch::over(&programs);
        let folder = watch.answer();
        Some(Self { watch: Mutex::new(watch), folder, databases: AtomicU32::new(0) })
    }

    /// Creates an empty database, and returns its URL.
    pub fn new_database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.tell(&format!("create {name}"));
        format!("postgres://usher@{}/{name}", self.folder.replace('/', "%2F"))
    }

    /// Stops the cluster at once, and with it every connection.
    pub fn stop(&self) {
        self.tell("stop");
    }

    /// Starts the cluster again, with everything that is in it.
    pub fn start(&self) {
        self.tell("start");
    }

    /// Has the cluster stand still, as if the network to it were gone: whoever asks it something hears nothing.
    pub fn pause(&self) {
        self.tell("pause");
    }

    /// Has the cluster go on.
    pub fn resume(&self) {
        self.tell("resume");
    }

    fn tell(&self, command: &str) {
        let mut watch = self.watch.lock().unwrap();
        writeln!(watch.commands.as_mut().unwrap(), "{command}").unwrap();
        assert_eq!(watch.answer(), "done", "{command}");
    }
}

impl Watch {
    fn over(programs: &str) -> Self {
        let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
        let mut shell = Command::new(if is_root { "runuser" } else { "sh" });
        if is_root {
            shell.args(["-u", NOBODY, "--", "sh"]);
        }
        let shell = shell.args(["-c", WATCH, "sh", programs]).current_dir("/");
        let mut shell = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (commands, answers) = (shell.stdin.take(), BufReader::new(shell.stdout.take().unwrap()));
        Self { shell, commands, answers }
    }

    fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        assert!(line.ends_with('\n'), "PostgreSQL was not started, or not told; what it says is on standard error");
        line.trim_end().to_owned()
    }
}

impl Drop for Watch {
    /// Has the cluster ended before the test is. When the process ends first, the shell hears of that, too.
    fn drop(&mut self) {
        self.commands.take();
        self.shell.wait().unwrap();
    }
}

/// The folder of the programs, of the newest version there is.
fn programs() -> Option<String> {
    let versions = std::fs::read_dir(VERSIONS).into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    let number = |folder: &PathBuf| folder.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    versions.sort_by_key(|folder| std::cmp::Reverse(number(folder)));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = versions.into_iter().chain(std::env::split_paths(&path));
    let has_all = |folder: &PathBuf| ["initdb", "pg_ctl", "createdb"].iter().all(|name| folder.join(name).exists());
    folders.into_iter().find(has_all).map(|folder| folder.display().to_string())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Cluster;

    #[test]
    fn a_cluster_is_gone_with_its_last_user() {
        let Some(cluster) = Cluster::start_new() else { return };
        let folder = cluster.folder.clone();
        let urls = [cluster.new_database(), cluster.new_database()];
        assert_ne!(urls[0], urls[1]);
        for _ in 0..3 {
            cluster.pause();
            cluster.resume();
        }
        cluster.stop();
        cluster.start();
        assert!(Path::new(&folder).exists());
        drop(cluster);
        assert!(!Path::new(&folder).exists());
    }
}
