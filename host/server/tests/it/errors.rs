//! Errors: one shape, whatever went wrong.

use serde_json::Value;

use crate::test_server::{Reply, TestServer};

#[test]
fn every_error_has_its_golden_body() {
    let server = TestServer::start();
    let check = "/api/v1/access-checks";
    let replies = [
        ("unknown-route", server.to("GET", "/nowhere").get()),
        ("unknown-route-of-the-api", server.to("GET", "/api/v1/nowhere").get()),
        ("unknown-route-of-the-admin-api", server.to("GET", "/admin/v1/nowhere").get()),
        ("wrong-method", server.to("GET", check).get()),
        ("no-offer-redemptions", server.to("POST", "/api/v1/offer-redemptions").send("{}")),
        ("no-endpoints", server.to("PATCH", "/api/v1/envs/env_1/endpoints/a/b?c=d").send("x")),
        ("no-endpoints-at-all", server.to("GET", "/api/v1/envs/env_1/endpoints/").get()),
        ("counter-of-nobody", {
            let body = r#"{"identity": {"createAnonymousIdentifier": true}, "counterId": "c"}"#;
            server.to("POST", "/api/v1/counter-updates").send(body)
        }),
        ("no-surface-slug", {
            let body = r#"{"identity": {"anonymousIdentifier": "a"}}"#;
            server.to("POST", "/api/v1/surface-decisions").send(body)
        }),
        ("unknown-surface", {
            let body = r#"{"identity": {"userJwt": "not even looked at"}, "surfaceSlug": "none"}"#;
            server.to("POST", "/api/v1/surface-decisions").send(body)
        }),
        ("path-that-is-no-text", server.to("GET", "/admin/v1/users/anonymous/%FF").get()),
        ("no-key", server.to("POST", check).no_key().send("{}")),
        ("wrong-kind-of-key", server.to("POST", check).key(&server.keys.admin).send("{}")),
        ("not-json", server.to("POST", check).send("{")),
        ("nothing", server.to("POST", check).send("")),
        ("no-object", server.to("POST", check).send(r#"[["a"]]"#)),
        ("member-of-another-type", server.to("POST", check).send(r#"{"identity": {"anonymousIdentifier": 1}}"#)),
        ("no-identity", server.to("POST", check).send(r#"{"identity": {}}"#)),
        ("bad-jwt", server.to("POST", check).send(r#"{"identity": {"userJwt": "x"}}"#)),
        ("bad-slug", server.to("PUT", "/admin/v1/workflows/-x").send("")),
        ("refused-module", server.to("PUT", "/admin/v1/workflows/x").send("hello")),
        ("unknown-workflow", server.to("DELETE", "/admin/v1/workflows/x").get()),
        ("bad-catalog", server.publish("[plans.a]\nnmae = 1\n[plan]\n")),
        ("unknown-slugs", {
            let declares_plans = std::fs::read(usher_tests::guests::DECLARES_PLANS).unwrap();
            server.to("PUT", "/admin/v1/workflows/x").send(declares_plans)
        }),
        ("nothing-is-decided", nothing_decided(&server, &server.keys.secret)),
        ("nothing-is-decided-for-a-public-key", nothing_decided(&server, &server.keys.public)),
        ("last-admin-key", {
            let keys = server.to("GET", "/admin/v1/keys").get().json();
            let admin = keys.as_array().unwrap().iter().find(|key| key["kind"] == "admin").unwrap();
            server.to("DELETE", &format!("/admin/v1/keys/{}", admin["id"].as_str().unwrap())).get()
        }),
    ];
    let mut found = String::new();
    for (name, reply) in replies {
        assert_eq!(reply.header("content-type"), Some("application/json"), "{name}");
        assert!(reply.header("x-request-id").is_some(), "{name}");
        assert_eq!(reply.json()["statusCode"], Value::from(reply.status), "{name}");
        found.push_str(&format!("{name}\n{} {}\n\n", reply.status, without_key_ids(&reply.body)));
    }
    check_golden(&found);
}

/// The answer to an access check in which a workflow fails without which nothing is decided.
fn nothing_decided(server: &TestServer, key: &str) -> Reply {
    server.publish("[workflows.w.on-failure]\nrefused = 'fail'\n").ok();
    let refuses = std::fs::read(usher_tests::guests::REFUSES).unwrap();
    server.to("PUT", "/admin/v1/workflows/w?deadline-ms=10000").send(refuses).ok();
    server.to("POST", "/api/v1/access-checks").key(key).send(r#"{"identity": {"anonymousIdentifier": "a"}}"#)
}

/// Ids of keys are random.
fn without_key_ids(body: &str) -> String {
    let mut parts = body.split("key_");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str("key_…");
        text.push_str(part.trim_start_matches(|digit: char| digit.is_ascii_hexdigit()));
    }
    text
}

#[track_caller]
fn check_golden(found: &str) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/errors.txt");
    if option_env!("USHER_UPDATE_GOLDEN").is_some() {
        std::fs::write(path, found).unwrap();
    }
    let golden = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(found, golden, "if this is meant: USHER_UPDATE_GOLDEN=1 cargo test -p usher-server --test it errors");
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    let server = TestServer::start();
    assert_eq!(server.to("GET", "/api/v1/access-checks").get().header("allow"), Some("POST"));
    assert_eq!(server.to("POST", "/healthz").send("").header("allow"), Some("GET,HEAD"));
    let allow = server.to("POST", "/admin/v1/workflows/a").send("").header("allow").unwrap().to_owned();
    assert_eq!(allow, "GET,HEAD,PUT,DELETE");
}

#[test]
fn a_refused_key_is_told_how_to_come_in() {
    let server = TestServer::start();
    let reply = server.to("GET", "/admin/v1/keys").no_key().get();
    assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
}

#[test]
fn hostile_paths_and_queries_are_the_callers_fault() {
    let server = TestServer::start();
    server.to("PUT", "/admin/v1/users/authenticated/%FF/customer").send("{}").check_error(400, "path: ");
    server.to("PUT", "/admin/v1/users/authenticated/%00/customer").send("{}").check_error(400, "control character");
    server
        .to("PUT", "/admin/v1/users/robot/a/customer")
        .send("{}")
        .check_error(400, "unknown variant `robot`, expected `authenticated` or `anonymous`");
    server.to("PUT", "/admin/v1/workflows/a?fuel=-1").send("").check_error(400, "query: ");
    server.to("PUT", "/admin/v1/workflows/a?fule=1").send("").check_error(400, "unknown field `fule`");
    server.to("PUT", "/admin/v1/workflows/a?fuel=0").send("").check_error(400, "`fuel`: expected 1 to");
    server.to("PUT", "/admin/v1/catalog").send(b"\xff").check_error(400, "UTF-8");
}

/// What stands for an object by the order of its members is refused everywhere: nobody means it.
#[test]
fn an_array_is_no_object() {
    let server = TestServer::start();
    let reader = r#"{"anonymousIdentifier": "a"}"#;
    for (method, path, body, message) in [
        ("POST", "/api/v1/access-checks", format!("[{reader}]"), "expected an object"),
        ("POST", "/api/v1/access-checks", r#"{"identity": ["a"]}"#.to_owned(), "`identity`: expected an object"),
        (
            "POST",
            "/api/v1/access-checks",
            format!(r#"{{"identity": {reader}, "resource": ["a"]}}"#),
            "`resource`: expected an object",
        ),
        ("POST", "/api/v1/surface-decisions", format!(r#"[{reader}, "s"]"#), "expected an object"),
        ("POST", "/api/v1/counter-updates", format!(r#"[{reader}, "c"]"#), "expected an object"),
        ("POST", "/admin/v1/keys", r#"["secret"]"#.to_owned(), "expected an object"),
        ("PUT", "/admin/v1/users/anonymous/a/customer", "[[], []]".to_owned(), "expected an object"),
        (
            "PUT",
            "/admin/v1/identity-links",
            r#"{"source": ["a", "anonymous"]}"#.to_owned(),
            "`source`: expected an object",
        ),
        ("POST", "/admin/v1/users/anonymous/a/explain", "[]".to_owned(), "expected an object"),
    ] {
        server.to(method, path).send(body).check_error(400, &format!("Invalid JSON body: {message}, found an array"));
    }
}
