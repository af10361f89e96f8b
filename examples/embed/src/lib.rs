//! A gateway that asks Usher about every request, in its own process: no network, no second server.
//!
//! It gates two routes of the newsroom. Whoever has a token shows it; everybody else gets a cookie.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use usher_host::{
    AccessRequest, Catalog, DecideError, Decision, Host, IdentityClaim, JwtFallback, Limits, Release, Sandbox,
    SandboxConfig,
};

/// The cookie that anonymous readers are known by.
const COOKIE: &str = "reader";

/// Everything that is done once: the sandbox, the catalog, the workflows.
///
/// # Errors
///
/// A file cannot be read, or is not what it should be.
pub fn host(catalog: &Path, workflows: &[&Path]) -> anyhow::Result<Host> {
    let sandbox = Arc::new(Sandbox::new(&SandboxConfig::default())?);
    let text = std::fs::read_to_string(catalog).with_context(|| format!("read {}", catalog.display()))?;
    let mut release = Release::new(1, Catalog::parse(&text)?)?;
    for path in workflows {
        let wasm = std::fs::read(path).with_context(|| format!("read {}", path.display()))?;
        // The gateway's own modules, before it serves. Those of others are for an `AdmissionWorker`.
        let module = sandbox.admit(&wasm).verdict.with_context(|| format!("admit {}", path.display()))?;
        let slug = path.file_stem().unwrap_or_default().to_string_lossy();
        release = release.with_workflow(slug.into_owned(), sandbox.load(&module, Limits::default())?);
    }
    Ok(Host::new(sandbox, release))
}

/// The gateway: two routes, and one decision before either.
pub fn gateway(host: Arc<Host>) -> Router {
    Router::new()
        .route("/articles/{id}", get(|| async { "The whole article." }).layer(middleware::from_fn(needs_article)))
        .route("/live", get(|| async { "The match, live." }).layer(middleware::from_fn(needs_live_sport)))
        .layer(middleware::from_fn_with_state(host, decide))
}

/// Makes the decision and hands it on with the request.
async fn decide(State(host): State<Arc<Host>>, mut request: Request, next: Next) -> Response {
    let decision = match host.decide(&question(request.headers(), request.uri().to_string())).await {
        Ok(decision) => Arc::new(decision),
        Err(DecideError::Identity(error)) => return (StatusCode::UNAUTHORIZED, error.to_string()).into_response(),
        Err(error) => return (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
    };
    request.extensions_mut().insert(Arc::clone(&decision));
    let mut response = next.run(request).await;
    if decision.identity().is_new
        && let Ok(cookie) = format!("{COOKIE}={}; Path=/", decision.identity().identifier).parse()
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// What the gateway knows about the visitor.
fn question(headers: &HeaderMap, url: String) -> AccessRequest {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let token = text(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let cookies = text(header::COOKIE).unwrap_or_default().split("; ");
    let reader = cookies.filter_map(|cookie| cookie.split_once('=')).find(|(name, _)| *name == COOKIE);
    let mut question = AccessRequest::new(match (token, reader) {
        (Some(token), _) => IdentityClaim::Jwt { token: token.to_owned(), otherwise: JwtFallback::Refuse },
        (None, Some((_, identifier))) => IdentityClaim::Anonymous(identifier.to_owned()),
        (None, None) => IdentityClaim::NewAnonymous,
    });
    question.http.url = Some(url);
    question.http.user_agent = text(header::USER_AGENT).map(str::to_owned);
    question.http.referer = text(header::REFERER).map(str::to_owned);
    question
}

async fn needs_article(request: Request, next: Next) -> Response {
    gate(request, next, |decision| decision.has_access("article", "enabled")).await
}

async fn needs_live_sport(request: Request, next: Next) -> Response {
    gate(request, next, |decision| decision.is_on("live-sport", "available")).await
}

async fn gate(request: Request, next: Next, allows: fn(&Decision) -> bool) -> Response {
    let Some(decision) = request.extensions().get::<Arc<Decision>>() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if allows(decision) {
        return next.run(request).await;
    }
    let held = decision.plans().collect::<Vec<_>>().join(", ");
    (StatusCode::PAYMENT_REQUIRED, format!("This is for subscribers. You hold: {held}.\n")).into_response()
}
