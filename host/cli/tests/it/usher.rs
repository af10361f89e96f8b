//! The binary under test.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use tempfile::TempDir;

/// A command line that knows nothing of the environment of the tests.
pub(crate) fn usher(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
    command.args(arguments).env_clear();
    command
}

/// Runs a command line to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    usher(arguments).output().unwrap()
}

/// What a command prints when it succeeds.
#[track_caller]
pub(crate) fn said(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Holds a command to end with this code, and to say this on standard error.
#[track_caller]
pub(crate) fn check_failure(arguments: &[&str], code: i32, message: &str) {
    let output = run(arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(said.contains(message), "{said}");
}

/// A file that is gone with the folder it is in.
pub(crate) fn file(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> String {
    let path: PathBuf = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    text(&path)
}

pub(crate) fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// A server that is gone with its value.
pub(crate) struct Served {
    child: Child,
    stdout: BufReader<ChildStdout>,
    pub(crate) url: String,
}

impl Served {
    /// Serves what is in a folder, on a free port.
    pub(crate) fn start(data: &Path, more: &[&str]) -> Self {
        Self::spawn(data, more, Stdio::null())
    }

    /// The same, with its log in a file.
    pub(crate) fn logging_to(data: &Path, more: &[&str], log: &Path) -> Self {
        Self::spawn(data, more, File::create(log).unwrap().into())
    }

    fn spawn(data: &Path, more: &[&str], log: Stdio) -> Self {
        let data = text(data);
        let mut command = usher(&["serve", "--listen", "127.0.0.1:0", "--data", &data]);
        let mut child = command.args(more).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut served = Self { child, stdout, url: String::new() };
        served.url = served.value("USHER_URL");
        served
    }

    /// The value of the next line, which has to be of this name.
    #[track_caller]
    pub(crate) fn value(&mut self, name: &str) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        let value = line.trim_end().strip_prefix(name).and_then(|rest| rest.strip_prefix('='));
        value.unwrap_or_else(|| panic!("{name} is not in {line:?}")).to_owned()
    }

    /// Asks it to end, and returns its exit code and all that it still printed.
    #[cfg(unix)]
    pub(crate) fn terminate(mut self) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let code = self.child.wait().unwrap().code();
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut self.stdout, &mut rest).unwrap();
        (code, rest)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}
