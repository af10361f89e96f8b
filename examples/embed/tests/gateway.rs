//! The gateway as its visitors see it, with the newsroom's catalog and a workflow of its own.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, Response, StatusCode, header};
use tower::ServiceExt;
use usher_tests::newsroom;

async fn get(path: &str, headers: &[(header::HeaderName, &str)]) -> Response<Body> {
    let catalog = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../newsroom/catalog.toml"));
    let host = example_embed::host(catalog, &[Path::new(newsroom::CAMPAIGN)]).unwrap();
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    example_embed::gateway(Arc::new(host)).oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_new_reader_gets_a_cookie_and_three_articles_but_no_sport() {
    let article = get("/articles/1", &[]).await;
    assert_eq!(article.status(), StatusCode::OK);
    assert!(article.headers()[header::SET_COOKIE].to_str().unwrap().starts_with("reader="));
    let live = get("/live", &[(header::COOKIE, "theme=dark; reader=reader-1")]).await;
    assert_eq!((live.status(), live.headers().get(header::SET_COOKIE)), (StatusCode::PAYMENT_REQUIRED, None));
}

#[tokio::test]
async fn a_token_that_proves_nothing_is_refused() {
    let refused = get("/articles/1", &[(header::AUTHORIZATION, "Bearer not.a.jwt")]).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
}
