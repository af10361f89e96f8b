//! What lints cannot see: the shape of the house, and documents that speak of what is there.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every file of the project with this extension, with its text.
fn files(extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let is_ours = !["target", "node_modules"].contains(&name.as_str());
            if path.is_dir() && is_ours && !(name.starts_with('.') && name != ".ci") {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                let name = path.strip_prefix(root()).unwrap().display().to_string();
                found.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[track_caller]
fn no_offenders(rule: &str, offenders: &[String]) {
    assert!(offenders.is_empty(), "{rule}:\n{}", offenders.join("\n"));
}

fn lines_above(extension: &str, folder: &str, most: usize) -> Vec<String> {
    let long = files(extension).into_iter().filter(|(name, _)| name.starts_with(folder));
    long.map(|(name, text)| (name, text.lines().count()))
        .filter(|(_, lines)| *lines > most)
        .map(|(name, lines)| format!("{name} has {lines} lines, at most {most} are allowed"))
        .collect()
}

#[test]
fn files_are_short() {
    for extension in ["rs", "js", "ts"] {
        no_offenders("one concept per file", &lines_above(extension, "", 400));
        no_offenders("an example is one lesson", &lines_above(extension, "examples/newsroom/workflows", 60));
    }
    no_offenders("a guest is one behaviour", &lines_above("rs", "tests/guests", 60));
    no_offenders("a gateway fits on two screens", &lines_above("rs", "examples/embed", 120));
    no_offenders("the map fits on a table", &lines_above("md", "ARCHITECTURE.md", 200));
}

#[test]
fn names_say_what_they_hold() {
    let vague = ["mod", "utils", "util", "helpers", "common", "misc", "prelude"];
    let offenders = files("rs").into_iter().map(|(name, _)| name);
    let offenders = offenders.filter(|name| vague.iter().any(|vague| name.ends_with(&format!("/{vague}.rs"))));
    no_offenders("a file is named after its concept", &offenders.collect::<Vec<_>>());
}

#[test]
fn the_contract_becomes_rust_in_one_place_on_each_side() {
    for (macro_call, folder, home) in [
        ("bindgen!(", "host", "host/sandbox/src/bindings.rs"),
        ("generate!(", "guest-sdk", "guest-sdk/rust/src/bindings.rs"),
    ] {
        let users =
            files("rs").into_iter().filter(|(name, text)| name.starts_with(folder) && text.contains(macro_call));
        assert_eq!(users.map(|(name, _)| name).collect::<Vec<_>>(), [home], "{macro_call}");
    }
}

#[test]
fn arrows_point_one_way() {
    // Each room with those that it may open a door to.
    let rooms: [(&str, &[&str]); 8] = [
        ("host/bundle", &[]),
        ("host/decision", &[]),
        ("host/sandbox", &["usher-decision"]),
        ("host/embed", &["usher-bundle", "usher-decision", "usher-sandbox"]),
        ("host/store", &["usher-decision", "usher-sandbox", "usher-host"]),
        ("host/server", &["usher-decision", "usher-sandbox", "usher-host", "usher-store"]),
        ("host/cli", &["usher-bundle", "usher-decision", "usher-sandbox", "usher-host", "usher-store", "usher-server"]),
        ("guest-sdk/rust", &["usher-guest-macros", "workflow-heap"]),
    ];
    for (room, allowed) in rooms {
        let manifest = fs::read_to_string(root().join(room).join("Cargo.toml")).unwrap();
        let dependencies = manifest.split("[dependencies]").nth(1).unwrap_or_default();
        let dependencies = dependencies.split("\n[").next().unwrap_or_default();
        let ours = dependencies.lines().filter_map(|line| line.split(['.', ' ', '=']).next());
        let wrong: Vec<_> = ours
            .filter(|name| (name.starts_with("usher-") || *name == "workflow-heap") && !allowed.contains(name))
            .collect();
        assert!(wrong.is_empty(), "{room} depends on {wrong:?}");
        for (heavy, home) in [("wasmtime", "host/sandbox"), ("sqlx", "host/store"), ("axum", "host/server")] {
            let has = dependencies.lines().any(|line| line.starts_with(heavy));
            assert!(!has || room == home, "{room} depends on {heavy}, which only {home} may know");
        }
    }
}

#[test]
fn every_guest_is_used_by_a_test() {
    let tests: String =
        files("rs").into_iter().filter(|(name, _)| name.contains("tests/it/")).map(|(_, text)| text).collect();
    let guests = files("rs")
        .into_iter()
        .filter_map(|(name, _)| Some(name.strip_prefix("tests/guests/")?.strip_suffix(".rs")?.to_uppercase()));
    let unused: Vec<_> = guests.filter(|guest| !tests.contains(&format!("guests::{guest}"))).collect();
    no_offenders("a guest without a test", &unused);
}

#[test]
fn both_sdks_are_made_from_the_one_contract() {
    let copy = files("wit")
        .into_iter()
        .filter_map(|(name, text)| Some((name.strip_prefix("guest-sdk/typescript/wit/")?.to_owned(), text)));
    let contract =
        files("wit").into_iter().filter_map(|(name, text)| Some((name.strip_prefix("wit/")?.to_owned(), text)));
    assert_eq!(
        copy.collect::<Vec<_>>(),
        contract.collect::<Vec<_>>(),
        "copy `wit` to `guest-sdk/typescript/wit` again"
    );
}

#[test]
fn documents_name_paths_that_exist() {
    let folders = ["wit/", "guest-sdk/", "host/", "examples/", "tests/", "benches/", "docs/", ".ci/"];
    let mut missing = Vec::new();
    for (document, text) in files("md") {
        let named = text
            .split(['`', '(', ')', ' ', '\n', '"'])
            .filter(|word| folders.iter().any(|folder| word.starts_with(folder)));
        for path in named.filter(|path| !path.contains(['*', '<', '{', '…'])) {
            let path = path.trim_end_matches(['.', ',', ':', ';']);
            if !root().join(path).exists() {
                missing.push(format!("{document} names `{path}`"));
            }
        }
    }
    no_offenders("a document speaks of what is there", &missing);
}

#[test]
fn promises_name_tests_that_exist() {
    let security = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let code: String = files("rs").into_iter().map(|(_, text)| text).collect();
    let is_test = |word: &&str| {
        word.contains('_') && word.chars().all(|char| char.is_ascii_lowercase() || "_0123456789".contains(char))
    };
    let named: Vec<_> = security.split('`').skip(1).step_by(2).filter(is_test).collect();
    let missing = named.iter().filter(|name| !code.contains(&format!("fn {name}(")));
    let missing: Vec<_> = missing.map(|name| format!("SECURITY.md names `{name}`")).collect();
    no_offenders("a promise is held by a test that is there", &missing);
    for invariant in ["i1_", "i2_", "i3_", "i4_", "i5_", "i6_", "i7_", "i8_"] {
        assert!(named.iter().any(|name| name.starts_with(invariant)), "SECURITY.md names no test of {invariant}");
    }
}

#[test]
fn every_slug_of_the_newsroom_is_in_its_catalog() {
    let catalog = fs::read_to_string(root().join("examples/newsroom/catalog.toml")).unwrap();
    let catalog = usher_host::Catalog::parse(&catalog).unwrap();
    let readme = fs::read_to_string(root().join("examples/newsroom/README.md")).unwrap();
    let rows = readme.lines().filter(|line| line.starts_with("| `"));
    let plans: Vec<_> =
        rows.filter_map(|row| row.rsplit('|').nth(1)).flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    assert_eq!(plans.len(), 20, "{plans:?}");
    assert!(plans.iter().all(|plan| catalog.plan_by_slug(plan).is_some()), "{plans:?}");
}
