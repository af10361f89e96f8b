//! The program as it is started: it goes by a bundle, and by the last good one without its source.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use usher_bundle::{Draft, SigningKey, write_whole};

/// A gateway that is gone with its value.
struct Gateway(Child, String);

impl Gateway {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_example-embed-bundle"));
        let mut child = command.args(arguments).arg("127.0.0.1:0").stdout(Stdio::piped()).spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self(child, url.trim_end().to_owned())
    }

    fn get(&self, path: &str) -> String {
        ureq::get(format!("{}{path}", self.1)).call().unwrap().body_mut().read_to_string().unwrap()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.0.kill();
        let _waited = self.0.wait();
    }
}

#[test]
fn it_goes_by_a_bundle_and_by_the_last_good_one() {
    let folder = tempfile::tempdir().unwrap();
    let key = SigningKey::generate().unwrap();
    let file = folder.path().join("live.usher");
    let bundle = Draft::new("live", 7, "[plans.visitor]\nassign = [\"anonymous\"]\n").sign(&key).unwrap();
    write_whole(&file, bundle.as_bytes()).unwrap();
    std::fs::write(folder.path().join("seal"), [7; 32]).unwrap();
    let (own, public) = (folder.path().to_str().unwrap(), key.public().to_string());
    let arguments = [file.to_str().unwrap(), &public, own];
    assert_eq!(Gateway::start(&arguments).get("/"), "release 7: visitor\n");
    std::fs::remove_file(&file).unwrap();
    assert_eq!(Gateway::start(&arguments).get("/"), "release 7: visitor\n");
}
