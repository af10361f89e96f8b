//! `usher typegen`: a catalog in, types out, and a file that is held to them.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::usher::{Served, check_failure, file, run, text, usher};

const NEWSROOM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/newsroom/catalog.toml");
const HEAD: &str = "// Written by `usher typegen` from the catalog; run it again instead of editing.\n";

/// Everything that is hard to name, and lines that are too long.
fn awkward() -> String {
    let long = "x".repeat(64);
    let name = r#"name = "[a]\r*/ <b>""#;
    format!("[plans.a-b]\n[plans.a_b]\n[plans.3-day]\n{name}\n[plans.self]\n[plans.VIP]\n[plans.{long}]\n")
}

/// What a command answers, which has to succeed.
#[track_caller]
fn answer(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What a check answers, with its exit code.
fn checked(arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(&[arguments, &["--check"]].concat());
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_newsroom_has_the_golden_types() {
    // Those in TypeScript are the ones that the newsroom's workflows are checked against.
    for (lang, name) in [("ts", "../../examples/newsroom/usher-catalog.d.ts"), ("rust", "tests/golden/newsroom.rs")] {
        let found = answer(&["typegen", "--lang", lang, "--catalog", NEWSROOM]);
        assert!(found.starts_with(HEAD));
        let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
        if option_env!("USHER_UPDATE_GOLDEN").is_some() {
            std::fs::write(&path, &found).unwrap();
        }
        let golden = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(found, golden, "if this is meant: USHER_UPDATE_GOLDEN=1 cargo test -p usher-cli --test it typegen");
    }
}

/// A tool of the compiler, which has to be satisfied. Where there is none, the test says that it is skipped.
#[track_caller]
#[expect(clippy::print_stdout, reason = "a skip is said aloud")]
fn satisfied(tool: &str, folder: &TempDir, arguments: &[&str]) -> bool {
    let Ok(output) = Command::new(tool).args(arguments).current_dir(folder.path()).output() else {
        assert!(option_env!("USHER_REQUIRE_ALL").is_none(), "expected `{tool}`");
        println!("skipped: there is no `{tool}`");
        return false;
    };
    let said = [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    assert!(output.status.success(), "{said:?}");
    true
}

#[test]
fn rust_is_formatted_and_silent_under_strict_lints() {
    let folder = tempfile::tempdir().unwrap();
    let sdk = "pub trait PlanSlugs { const SLUGS: &'static [&'static str]; }\n";
    let library = ["--edition", "2024", "--crate-type", "lib", "-D", "warnings"];
    let sdk = file(&folder, "usher_guest.rs", sdk);
    if !satisfied("rustc", &folder, &[library.as_slice(), &[&sdk]].concat()) {
        return;
    }
    let newsroom = std::fs::read_to_string(NEWSROOM).unwrap();
    for catalog in [newsroom, awkward(), String::new(), "[plans.one]\n".to_owned()] {
        let catalog = file(&folder, "catalog.toml", catalog);
        answer(&["typegen", "--lang", "rust", "--catalog", &catalog, "--out", &text(&folder.path().join("plans.rs"))]);
        satisfied("rustfmt", &folder, &["--check", "--edition", "2024", "plans.rs"]);
        satisfied("rustfmt", &folder, &["--check", "--config", "max_width=120,use_small_heuristics=Max", "plans.rs"]);
        file(&folder, "workflow.rs", "//! A workflow.\nmod plans;\n");
        file(&folder, "library.rs", "//! A library.\npub mod plans;\n");
        let lints = ["-W", "missing_docs", "-W", "unreachable_pub", "-W", "unused", "-W", "rust-2018-idioms"];
        for crate_of_it in ["workflow.rs", "library.rs"] {
            satisfied(
                "rustc",
                &folder,
                &[&library[..], &lints, &["--extern", "usher_guest", "-L.", crate_of_it]].concat(),
            );
        }
    }
}

#[test]
fn a_file_is_written_once_and_found_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = file(&folder, "catalog.toml", "[plans.gold]\n[plans.silver]\n[features.article]\n");
    for (lang, name) in [("ts", "usher.d.ts"), ("rust", "plans.rs")] {
        let out = text(&folder.path().join(name));
        let typegen = ["typegen", "--lang", lang, "--catalog", &catalog, "--out", &out];
        assert_eq!(answer(&typegen), format!("`{out}` is written: 2 plans, 1 features\n"));
        let types = std::fs::read_to_string(&out).unwrap();
        assert_eq!(types, answer(&typegen[..5]));
        assert_eq!(checked(&typegen), (Some(0), format!("`{out}` is up to date\n")));

        // As a checkout on Windows has it. It is not written again, so that nothing is built again.
        let windows = types.replace('\n', "\r\n");
        std::fs::write(&out, &windows).unwrap();
        assert_eq!(checked(&typegen).0, Some(0));
        assert_eq!(answer(&typegen), format!("`{out}` is up to date\n"));
        assert_eq!(std::fs::read_to_string(&out).unwrap(), windows);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "nothing else is left behind");
}

#[test]
fn a_stale_file_says_what_differs_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let catalog = file(&folder, "the catalog.toml", "[plans.gold]\n[plans.silver]\n");
    for (lang, name) in [("ts", "usher.d.ts"), ("rust", "plans.rs")] {
        let out = text(&folder.path().join(name));
        let typegen = ["typegen", "--lang", lang, "--catalog", &catalog, "--out", &out];
        let mends = format!("\nrun: usher typegen --lang {lang} --catalog '{catalog}' --out {out}\n");
        let check = |text: &str, expected: &str| {
            std::fs::write(&catalog, text).unwrap();
            assert_eq!(checked(&typegen), (Some(1), format!("`{out}` {expected}{mends}")));
        };
        check("[plans.gold]\n[plans.silver]\n", "is missing");
        assert!(!Path::new(&out).exists(), "a check writes nothing");
        answer(&typegen);
        let before = std::fs::read_to_string(&out).unwrap();
        check(
            "[plans.gold]\n[plans.day-pass]\n[plans.x]\n",
            "is not up to date: the catalog has gained `day-pass`, `x` and lost `silver`",
        );
        check("[plans.gold]\n", "is not up to date: the catalog has lost `silver`");
        check(
            "[plans.gold]\nname = 'Au'\n[plans.silver]\n",
            "is not up to date: the plans are the same, and something else differs",
        );
        check(
            "[plans.silver]\n[plans.gold]\n",
            "is not up to date: the plans are the same, and something else differs",
        );
        assert_eq!(std::fs::read_to_string(&out).unwrap(), before, "a check writes nothing");
        std::fs::write(&out, "").unwrap();
        check("[plans.gold]\n", "is not up to date: the catalog has gained `gold`");
    }
}

#[test]
fn the_catalog_can_be_that_of_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let mut served = Served::start(&folder.path().join("data"), &["--catalog", NEWSROOM]);
    let secret = served.value("USHER_SECRET_KEY");
    let (_public, admin) = (served.value("USHER_PUBLIC_KEY"), served.value("USHER_ADMIN_KEY"));
    let url = served.url.clone();
    for lang in ["ts", "rust"] {
        let of_file = answer(&["typegen", "--lang", lang, "--catalog", NEWSROOM]);
        assert_eq!(answer(&["typegen", "--lang", lang, "--url", &url, "--key", &admin]), of_file);
        let mut by_environment = usher(&["typegen", "--lang", lang]);
        by_environment.env("USHER_URL", &url).env("USHER_ADMIN_KEY", &admin);
        assert_eq!(String::from_utf8(by_environment.output().unwrap().stdout).unwrap(), of_file);
    }
    let out = text(&folder.path().join("plans.rs"));
    let (code, said) = checked(&["typegen", "--lang", "rust", "--url", &url, "--key", &admin, "--out", &out]);
    let expected =
        format!("`{out}` is missing\nrun: usher typegen --lang rust --url {url} --key ADMIN_KEY --out {out}\n");
    assert_eq!((code, said), (Some(1), expected), "no key is shown");

    // A flag outweighs the environment.
    let catalog = file(&folder, "catalog.toml", "[plans.gold]\n");
    let mut of_file = usher(&["typegen", "--lang", "ts", "--catalog", &catalog]);
    let of_file = of_file.env("USHER_URL", &url).env("USHER_ADMIN_KEY", &admin).output().unwrap();
    assert!(String::from_utf8(of_file.stdout).unwrap().contains("plan: \"gold\";"));

    let fail = |url: &str, key: &str, message: &str| {
        check_failure(&["typegen", "--lang", "ts", "--url", url, "--key", key], 2, message);
    };
    fail(&url, &secret, "error: expected an admin key here");
    fail("http://127.0.0.1:1", &admin, "error: the server at `http://127.0.0.1:1` cannot be asked");
    fail(&format!("{url}/elsewhere"), &admin, "error: ");
}

#[test]
fn what_has_no_types_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let fail = |more: &[&str], message: &str| {
        check_failure(&[&["typegen", "--lang"], more].concat(), 2, message);
    };
    let broken = file(&folder, "broken.toml", "[plans.gold]\nnmae = 'Au'\n");
    fail(
        &["ts", "--catalog", &broken],
        &format!("error: the catalog `{broken}` cannot be used: line 2: `plans.gold.nmae`: unknown key"),
    );
    fail(&["ts", "--catalog", "none.toml"], "error: the catalog `none.toml` cannot be read: ");
    let cases = file(&folder, "cases.toml", "[plans.vip]\n[plans.VIP]\n");
    fail(&["rust", "--catalog", &cases], "`vip` and `VIP` would both be `Plan::Vip`");

    let source = "<--catalog <FILE>|--url <URL>>";
    fail(&["ts"], source);
    fail(&["ts", "--url", "http://127.0.0.1:1"], "--key <ADMIN_KEY>");
    fail(&["ts", "--catalog", NEWSROOM, "--url", "http://127.0.0.1:1"], "expected one of them");
    fail(&["ts", "--catalog", NEWSROOM, "--check"], "--out <FILE>");
    fail(&["go", "--catalog", NEWSROOM], "[possible values: ts, rust]");
    fail(&["ts", "--catalog", NEWSROOM, "--out", "types.ts"], "expected a name that ends in `.d.ts`");

    let nowhere = text(&folder.path().join("none/plans.rs"));
    fail(
        &["rust", "--catalog", NEWSROOM, "--out", &nowhere],
        &format!("error: the file `{nowhere}` cannot be written"),
    );
    let directory = text(folder.path());
    fail(
        &["rust", "--catalog", NEWSROOM, "--out", &directory],
        &format!("error: the file `{directory}` cannot be read"),
    );
}
