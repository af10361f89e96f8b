//! The commands with real workflows: what authors and operators do, from a file to what is live.

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};
use usher_tests::{guests, newsroom};

use crate::usher::{Served, check_failure, file, run, text, usher};

/// The workflows of the newsroom, where their requests lie, and what each answers to its own.
const NEWSROOM: [(&str, &str, &[&str]); 8] = [
    ("campaign", newsroom::CAMPAIGN, &["newsletter-reader"]),
    ("crawlers", newsroom::CRAWLERS, &["excerpt"]),
    ("device", newsroom::DEVICE, &["pocket"]),
    ("experiment", newsroom::EXPERIMENT, &["soft-paywall"]),
    ("happy-hour", newsroom::HAPPY_HOUR, &["happy-hour", "advent"]),
    ("legal-geography", newsroom::LEGAL_GEOGRAPHY, &["blackout"]),
    ("membership", newsroom::MEMBERSHIP, &["premium", "archive-pass"]),
    ("trial", newsroom::TRIAL, &["premium-trial"]),
];

fn json_of(arguments: &[&str], code: i32) -> Value {
    let output = run(arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn every_workflow_of_the_newsroom_answers_its_own_request() {
    for (name, module, slugs) in NEWSROOM {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/newsroom/workflows");
        let request = format!("{folder}/{name}/request.json");
        let report = json_of(&["run", module, "--request", &request, "--json", "--deadline-ms", "10000"], 0);
        assert_eq!((&report["outcome"], &report["slugs"]), (&json!("ok"), &json!(slugs)), "{name}");
        assert!(report["fuel"].as_u64().is_some_and(|fuel| fuel < 1_000_000), "{name}: {report}");
    }
}

#[test]
fn a_run_that_fails_says_how() {
    let folder = tempfile::tempdir().unwrap();
    let request = file(&folder, "request.json", "{}");
    for (module, outcome) in
        [(guests::PANICS, "trapped"), (guests::ENDLESS_LOOP, "out-of-fuel"), (guests::REFUSES, "refused")]
    {
        let report = json_of(&["run", module, "--request", &request, "--json", "--deadline-ms", "10000"], 1);
        assert_eq!((&report["outcome"], &report["slugs"]), (&json!(outcome), &json!([])));
        assert!(report["error"].is_string());
    }
    let panic = json_of(&["run", guests::PANICS, "--request", &request, "--json", "--deadline-ms", "10000"], 1);
    assert_eq!(panic["log"], json!(["error: panicked at tests/guests/panics.rs:8:5: no tier for visitor-1"]));
}

#[test]
fn requests_are_answered_line_by_line() {
    let lines = concat!(
        r#"{"identity": {"userType": "authenticated", "jwtClaims": {"tier": "basic"}}}"#,
        "\n{\"identty\": {}}\n\n{}\n"
    );
    let mut child = usher(&["run", newsroom::MEMBERSHIP, "--request", "-", "--deadline-ms", "10000"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let outcomes: Vec<_> = answers.iter().map(|answer| answer["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["ok", "bad-request", "bad-request", "ok"]);
    assert_eq!((&answers[0]["slugs"], &answers[3]["slugs"]), (&json!(["basic"]), &json!([])));
    assert!(answers[1]["error"].as_str().unwrap().contains("unknown field `identty`"), "{answers:?}");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_bench_says_what_a_decision_costs() {
    let request = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/newsroom/workflows/trial/request.json");
    let bench = ["bench", newsroom::TRIAL, "--request", request, "--runs", "20", "--deadline-ms", "10000"];
    let report = json_of(&[&bench[..], &["--json"]].concat(), 0);
    let run = json_of(&["run", newsroom::TRIAL, "--request", request, "--json", "--deadline-ms", "10000"], 0);
    assert_eq!(
        (&report["outcome"], &report["runs"], &report["fuel"]["used"]),
        (&json!("ok"), &json!(20), &run["fuel"])
    );
    assert_eq!((&report["slugs"]["used"], &report["lookups"]["used"]), (&json!(1), &json!(1)));
    let memory = report["memoryBytes"]["used"].as_u64().unwrap();
    assert!(memory >= 64 << 10 && memory.is_multiple_of(64 << 10), "{report}");
    assert!(report["freshMicros"]["p50"].as_f64().unwrap() <= report["freshMicros"]["p99"].as_f64().unwrap());
    let said = String::from_utf8(crate::usher::run(&bench).stdout).unwrap();
    assert!(said.contains("lookups  1 of 32 (4 %)\n"), "{said}");

    // The limit on memory flips the outcome where the figure says.
    let at = |bytes: u64| [&bench[..], &["--json", "--memory-bytes", &bytes.to_string()]].concat().join(" ");
    assert_eq!(json_of(&at(memory).split(' ').collect::<Vec<_>>(), 0)["outcome"], "ok");
    assert_eq!(json_of(&at(memory - 1).split(' ').collect::<Vec<_>>(), 1)["outcome"], "memory");
}

#[cfg(target_os = "linux")]
#[test]
fn a_bench_says_how_much_memory_a_run_touches() {
    let folder = tempfile::tempdir().unwrap();
    let touched = |bytes: u64| {
        let identity = json!({"userType": "authenticated", "jwtClaims": {"bytes": bytes}});
        let request = file(&folder, "request.json", json!({"identity": identity}).to_string());
        let bench = ["bench", guests::EATS_MEMORY, "--request", &request, "--runs", "1", "--deadline-ms", "10000"];
        json_of(&[&bench[..], &["--json"]].concat(), 0)["touchedBytes"].as_u64().unwrap()
    };
    let (none, one, four) = (touched(0), touched(1 << 20), touched(4 << 20));
    assert!((4 << 10..1 << 20).contains(&none), "{none} bytes");
    assert_eq!(four - one, 3 << 20, "{none}, {one} and {four} bytes");
}

#[test]
fn a_check_says_what_a_module_is_and_whether_it_may_run() {
    let admitted = json_of(&["check", newsroom::TRIAL, "--json"], 0);
    assert_eq!((&admitted["verdict"], &admitted["reason"]), (&json!("admitted"), &Value::Null));
    assert!(admitted["imports"].as_array().unwrap().contains(&json!("usher:provisioning/identity@0.1.0")));
    let sdk = json!({"name": "usher-guest", "version": env!("CARGO_PKG_VERSION")});
    let manifest = json!({"contract": "0.1.0", "sdk": sdk, "workflow": "newsroom-trial", "plans": null});
    assert_eq!(admitted["manifest"], manifest);
    let refused = json_of(&["check", guests::FIRES_TRIGGER, "--json"], 1);
    assert_eq!((&refused["verdict"], &refused["kind"]), (&json!("refused"), &json!("forbidden-import")));
    assert!(refused["reason"].as_str().unwrap().contains("usher:provisioning/triggers@0.1.0#fire"));
}

#[test]
fn a_check_says_what_a_module_says_of_itself() {
    let rows = |path: &str| {
        let said = String::from_utf8(run(&["check", path]).stdout).unwrap();
        let rows = said.lines().filter_map(|line| {
            let (name, value) = line.split_once(' ')?;
            ["sdk", "workflow", "plans", "manifest"].contains(&name).then(|| format!("{name}: {}", value.trim_start()))
        });
        rows.collect::<Vec<_>>()
    };
    let sdk = concat!("sdk: usher-guest ", env!("CARGO_PKG_VERSION"));
    let declared = [sdk, "workflow: usher-test-guests", "plans: premium, registered"];
    assert_eq!(rows(guests::DECLARES_PLANS), declared);
    assert_eq!(rows(newsroom::TRIAL), [sdk, "workflow: newsroom-trial", "plans: unknown"]);
    assert_eq!(rows(guests::ASYNC_WORLD), ["manifest: none"]);
}

/// The server's words reach whoever pushes, whether it refuses or warns.
#[test]
fn a_push_of_unknown_plans_is_refused_or_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let mut served = Served::start(&folder.path().join("data"), &[]);
    let (_secret, _public) = (served.value("USHER_SECRET_KEY"), served.value("USHER_PUBLIC_KEY"));
    let (url, admin) = (served.url.clone(), served.value("USHER_ADMIN_KEY"));
    let push = ["push", guests::DECLARES_PLANS, "--slug", "tier", "--url", &url, "--key", &admin];
    check_failure(&push, 1, "`premium` of workflow `tier`, `registered` of workflow `tier`");
    check_failure(&push, 1, "or to pass `allow-unknown-slugs=true` (`usher push --allow-unknown-slugs`)");
    let pushed = run(&[&push[..], &["--allow-unknown-slugs"]].concat());
    let said = String::from_utf8(pushed.stdout).unwrap();
    let lines: Vec<_> = said.lines().collect();
    assert_eq!((pushed.status.code(), lines.len()), (Some(0), 3), "{said}");
    assert!(lines[0].starts_with("workflow `tier` is live: release 1, "), "{said}");
    assert!(lines[1].starts_with("warning: workflow `tier` can return `premium`, which no plan"), "{said}");
    assert!(lines[2].starts_with("warning: workflow `tier` can return `registered`, "), "{said}");
}

/// Compiled code lies beside the database, whichever flag says where that is.
#[test]
fn compiled_code_is_kept_beside_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let kept = |place: &str| std::fs::read_dir(folder.path().join(place)).map_or(0, Iterator::count);
    let echo = |served: &Served, admin: &str, code| {
        json_of(&["push", guests::ECHO, "--slug", "echo", "--url", &served.url, "--key", admin, "--json"], code)
    };
    let data = folder.path().join("data");
    let mut served = Served::start(&data, &[]);
    let _others = [served.value("USHER_SECRET_KEY"), served.value("USHER_PUBLIC_KEY")];
    let admin = served.value("USHER_ADMIN_KEY");
    assert_eq!((kept("data/compile-cache"), kept("data/artifacts")), (0, 0));
    echo(&served, &admin, 0);
    assert!(kept("data/compile-cache") > 0 && kept("data/artifacts") == 1);

    let elsewhere = format!("sqlite://{}", text(&folder.path().join("elsewhere/usher.db")));
    let mut other = Served::start(&folder.path().join("unused"), &["--database", &elsewhere]);
    let _others = [other.value("USHER_SECRET_KEY"), other.value("USHER_PUBLIC_KEY")];
    let key = other.value("USHER_ADMIN_KEY");
    echo(&other, &key, 0);
    assert!(kept("elsewhere/artifacts") == 1 && !folder.path().join("unused").exists());

    std::fs::remove_dir_all(data.join("compile-cache")).unwrap();
    std::fs::write(data.join("compile-cache"), "no folder").unwrap();
    let push = ["push", guests::ECHO, "--slug", "again", "--url", &served.url, "--key", &admin];
    check_failure(&push, 1, "the server failed; its operator finds the reason in the log");
}

/// What a push was told is live is live after the power went out.
#[cfg(unix)]
#[test]
fn i7_a_push_that_succeeded_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let catalog = file(&folder, "catalog.toml", "[plans.premium-trial]\n[plans.call-1]\n");
    let (secret, admin) = {
        let mut first = Served::start(&data, &["--catalog", &catalog]);
        (first.value("USHER_SECRET_KEY"), (first.value("USHER_PUBLIC_KEY"), first.value("USHER_ADMIN_KEY")).1)
        // Dropping it kills it with SIGKILL.
    };
    for round in 0..5 {
        let served = Served::start(&data, &[]);
        let slug = format!("counts-{round}");
        let pushed = ["push", guests::COUNTS, "--slug", &slug, "--url", &served.url, "--key", &admin, "--json"];
        assert_eq!(json_of(&pushed, 0)["loaded"], true);
    }
    let served = Served::start(&data, &[]);
    let ask = |method: &str, path: &str, key: &str, body: &str| -> Value {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", served.url));
        let request = request.header("authorization", format!("Bearer {key}")).body(body.to_owned()).unwrap();
        let agent = ureq::Agent::config_builder().proxy(None).allow_non_standard_methods(true).build().new_agent();
        serde_json::from_reader(agent.run(request).unwrap().into_body().into_reader()).unwrap()
    };
    let workflows = ask("GET", "/admin/v1/workflows", &admin, "");
    let loaded = workflows.as_array().unwrap().iter().filter(|workflow| workflow["loaded"] == true);
    assert_eq!(loaded.count(), 5, "{workflows}");
    let answer = ask("POST", "/api/v1/access-checks", &secret, r#"{"identity": {"anonymousIdentifier": "reader-1"}}"#);
    // Not what they answered, which is for the clock to say: an upload has 50 ms.
    assert_eq!(answer["diagnostics"]["workflows"].as_array().map(Vec::len), Some(5), "{answer}");
}
