//! `usher serve`: its lines, its keys, its end.

use crate::usher::{Served, check_failure, file, text};

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_used_is_said_at_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(&folder.path().join("data"));
    let garbage = file(&folder, "garbage", "hello");
    let serve = |flag: &str, value: &str, code: i32, message: &str| {
        check_failure(&["serve", "--listen", "127.0.0.1:0", "--data", &data, flag, value], code, message);
    };
    serve("--geography", &garbage, 1, "expected a whole file in MaxMind's format");
    serve("--geography", "none.mmdb", 1, "geography database `none.mmdb`");
    serve("--crawler-ranges", &format!("Googlebot={garbage}"), 1, "expected JSON of the form");
    serve("--crawler-ranges", &garbage, 2, "expected a product and a file");
    serve("--trusted-proxy", "everybody", 2, "--trusted-proxy");
    assert!(!folder.path().join("data").exists(), "nothing was made");
}

#[test]
fn keys_are_shown_once_and_a_signal_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut first = Served::start(&data, &[]);
    for (name, prefix) in [("SECRET", "sk_env_"), ("PUBLIC", "pk_env_"), ("ADMIN", "ak_env_")] {
        assert!(first.value(&format!("USHER_{name}_KEY")).starts_with(prefix));
    }
    let health = ureq::get(format!("{}/healthz", first.url)).config().proxy(None).build().call().unwrap();
    assert_eq!(health.status(), 200);
    assert_eq!(first.terminate(), (Some(0), String::new()));

    let second = Served::start(&data, &[]);
    assert_eq!(second.terminate(), (Some(0), String::new()), "no keys a second time");
}

#[cfg(unix)]
#[test]
fn a_catalog_is_published_when_it_differs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let catalog = file(&folder, "catalog.toml", "[plans.reader]\n");
    let release = || {
        let served = Served::start(&data, &["--catalog", &catalog]);
        let ready = ureq::get(format!("{}/readyz", served.url)).config().proxy(None).build().call().unwrap();
        let body = ready.into_body().read_to_string().unwrap();
        assert_eq!(served.terminate().0, Some(0));
        body
    };
    assert!(release().starts_with(r#"{"release":1,"#));
    assert!(release().starts_with(r#"{"release":1,"#), "the same catalog makes no release");
    std::fs::write(&catalog, "[plans.gold]\n").unwrap();
    assert!(release().starts_with(r#"{"release":2,"#));
}

#[test]
fn a_wrong_start_says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(&folder.path().join("data"));
    let catalog = file(&folder, "catalog.toml", "[plans.reader]\nnmae = 'x'\n");
    let start = |more: &[&str], message: &str| {
        let arguments = [&["serve", "--listen", "127.0.0.1:0", "--data", &data], more].concat();
        check_failure(&arguments, 1, message);
    };
    start(&["--catalog", &catalog], "cannot be published: line 2: `plans.reader.nmae`: unknown key");
    start(&["--catalog", "none.toml"], "the catalog `none.toml` cannot be read");
    start(&["--database", "mysql://u:secret@db/x"], "expected `sqlite://PATH`");
    check_failure(&["serve", "--listen", "nowhere"], 2, "--listen");
    for deadline in ["0", "10001"] {
        check_failure(&["serve", "--decision-deadline-ms", deadline], 2, "--decision-deadline-ms");
    }
    start(&["--decision-deadline-ms", "10000", "--catalog", "none.toml"], "cannot be read");
}

/// A start that failed has used nothing up.
#[cfg(unix)]
#[test]
fn keys_are_shown_by_the_first_start_that_works() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let bad = file(&folder, "catalog.toml", "nonsense");
    check_failure(&["serve", "--listen", "127.0.0.1:0", "--data", &text(&data), "--catalog", &bad], 1, "line 1");
    let mut served = Served::start(&data, &[]);
    assert!(served.value("USHER_SECRET_KEY").starts_with("sk_"));
}

/// Whatever is logged at the most talkative level: no key, no token, nothing of a user.
#[cfg(unix)]
#[test]
fn the_log_holds_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut served =
        Served::logging_to(&folder.path().join("data"), &["--log-level", "debug", "--log-format", "json"], &log);
    let keys = ["SECRET", "PUBLIC", "ADMIN"].map(|name| served.value(&format!("USHER_{name}_KEY")));
    let [secret, _, admin] = &keys;
    let send = |method: &str, path: &str, key: &str, body: &str| {
        let request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", served.url));
        let request = request.header("authorization", format!("Bearer {key}")).body(body.to_owned()).unwrap();
        let config = ureq::Agent::config_builder().proxy(None).http_status_as_error(false);
        config.build().new_agent().run(request).unwrap().status().as_u16()
    };
    let data = "/admin/v1/users/anonymous/private-reader/custom-data/trial";
    assert_eq!(send("PUT", data, admin, r#"{"name": "private-value"}"#), 200);
    let body = r#"{"identity": {"userJwt": "private.jwt.text"}}"#;
    assert_eq!(send("POST", "/api/v1/access-checks", secret, body), 401);
    assert_eq!(served.terminate().0, Some(0));

    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("/api/v1/access-checks") && log.contains(r#""status":401"#), "{log}");
    for private in keys.iter().map(String::as_str).chain(["private-reader", "private-value", "private.jwt.text"]) {
        assert!(!log.contains(private), "{private} is in {log}");
    }
}

/// What an operator looks for in the log: which request, which key, and a secret that others may read.
#[cfg(unix)]
#[test]
fn the_log_says_what_was_refused_to_whom() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let mut first = Served::start(&data, &[]);
    first.value("USHER_SECRET_KEY");
    first.value("USHER_PUBLIC_KEY");
    let admin = first.value("USHER_ADMIN_KEY");
    assert_eq!(first.terminate().0, Some(0));
    std::fs::set_permissions(data.join("secret.key"), PermissionsExt::from_mode(0o644)).unwrap();

    let served = Served::logging_to(&data, &["--log-format", "json"], &log);
    let create = |key: &str, request_id: &str, body: &str| -> (u16, serde_json::Value) {
        let request = ureq::http::Request::post(format!("{}/admin/v1/keys", served.url));
        let request = request.header("authorization", format!("Bearer {key}")).header("x-request-id", request_id);
        let config = ureq::Agent::config_builder().proxy(None).http_status_as_error(false);
        let answer = config.build().new_agent().run(request.body(body.to_owned()).unwrap()).unwrap();
        (answer.status().as_u16(), serde_json::from_reader(answer.into_body().into_reader()).unwrap())
    };
    let (_, reader) = create(&admin, "edge-6", r#"{"kind": "admin", "scopes": ["read"]}"#);
    let refused = create(reader["key"].as_str().unwrap(), "edge-7", r#"{"kind": "admin"}"#);
    assert_eq!(refused.0, 403, "{}", refused.1);
    assert_eq!(create(&admin, "<evil>", "{").0, 400);
    assert_eq!(served.terminate().0, Some(0));

    let log = std::fs::read_to_string(log).unwrap();
    let line = |parts: &[&str]| log.lines().any(|line| parts.iter().all(|part| line.contains(part)));
    assert!(line(&["WARN", "secret.key", "0600"]), "{log}");
    let reader = reader["id"].as_str().unwrap();
    assert!(line(&["INFO", "edge-6", "a key was created", reader]), "{log}");
    assert!(line(&["WARN", "edge-7", "lacks the scope", reader, r#""needed":"keys""#]), "{log}");
    assert!(!log.contains("<evil>"), "{log}");
}
