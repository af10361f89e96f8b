//! `/admin/v1/releases`: drafts that were frozen, and the draft itself.

mod asked;
mod difference;
mod view;
mod which;

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use usher_store::{ModuleDigest, ReleaseRecord, Snapshot};

use crate::admin::audit::PageQuery;
use crate::app::App;
use crate::extract::{self, FromPath, FromQuery, Incoming};
use crate::keys::{Admin, Deploy, Read};
use crate::openapi::errors::{BodyErrors, Conflict, KeyErrors, Malformed, Missing};
use crate::respond::{self, Failure};
use crate::to_the_end::to_the_end;
use crate::whole::Whole;
use asked::{DiffQuery, NewReleaseBody};
use difference::{DifferenceView, differences};
pub(in crate::admin) use view::ReleasedWorkflow;
use view::{ContentView, DiffView, NewReleaseView, ReleaseView};
pub(crate) use which::{Which, WhichError};
pub(in crate::admin) use which::{WhichView, note};

#[utoipa::path(
    get,
    path = "/releases",
    tag = "admin",
    operation_id = "list_releases",
    summary = "List the releases",
    security(("admin" = ["read"])),
    params(PageQuery),
    responses((status = 200, description = "The newest first. The next page is that before the last one's `number`.", body = [ReleaseView]), Malformed, KeyErrors)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    _: Admin<Read>,
    FromQuery(page): FromQuery<PageQuery>,
) -> Result<Response, Failure> {
    let releases = app.store.releases(page.before(), page.limit()?).await?;
    let views = releases.into_iter().map(|record| ReleaseView::of(record, &app.environments));
    Ok(respond::ok(views.collect::<Vec<_>>()))
}

#[utoipa::path(
    post,
    path = "/releases",
    tag = "admin",
    operation_id = "create_release",
    summary = "Freeze the draft as a release",
    security(("admin" = ["deploy"])),
    request_body = NewReleaseBody,
    responses((status = 201, description = "The release, and what is different in it.", body = NewReleaseView), Conflict, BodyErrors, KeyErrors)
)]
pub(super) async fn create(
    State(app): State<Arc<App>>,
    admin: Admin<Deploy>,
    body: Incoming,
) -> Result<Response, Failure> {
    let NewReleaseBody { note, draft } = extract::json_or_default(body).await?;
    let (note, draft) = (which::note(note)?, draft.map(|Whole(number)| number));
    let store = app.store.on_behalf(admin.caller.author);
    let record = to_the_end(async move { store.create_release(draft, note.as_deref()).await }).await??;
    tracing::info!(release = record.number, "a release was created");
    let before = before(&app, Which::Release(record.number)).await?;
    let (_, content) = content(&app, Which::Release(record.number)).await?;
    let differences = differences(before.as_ref(), &content);
    let release = ReleaseView::of(record, &app.environments);
    Ok(respond::created(NewReleaseView { release, before: before.map(|before| before.release), differences }))
}

#[utoipa::path(
    get,
    path = "/releases/{release}",
    tag = "admin",
    operation_id = "show_frozen_release",
    summary = "Show what is in a release, or in the draft",
    security(("admin" = ["read"])),
    params(("release" = String, Path, description = "Its number, or `draft`.", pattern = "^(draft|[0-9]{1,19})$")),
    responses((status = 200, description = "All of it.", body = ContentView), Malformed, Missing, KeyErrors)
)]
pub(super) async fn show(
    State(app): State<Arc<App>>,
    _: Admin<Read>,
    FromPath(which): FromPath<String>,
) -> Result<Response, Failure> {
    let (record, content) = content(&app, which.parse()?).await?;
    Ok(respond::ok(ContentView::of(record, content)))
}

#[utoipa::path(
    get,
    path = "/releases/{release}/diff",
    tag = "admin",
    operation_id = "compare_releases",
    summary = "Show what is different in a release, or in the draft: plans, properties, workflows",
    security(("admin" = ["read"])),
    params(("release" = String, Path, description = "Its number, or `draft`.", pattern = "^(draft|[0-9]{1,19})$"), DiffQuery),
    responses((status = 200, description = "What has become of what was before.", body = DiffView), Malformed, Missing, KeyErrors)
)]
pub(super) async fn diff(
    State(app): State<Arc<App>>,
    _: Admin<Read>,
    FromPath(which): FromPath<String>,
    FromQuery(query): FromQuery<DiffQuery>,
) -> Result<Response, Failure> {
    let which = which.parse()?;
    let (_, content_of_it) = content(&app, which).await?;
    let before = match query.from {
        Some(from) => Some(content(&app, from.parse()?).await?.1),
        None => before(&app, which).await?,
    };
    let differences = differences(before.as_ref(), &content_of_it);
    Ok(respond::ok(DiffView { from: before.map(|before| before.release), to: content_of_it.release, differences }))
}

#[utoipa::path(
    get,
    path = "/modules/{digest}",
    tag = "admin",
    operation_id = "show_module_by_digest",
    summary = "Fetch a module that the draft or a release uses",
    security(("admin" = ["read"])),
    params(("digest" = String, Path, description = "SHA-256 of the module.", pattern = "^[0-9a-f]{64}$")),
    responses((status = 200, description = "The module, as it was uploaded.", body = Vec<u8>, content_type = "application/wasm"), Malformed, Missing, KeyErrors)
)]
pub(super) async fn module(
    State(app): State<Arc<App>>,
    _: Admin<Read>,
    FromPath(digest): FromPath<String>,
) -> Result<Response, Failure> {
    let digest: ModuleDigest = digest.parse().map_err(WhichError::Digest)?;
    match app.store.module(&digest).await? {
        Some(wasm) => Ok(respond::module(wasm)),
        None => Err(WhichError::UnknownModule { digest }.into()),
    }
}

/// What is in a release, or in the draft, which has no record.
async fn content(app: &App, which: Which) -> Result<(Option<ReleaseRecord>, Snapshot), Failure> {
    match which {
        Which::Draft => Ok((None, app.store.snapshot().await?)),
        Which::Release(number) => match app.store.frozen(number).await? {
            Some((record, content)) => Ok((Some(record), content)),
            None => Err(usher_store::DeployError::UnknownRelease { number }.into()),
        },
    }
}

/// What is in the newest release before this; none when there is none.
async fn before(app: &App, which: Which) -> Result<Option<Snapshot>, Failure> {
    let before = match which {
        Which::Draft => None,
        Which::Release(number) => Some(number),
    };
    let Some(newest) = app.store.releases(before, 1).await?.into_iter().next() else { return Ok(None) };
    Ok(app.store.frozen(newest.number).await?.map(|(_, content)| content))
}
