//! `kill -9` in the middle of an import: everything is there afterwards, or nothing, and then it can be imported again.
//!
//! The child is this very test binary, asked to run `the_child` alone, with a place and a backup in its environment. It tells of each
//! file of the backup that it has put into the database, and is killed at each of them in turn.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use usher_store::{Backup, ImportKeys, Location};

use crate::backup::{bring_secret, export, import};
use crate::everything::{Everything, fill};
use crate::fixture::{Place, TestClock, on_each_database};

on_each_database!(an_import_that_is_killed_leaves_all_or_nothing);

/// Name the folder of the child's place, its database when that is elsewhere, and the backup.
const FOLDER: &str = "USHER_IMPORT_CRASH_FOLDER";
const URL: &str = "USHER_IMPORT_CRASH_URL";
const BACKUP: &str = "USHER_IMPORT_CRASH_BACKUP";
/// What a line begins with that tells of a file; the test harness writes lines of its own.
const IMPORTED: &str = "imported ";

#[tokio::test]
async fn the_child() {
    let (Some(folder), Some(file)) = (env::var_os(FOLDER), env::var_os(BACKUP)) else { return };
    let folder = folder.into();
    let location = match env::var_os(URL) {
        Some(url) => Location::Url { url: url.into_string().unwrap(), folder },
        None => Location::Folder(folder),
    };
    let backup = Backup::open(Path::new(&file)).unwrap();
    let _told = tracing::subscriber::set_default(Tells);
    backup.restore(&location, TestClock::at(9_000), ImportKeys::Yes).await.unwrap();
}

/// Writes a line for each file that was imported.
struct Tells;

impl Subscriber for Tells {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.target().starts_with("usher_store")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Part);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Part;

impl Visit for Part {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "part" {
            let mut out = std::io::stdout();
            writeln!(out, "\n{IMPORTED}{value}").unwrap();
            out.flush().unwrap();
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

/// Lets a child import until it has told of so many files, and kills it then. Returns whether it had as many.
fn kill_at(files: usize, place: &Place, backup: &Path) -> bool {
    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["--exact", "import_crash::the_child", "--nocapture"]).env(FOLDER, place.path()).env(BACKUP, backup);
    if let Some(url) = place.url() {
        child.env(URL, url);
    }
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told = (0..files).filter(|_| lines.any(|line| line.unwrap().starts_with(IMPORTED))).count();
    child.kill().unwrap();
    child.wait().unwrap();
    told == files
}

async fn an_import_that_is_killed_leaves_all_or_nothing(place: Place) {
    let from = Place::in_sqlite();
    let store = from.open().await;
    fill(&store).await;
    let expected = Everything::of(&store).await;
    store.close().await;
    let folder = tempfile::tempdir().unwrap();
    let (backup, _) = export(&from, folder.path()).await;
    let file = folder.path().join("usher-backup.tar");
    bring_secret(&from, &place);

    let mut place = place;
    let mut broken_off = 0;
    for files in 1.. {
        let was_killed = kill_at(files, &place, &file);
        let store = place.open().await;
        let found = Everything::of(&store).await;
        store.close().await;
        if found.audit.is_empty() {
            assert!(found.keys.is_empty() && found.releases.is_empty() && found.state.draft.release == 0);
            assert_ne!(found.environment, expected.environment);
            broken_off += 1;
        } else {
            assert!(found == expected, "after {files} files");
            // It was faster than the signal. The next one needs a place without anything.
            place = if place.url().is_some() { Place::in_postgres().unwrap() } else { Place::in_sqlite() };
            bring_secret(&from, &place);
        }
        if !was_killed {
            break;
        }
    }
    assert!(broken_off >= 10, "only {broken_off} were killed in the middle");
    import(&backup, &place, ImportKeys::Yes).await.unwrap();
    assert!(Everything::of(&place.open().await).await == expected);
}
