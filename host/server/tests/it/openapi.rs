//! The OpenAPI document: the golden one, and true of what the server answers.

use serde_json::{Value, json};

use crate::test_server::{Reply, TestServer};

const CATALOG: &str = r##"
[features.f.properties]
meter = { type = "meterable" }
number = { type = "number" }
text = { type = "string", order = ["sd", "hd"] }
flag = { type = "boolean", fallback = true }

[plans.visitor]
assign = ["anonymous"]
[plans.visitor.features.f]
meter = { limit = 3, per = "day" }
number = 1.5
text = "hd"

[surfaces.page.properties]
layout = "wide"
[surfaces.page.components.wall]
css-selector = "#wall"
[surfaces.page.components.bare]
"##;

#[test]
fn the_document_is_the_golden_one() {
    let server = TestServer::start();
    let document = server.to("GET", "/openapi.json").no_key().get().ok().json();
    let mut found = serde_json::to_string_pretty(&document).unwrap();
    found.push('\n');
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    if option_env!("USHER_UPDATE_GOLDEN").is_some() {
        std::fs::write(path, &found).unwrap();
    }
    let golden = std::fs::read_to_string(path).unwrap_or_default();
    assert!(found == golden, "if this is meant: USHER_UPDATE_GOLDEN=1 cargo test -p usher-server --test it openapi");
}

/// Holds an answer to what the document says of it.
#[track_caller]
fn check(document: &Value, method: &str, path: &str, reply: &Reply) {
    let response = &document["paths"][path][method]["responses"][reply.status.to_string()];
    let content = response["content"].as_object().and_then(|contents| contents.values().next());
    let content = content.expect("a documented status");
    let schema = json!({"allOf": [content["schema"]], "components": document["components"]});
    let validator = jsonschema::validator_for(&schema).unwrap();
    let body = reply.json();
    let problems: Vec<_> =
        validator.iter_errors(&body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(problems.is_empty(), "{method} {path} {}: {problems:?} in {body}", reply.status);
}

#[test]
fn answers_are_as_documented() {
    let server = TestServer::start();
    server.publish(CATALOG).ok();
    let document = server.to("GET", "/openapi.json").no_key().get().ok().json();
    for (path, key, body, status) in [
        ("/api/v1/access-checks", &server.keys.secret, json!({"identity": {"anonymousIdentifier": "a"}}), 200),
        ("/api/v1/access-checks", &server.keys.public, json!({"identity": {"createAnonymousIdentifier": true}}), 200),
        ("/api/v1/access-checks", &server.keys.secret, json!({"identity": {"userIdentifier": "u"}}), 200),
        ("/api/v1/access-checks", &server.keys.public, json!({"identity": {"userIdentifier": "u"}}), 403),
        ("/api/v1/access-checks", &server.keys.secret, json!({"identity": {}}), 400),
        ("/api/v1/access-checks", &server.keys.secret, json!({"identity": {"userJwt": "x"}}), 401),
        (
            "/api/v1/surface-decisions",
            &server.keys.secret,
            json!({"surfaceSlug": "page", "identity": {"anonymousIdentifier": "a"}}),
            200,
        ),
        (
            "/api/v1/surface-decisions",
            &server.keys.public,
            json!({"surfaceSlug": "none", "identity": {"anonymousIdentifier": "a"}}),
            404,
        ),
        (
            "/api/v1/counter-updates",
            &server.keys.public,
            json!({"counterId": "default:feat_f.meter", "identity": {"anonymousIdentifier": "a"}}),
            200,
        ),
        (
            "/api/v1/counter-updates",
            &server.keys.secret,
            json!({"counterId": "", "identity": {"anonymousIdentifier": "a"}}),
            400,
        ),
    ] {
        let reply = server.to("POST", path).key(key).send(body.to_string());
        assert_eq!(reply.status, status, "{path} {body}: {}", reply.body);
        check(&document, "post", path, &reply);
    }
    server.to("PUT", "/admin/v1/users/anonymous/a/customer").send(r#"{"productIds": ["p"]}"#).ok();
    server.to("PUT", "/admin/v1/users/anonymous/a/custom-data/k").send("[1]").ok();
    for (path, route) in [
        ("/admin/v1/workflows", "/admin/v1/workflows"),
        ("/admin/v1/plans", "/admin/v1/plans"),
        ("/admin/v1/keys", "/admin/v1/keys"),
        ("/admin/v1/users/{user_type}/{identifier}", "/admin/v1/users/anonymous/a"),
        ("/admin/v1/workflows/{slug}", "/admin/v1/workflows/none"),
        ("/healthz", "/healthz"),
        ("/readyz", "/readyz"),
    ] {
        check(&document, "get", path, &server.to("GET", route).get());
    }
    let bad = server.publish("[plans.a]\nnmae = 1\n");
    check(&document, "put", "/admin/v1/catalog", &bad);
    let key = server.to("POST", "/admin/v1/keys").send(r#"{"kind": "public"}"#);
    check(&document, "post", "/admin/v1/keys", &key);
}

#[test]
fn answers_about_keys_are_as_documented() {
    let server = TestServer::start();
    let document = server.to("GET", "/openapi.json").no_key().get().ok().json();
    let key = server.to("POST", "/admin/v1/keys").send(r#"{"kind": "admin", "name": "pipeline"}"#);
    check(&document, "post", "/admin/v1/keys", &key);
    let rotate = format!("/admin/v1/keys/{}/rotate", key.json()["id"].as_str().unwrap());
    for status in [201, 409] {
        let rotated = server.to("POST", &rotate).send("");
        assert_eq!(rotated.status, status, "{}", rotated.body);
        check(&document, "post", "/admin/v1/keys/{id}/rotate", &rotated);
    }
    check(&document, "get", "/admin/v1/keys", &server.to("GET", "/admin/v1/keys").get());
    check(&document, "get", "/admin/v1/audit", &server.to("GET", "/admin/v1/audit").get());
}

#[test]
fn answers_about_workflows_that_fail_are_as_documented() {
    let server = TestServer::start();
    let document = server.to("GET", "/openapi.json").no_key().get().ok().json();
    let refuses = std::fs::read(usher_tests::guests::REFUSES).unwrap();
    server.to("PUT", "/admin/v1/workflows/w?deadline-ms=10000").send(&refuses).ok();
    let body = r#"{"surfaceSlug": "page", "identity": {"anonymousIdentifier": "a"}}"#;
    for (policy, status) in [("{ fallback-plans = ['visitor'] }", 200), ("'fail'", 503)] {
        server.publish(&format!("{CATALOG}[workflows.w.on-failure]\nrefused = {policy}\n")).ok();
        for path in ["/api/v1/access-checks", "/api/v1/surface-decisions"] {
            let reply = server.to("POST", path).send(body);
            assert_eq!(reply.status, status, "{path}: {}", reply.body);
            check(&document, "post", path, &reply);
        }
        let explained = server.to("GET", "/admin/v1/users/anonymous/a").get();
        assert_eq!(explained.status, status, "{}", explained.body);
        check(&document, "get", "/admin/v1/users/{user_type}/{identifier}", &explained);
    }
    check(&document, "get", "/readyz", &server.to("GET", "/readyz").get());
}

#[test]
fn answers_about_unknown_slugs_are_as_documented() {
    let server = TestServer::start();
    let document = server.to("GET", "/openapi.json").no_key().get().ok().json();
    let declares_plans = std::fs::read(usher_tests::guests::DECLARES_PLANS).unwrap();
    for (query, status) in [("", 409), ("?allow-unknown-slugs=true", 201), ("?enabled=false", 200)] {
        let uploaded = server.to("PUT", &format!("/admin/v1/workflows/w{query}")).send(&declares_plans);
        assert_eq!(uploaded.status, status, "{}", uploaded.body);
        check(&document, "put", "/admin/v1/workflows/{slug}", &uploaded);
    }
    check(&document, "get", "/admin/v1/workflows", &server.to("GET", "/admin/v1/workflows").get());
    for (query, status) in [("", 409), ("?allow-unknown-slugs=true", 200)] {
        let enabled = server.to("POST", &format!("/admin/v1/workflows/w/enable{query}")).send("");
        assert_eq!(enabled.status, status, "{}", enabled.body);
        check(&document, "post", "/admin/v1/workflows/{slug}/enable", &enabled);
    }
    check(&document, "put", "/admin/v1/catalog", &server.publish(CATALOG));
}
