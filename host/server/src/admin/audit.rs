//! `/admin/v1/audit`: who changed what.

mod page;

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use usher_store::AuditEntry;

use crate::app::App;
use crate::extract::FromQuery;
use crate::keys::{Admin, Audit};
use crate::openapi::errors::{KeyErrors, Malformed};
use crate::respond::{self, Failure};
use utoipa::ToSchema;

pub(in crate::admin) use page::PageQuery;

/// A change that was made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct EntryView {
    id: u64,
    at_ms: u64,
    /// The id of the key that asked for it, or `command-line`.
    author: String,
    /// What was done, such as `put-workflow`.
    action: String,
    /// What it was done to.
    subject: String,
    /// A digest, or which part of the subject.
    detail: Option<String>,
    /// The `x-request-id` of the request.
    request_id: Option<String>,
}

#[utoipa::path(
    get,
    path = "/audit",
    tag = "admin",
    operation_id = "list_changes",
    summary = "Who changed what",
    security(("admin" = ["audit"])),
    params(PageQuery),
    responses((status = 200, description = "The newest first. The next page is that before the last one's `id`.", body = [EntryView]), Malformed, KeyErrors)
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    _: Admin<Audit>,
    FromQuery(page): FromQuery<PageQuery>,
) -> Result<Response, Failure> {
    let entries = app.store.audit(page.before(), page.limit()?).await?;
    Ok(respond::ok(entries.into_iter().map(EntryView::from).collect::<Vec<_>>()))
}

impl From<AuditEntry> for EntryView {
    fn from(entry: AuditEntry) -> Self {
        let AuditEntry { id, at_ms, author, action, subject, detail, request, .. } = entry;
        Self { id, at_ms, author, action, subject, detail, request_id: request }
    }
}
