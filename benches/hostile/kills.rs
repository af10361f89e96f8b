//! `kill -9`, at moments that nobody chose: of workers while modules are uploaded, and of the server.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use usher_tests::guests;

use crate::server::Server;

/// Uploads while workers are killed.
const WORKERS: u64 = 200;
/// Uploads during each of which the server is killed.
const SERVERS: u64 = 100;

/// What was acknowledged must be there and run, and nothing else may be.
pub(crate) fn measure() {
    let wasm = std::fs::read(guests::ECHO).expect("the guests are built");
    let (mut server, mut kept) = (Server::start(), Vec::new());
    let (over, mut killed) = (AtomicBool::new(false), 0_u32);
    std::thread::scope(|threads| {
        let (process, over) = (server.process_id(), &over);
        let killer = threads.spawn(move || kill_workers(process, over));
        for number in 0..WORKERS {
            kept.extend(upload(&server, &wasm, number));
        }
        over.store(true, Ordering::Relaxed);
        killed = killer.join().expect("it does not panic");
    });
    check(&server, &kept);
    println!("workers: {killed} killed, {} of {WORKERS} uploads acknowledged, all of them there", kept.len());

    let before = kept.len();
    for number in WORKERS..WORKERS + SERVERS {
        let late = std::thread::scope(|threads| {
            let uploading = threads.spawn(|| upload(&server, &wasm, number));
            std::thread::sleep(moment(number));
            server.kill();
            uploading.join().expect("it does not panic")
        });
        kept.extend(late);
        server.start_again();
        check(&server, &kept);
    }
    let acknowledged = kept.len().saturating_sub(before);
    println!(
        "server: {SERVERS} times killed during an upload, {acknowledged} acknowledged, all of them there and running"
    );
}

/// A name for the module that is there once this succeeded.
fn upload(server: &Server, wasm: &[u8], number: u64) -> Option<String> {
    let slug = format!("w{number}");
    // A custom section without a name makes it another module.
    let module = [wasm, &[0, 9, 0], &number.to_le_bytes()].concat();
    server.try_put(&format!("/admin/v1/workflows/{slug}?enabled=false"), &module).ok()?.ok().map(|()| slug)
}

/// Every module that is there loads, and those that were acknowledged are there.
fn check(server: &Server, kept: &[String]) {
    let workflows = server.get("/admin/v1/workflows");
    let workflows = workflows.as_array().expect("it is a list");
    assert!(workflows.iter().all(|workflow| workflow["loaded"] == true), "one is half there: {workflows:?}");
    let slugs: Vec<_> = workflows.iter().filter_map(|workflow| workflow["slug"].as_str()).collect();
    let missing: Vec<_> = kept.iter().filter(|slug| !slugs.contains(&slug.as_str())).collect();
    assert!(missing.is_empty(), "acknowledged and not there: {missing:?}");
}

fn kill_workers(server: u32, over: &AtomicBool) -> u32 {
    let mut killed = 0;
    for number in 0.. {
        if over.load(Ordering::Relaxed) {
            break;
        }
        std::thread::sleep(moment(number) / 2);
        let ended = Command::new("pkill").args(["-9", "-P", &server.to_string()]).status();
        killed += u32::from(ended.is_ok_and(|ended| ended.success()));
    }
    killed
}

/// Up to 64 ms, by no rule that an upload follows.
fn moment(number: u64) -> Duration {
    Duration::from_micros(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48)
}
