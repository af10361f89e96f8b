//! What modules that mean harm do to a server that answers a thousand times a second, and to everybody else who is on it.
//!
//! The corpus of `tests/hostile` and ten thousand modules made up by chance are uploaded one after another, and then every one
//! of the corpus that was admitted is let into all decisions for a moment. The server must live, nobody else's decision may
//! lack anything, what waits for it must hardly wait longer, and in the end it holds as much memory as before. Then workers and the
//! server itself are killed during uploads. `-- --modules N` makes up another number.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement prints, or fails by panicking"
)]

#[path = "hostile/kills.rs"]
mod kills;
#[path = "hostile/load.rs"]
mod load;
#[path = "hostile/modules.rs"]
mod modules;
mod quantile;
#[path = "hostile/server.rs"]
mod server;

use std::collections::BTreeMap;
use std::process::{Command, ExitCode};
use std::time::Duration;

use usher_sandbox::AdmissionWorker;
use usher_tests::guests;
use usher_tests::hostile::{Expected, Hostile, corpus};

use load::{Load, under_load};
use server::Server;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Modules made up by chance.
const MODULES: u64 = 10_000;
/// How long each quiet is measured.
const QUIET: Duration = Duration::from_secs(10);
/// How long each module of the corpus takes part in every decision.
const LIVE: Duration = Duration::from_millis(300);

fn main() -> ExitCode {
    if let Some(ended) = AdmissionWorker::take_over() {
        return ended;
    }
    let arguments: Vec<_> = std::env::args().collect();
    if arguments.iter().any(|argument| argument == server::ARGUMENT) {
        return server::serve();
    }
    let number = arguments.iter().skip_while(|argument| *argument != "--modules").nth(1);
    measure(number.map_or(MODULES, |number| number.parse().expect("`--modules` is a number")));
    kills::measure();
    ExitCode::SUCCESS
}

fn measure(number: u64) {
    let server = Server::start();
    server.put("/admin/v1/catalog", server::CATALOG.as_bytes()).expect("the catalog is valid");
    let region = std::fs::read(guests::REGION).expect("the guests are built");
    server.put("/admin/v1/workflows/region", &region).expect("the guest is admitted");
    // Made before, since making them takes the processor that decisions need.
    let corpus: Vec<_> = corpus().into_iter().map(|hostile| (hostile, hostile.wasm())).collect();
    let by_chance: Vec<_> = modules::made_up(number).collect();

    // Between what is measured it is quiet again and again, since machines change their pace.
    let mut quiet = Load::default();
    let mut rest = || quiet.add(under_load(&server, || std::thread::sleep(QUIET)).0);
    rest();
    let before = server.memory();
    println!("memory at first: {before}");
    let mut phase = |when, goes_on: &mut dyn FnMut()| {
        let (load, ()) = under_load(&server, goes_on);
        load.print(when);
        rest();
        println!("  memory: {}", server.memory());
        load
    };
    // What is the machine's: nothing of Usher has to do with it.
    let busy = phase("while a processor is busy with nothing, as an admission worker would be", &mut keep_busy);
    let mut admitted = Vec::new();
    let uploads = phase("while the corpus is uploaded", &mut || admitted = upload(&server, &corpus));
    let made_up = phase("while modules made up by chance are uploaded", &mut || upload_made_up(&server, &by_chance));
    let live = ["while each of the corpus takes part", "once more"]
        .map(|when| phase(when, &mut || admitted.iter().for_each(|hostile| take_part(&server, hostile))));
    quiet.print("while it was quiet");
    for (load, what) in [(&busy, "nothing"), (&uploads, "the corpus"), (&made_up, "chance")] {
        println!("p99 under {what} ÷ quiet: {:.2} (at most 2)", load.p99().as_secs_f64() / quiet.p99().as_secs_f64());
    }
    let all = [&quiet, &busy, &uploads, &made_up].into_iter().chain(&live);
    let lacking: u64 = all.map(|load: &Load| load.lacking).sum();
    assert_eq!(lacking, 0, "decisions lack what nobody hostile had to do with");
}

/// A loop that runs when nobody else wants the processor.
fn keep_busy() {
    let forever = Command::new("chrt").args(["--idle", "0", "sh", "-c", "while :; do :; done"]).spawn();
    let mut forever = forever.expect("`chrt` of util-linux is there");
    std::thread::sleep(QUIET);
    forever.kill().expect("it runs");
    forever.wait().expect("it was ended");
}

/// Uploads the corpus, says which verdicts differ from what is foreseen, and returns what was admitted.
fn upload<'a>(server: &Server, corpus: &'a [(Hostile, Vec<u8>)]) -> Vec<(&'a Hostile, &'a [u8])> {
    let mut admitted = Vec::new();
    for (hostile, wasm) in corpus {
        let found = server.put("/admin/v1/workflows/hostile?enabled=false", wasm);
        let is_foreseen = match (hostile.expected, &found) {
            // The server takes no more bytes than admission would.
            (Expected::Refused("too-large", _), Err(refused)) => refused.starts_with("413"),
            (Expected::Refused(kind, _), Err(refused)) => refused == kind,
            (Expected::Fails(..) | Expected::Answers(_), Ok(())) => true,
            _ => false,
        };
        if !is_foreseen {
            println!("{}: expected {:?}, found {found:?}", hostile.name, hostile.expected);
        }
        if found.is_ok() {
            admitted.push((hostile, &wasm[..]));
        }
    }
    println!("corpus: {} modules, {} of them admitted", corpus.len(), admitted.len());
    admitted
}

fn upload_made_up(server: &Server, modules: &[Vec<u8>]) {
    let mut verdicts = BTreeMap::<_, u64>::new();
    for module in modules {
        let verdict = server.put("/admin/v1/workflows/hostile?enabled=false", module);
        *verdicts.entry(verdict.err().unwrap_or_else(|| "admitted".to_owned())).or_default() += 1;
    }
    println!("made up: {verdicts:?}");
}

fn take_part(server: &Server, (hostile, wasm): &(&Hostile, &[u8])) {
    let live = server.put("/admin/v1/workflows/hostile?enabled=true", wasm);
    assert_eq!(live, Ok(()), "{}: it was admitted before", hostile.name);
    std::thread::sleep(LIVE);
    server.delete("/admin/v1/workflows/hostile");
}
