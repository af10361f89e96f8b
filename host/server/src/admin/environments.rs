//! `/admin/v1/environments`: where releases are live, and which.

mod asked;
mod view;

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use crate::admin::audit::PageQuery;
use crate::admin::releases::note;
use crate::app::App;
use crate::extract::{self, FromPath, FromQuery, Incoming};
use crate::keys::{Admin, Deploy, Read};
use crate::openapi::errors::{BodyErrors, Conflict, KeyErrors, Malformed, Missing};
use crate::publish::{Wanted, Wish};
use crate::respond::{self, Failure};
use crate::rollout::TermsError;
use crate::to_the_end::to_the_end;
use crate::unknown_slugs::OnUnknownSlugs;
use crate::whole::Whole;
pub(super) use asked::EnvironmentQuery;
use asked::{CanaryBody, DeploymentBody, NewEnvironmentBody, RollbackBody, ShadowBody};
use view::{CanaryView, DeploymentView, EnvironmentView, ShadowView};

#[utoipa::path(
    get,
    path = "/environments",
    tag = "admin",
    operation_id = "list_environments",
    summary = "List the environments, and what decides there",
    security(("admin" = ["read"])),
    responses((status = 200, description = "All of them, the oldest first.", body = [EnvironmentView]), KeyErrors)
)]
pub(super) async fn list(State(app): State<Arc<App>>, _: Admin<Read>) -> Response {
    let all = app.environments.all();
    respond::ok(all.iter().map(|running| EnvironmentView::of(running)).collect::<Vec<_>>())
}

#[utoipa::path(
    post,
    path = "/environments",
    tag = "admin",
    operation_id = "create_environment",
    summary = "Create an environment, which follows the draft",
    security(("admin" = ["deploy"])),
    request_body = NewEnvironmentBody,
    responses((status = 201, description = "The environment. It has no keys yet.", body = EnvironmentView), Conflict, BodyErrors, KeyErrors)
)]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    admin: Admin<Deploy>,
    body: Incoming,
) -> Result<Response, Failure> {
    let NewEnvironmentBody { name } = extract::json(body).await?;
    let name = name.parse()?;
    let (publisher, author) = (Arc::clone(&app.publisher), admin.caller.author);
    let running = to_the_end(async move { publisher.create_environment(author, &name).await }).await??;
    Ok(respond::created(EnvironmentView::of(&running)))
}

#[utoipa::path(
    get,
    path = "/environments/{environment}/deployments",
    tag = "admin",
    operation_id = "list_deployments",
    summary = "List what was deployed to an environment, by whom and when",
    security(("admin" = ["read"])),
    params(("environment" = String, Path, description = "Its name.", min_length = 1, max_length = 32, pattern = "^[a-z][a-z0-9-]*$"), PageQuery),
    responses((status = 200, description = "The newest first, which is in force. The next page is that before the last one's `id`.", body = [DeploymentView]), Malformed, Missing, KeyErrors)
)]
pub(super) async fn history(
    State(app): State<Arc<App>>,
    _: Admin<Read>,
    FromPath(name): FromPath<String>,
    FromQuery(page): FromQuery<PageQuery>,
) -> Result<Response, Failure> {
    let deployments = app.store.deployments(&name.parse()?, page.before(), page.limit()?).await?;
    Ok(respond::ok(deployments.into_iter().map(DeploymentView::from).collect::<Vec<_>>()))
}

#[utoipa::path(
    post,
    path = "/environments/{environment}/deployments",
    tag = "admin",
    operation_id = "deploy",
    summary = "Deploy a release to an environment",
    security(("admin" = ["deploy"])),
    params(("environment" = String, Path, description = "Its name.", min_length = 1, max_length = 32, pattern = "^[a-z][a-z0-9-]*$")),
    request_body = DeploymentBody,
    responses((status = 201, description = "It is in force.", body = DeploymentView), Missing, Conflict, BodyErrors, KeyErrors)
)]
pub(super) async fn deploy(
    State(app): State<Arc<App>>,
    admin: Admin<Deploy>,
    FromPath(name): FromPath<String>,
    body: Incoming,
) -> Result<Response, Failure> {
    let environment = name.parse()?;
    let body: DeploymentBody = extract::json(body).await?;
    let wish = Wish {
        environment,
        wanted: Wanted::Target(body.release.into()),
        canary: body.canary.map(CanaryBody::terms),
        shadow: body.shadow.map(ShadowBody::terms),
        replaces: body.replaces.map(|Whole(id)| id),
        on_unknown: OnUnknownSlugs::asked(body.allow_unknown_slugs),
        note: note(body.note)?,
    };
    let deployment = app.publisher.deploy(admin.caller.author, wish).await?;
    Ok(respond::created(DeploymentView::from(deployment)))
}

#[utoipa::path(
    post,
    path = "/environments/{environment}/rollback",
    tag = "admin",
    operation_id = "roll_back",
    summary = "Deploy the release that was in force before",
    security(("admin" = ["deploy"])),
    params(("environment" = String, Path, description = "Its name.", min_length = 1, max_length = 32, pattern = "^[a-z][a-z0-9-]*$")),
    request_body = RollbackBody,
    responses((status = 201, description = "It is in force.", body = DeploymentView), Missing, Conflict, BodyErrors, KeyErrors)
)]
pub(super) async fn roll_back(
    State(app): State<Arc<App>>,
    admin: Admin<Deploy>,
    FromPath(name): FromPath<String>,
    body: Incoming,
) -> Result<Response, Failure> {
    let environment = name.parse()?;
    let body: RollbackBody = extract::json_or_default(body).await?;
    let wish = Wish {
        environment,
        wanted: Wanted::Before,
        canary: None,
        shadow: None,
        replaces: body.replaces.map(|Whole(id)| id),
        on_unknown: OnUnknownSlugs::Warn,
        note: note(body.note)?,
    };
    let deployment = app.publisher.deploy(admin.caller.author, wish).await?;
    Ok(respond::created(DeploymentView::from(deployment)))
}

#[utoipa::path(
    get,
    path = "/environments/{environment}/canary",
    tag = "admin",
    operation_id = "show_canary",
    summary = "Show what a canary has come to on this server since it began",
    security(("admin" = ["read"])),
    params(("environment" = String, Path, description = "Its name.", min_length = 1, max_length = 32, pattern = "^[a-z][a-z0-9-]*$")),
    responses((status = 200, description = "Both releases in numbers, and whether it keeps within its bounds.", body = CanaryView), Malformed, Missing, KeyErrors)
)]
pub(super) async fn canary(
    State(app): State<Arc<App>>,
    _: Admin<Read>,
    FromPath(name): FromPath<String>,
) -> Result<Response, Failure> {
    let running = app.publisher.running(&name.parse()?)?;
    let canary = running.host.canary().ok_or(TermsError::None { what: "canary" })?;
    Ok(respond::ok(CanaryView { report: canary.report(), verdict: canary.verdict() }))
}

#[utoipa::path(
    get,
    path = "/environments/{environment}/shadow",
    tag = "admin",
    operation_id = "show_shadow",
    summary = "Show what a shadow has found on this server since it began: who would gain or lose what",
    security(("admin" = ["read"])),
    params(("environment" = String, Path, description = "Its name.", min_length = 1, max_length = 32, pattern = "^[a-z][a-z0-9-]*$")),
    responses((status = 200, description = "What would be different, the most frequent first. Users are hashed.", body = ShadowView), Malformed, Missing, KeyErrors)
)]
pub(super) async fn shadow(
    State(app): State<Arc<App>>,
    _: Admin<Read>,
    FromPath(name): FromPath<String>,
) -> Result<Response, Failure> {
    let running = app.publisher.running(&name.parse()?)?;
    let shadow = running.host.shadow().ok_or(TermsError::None { what: "shadow" })?;
    Ok(respond::ok(ShadowView { report: shadow.report() }))
}
