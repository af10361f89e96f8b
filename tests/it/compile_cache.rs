//! The compile cache: what modules have in common is compiled once, and no answer depends on it.

use std::fs;
use std::path::{Path, PathBuf};

use usher_sandbox::{CompileCache, CompileCacheStats, Run, Sandbox, SandboxConfig};
use usher_tests::{guests, newsroom};

use crate::support::{Answers, evaluation, nothing, request, unhurried};

/// A sandbox of its own, whose cache nobody else fills.
fn sandbox(compile_cache: CompileCache) -> Sandbox {
    Sandbox::new(&SandboxConfig { concurrent_runs: 1, compile_cache, ..SandboxConfig::default() }).unwrap()
}

/// Admits a module, runs it once, and says what the cache was good for meanwhile.
async fn run_in(sandbox: &Sandbox, wasm: &[u8]) -> (Run, CompileCacheStats) {
    let before = sandbox.compile_cache_stats();
    let artifact = sandbox.admit(wasm).verdict.unwrap();
    let mut stats = sandbox.compile_cache_stats();
    (stats.hits, stats.misses) = (stats.hits - before.hits, stats.misses - before.misses);
    let workflow = sandbox.load(&artifact, unhurried()).unwrap();
    let answers = Answers::default();
    (sandbox.run(&workflow, &mut evaluation(request(nothing()), &answers)).await, stats)
}

/// A guest that does some work, and the same with another answer among its data.
fn alike() -> [Vec<u8>; 2] {
    let one = fs::read(guests::BURNS_FUEL).unwrap();
    let mut other = one.clone();
    let places: Vec<_> = one.windows(7).enumerate().filter(|(_, bytes)| bytes == b"premium").collect();
    let [(place, _)] = places.as_slice() else { panic!("the slug is there {} times", places.len()) };
    other[place + 6] = b'x';
    [one, other]
}

/// Whether most functions were found. Never all of them: the engine writes some of its own input, which it hashes, in an
/// order that changes from one compilation to the next.
fn is_warm(stats: CompileCacheStats) -> bool {
    stats.hits > 3 * stats.misses
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = |folder: &Path| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries(folder).flat_map(|shelf| entries(&shelf).collect::<Vec<_>>()).collect()
}

#[tokio::test]
async fn what_two_modules_have_in_common_is_compiled_once() {
    let [one, other] = alike();
    let shared = sandbox(CompileCache::default());
    let (first, cold) = run_in(&shared, &one).await;
    assert!(cold.misses > 100 && !is_warm(cold), "{cold:?}");
    let (second, warm) = run_in(&shared, &other).await;
    assert!(is_warm(warm), "only data differs: {warm:?}");
    assert_eq!(warm.misses + warm.hits, cold.misses + cold.hits);
    assert_eq!(
        (first.slugs.as_slice(), second.slugs.as_slice()),
        (&["premium".to_owned()][..], &["premiux".to_owned()][..])
    );

    // Another workflow of the same language has its standard library.
    let (_, warm) = run_in(&shared, &fs::read(guests::COUNTS).unwrap()).await;
    assert!(warm.hits > 0, "{warm:?}");
}

#[tokio::test]
async fn no_answer_and_no_fuel_depends_on_it() {
    let folder = tempfile::tempdir().unwrap();
    for path in [guests::BURNS_FUEL, guests::COUNTS, guests::NAN_BITS, guests::ASYNC_WORLD, newsroom::CRAWLERS] {
        let wasm = fs::read(path).unwrap();
        let (cold, _) = run_in(&sandbox(CompileCache::Memory { bytes: 0 }), &wasm).await;
        for start in ["first", "second"] {
            let (run, stats) = run_in(&sandbox(CompileCache::in_folder(folder.path())), &wasm).await;
            assert!(start == "first" || is_warm(stats), "{path}: {stats:?}");
            assert_eq!((&run.slugs, &run.outcome, run.fuel), (&cold.slugs, &cold.outcome, cold.fuel), "{path}");
        }
    }
}

#[tokio::test]
async fn a_damaged_entry_is_compiled_again() {
    let folder = tempfile::tempdir().unwrap();
    let cache = || sandbox(CompileCache::in_folder(folder.path()));
    let [wasm, _] = alike();
    let (whole, cold) = run_in(&cache(), &wasm).await;
    for (index, path) in files(folder.path()).iter().enumerate() {
        let mut content = fs::read(path).unwrap();
        match index % 3 {
            0 => content.truncate(content.len() / 2),
            1 => *content.last_mut().unwrap() ^= 1,
            _ => content.clear(),
        }
        fs::write(path, content).unwrap();
    }
    let (run, damaged) = run_in(&cache(), &wasm).await;
    assert!(!is_warm(cold) && !is_warm(damaged), "all of it is compiled again: {damaged:?}");
    assert_eq!((&run.slugs, run.fuel), (&whole.slugs, whole.fuel));
    let (_, mended) = run_in(&cache(), &wasm).await;
    assert!(is_warm(mended), "{mended:?}");
}

#[tokio::test]
async fn a_cache_that_is_too_small_is_no_hindrance() {
    let folder = tempfile::tempdir().unwrap();
    let [wasm, _] = alike();
    let (path, bytes) = (folder.path().to_owned(), 64 << 10);
    let (run, stats) = run_in(&sandbox(CompileCache::Folder { path, bytes }), &wasm).await;
    assert_eq!(run.slugs, ["premium"]);
    assert!(stats.bytes <= bytes && stats.bytes > bytes / 2, "{stats:?}");
    assert!(files(folder.path()).len() <= 16, "a file takes 4 KiB at least");
}

#[test]
fn a_folder_that_cannot_be_made_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, "").unwrap();
    let config = SandboxConfig { compile_cache: CompileCache::in_folder(&path), ..SandboxConfig::default() };
    let error = anyhow::Error::from(Sandbox::new(&config).unwrap_err());
    assert!(format!("{error:#}").contains("file`: expected a folder that this program can make and read"), "{error:#}");
}
