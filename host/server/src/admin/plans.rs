//! `/admin/v1/plans`: the plans that workflows can name.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use crate::app::App;
use crate::keys::{Admin, Read};
use crate::openapi::errors::KeyErrors;
use crate::respond;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PlanView<'a> {
    slug: &'a str,
    name: &'a str,
    description: Option<&'a str>,
    /// Who holds it without any workflow.
    assigned_to: Vec<String>,
    /// The billing products whose buyers hold it.
    products: Vec<&'a str>,
}

#[utoipa::path(
    get,
    path = "/plans",
    tag = "admin",
    operation_id = "list_plans",
    summary = "List the plans",
    security(("admin" = ["read"])),
    responses((status = 200, description = "All plans of the catalog that is live in `live`.", body = [PlanView<'static>]), KeyErrors)
)]
pub(super) async fn list(State(app): State<Arc<App>>, _: Admin<Read>) -> Response {
    let live = app.environments.first().host.live();
    let plans = live.catalog().plans().iter().map(|plan| PlanView {
        slug: plan.slug(),
        name: plan.name(),
        description: plan.description(),
        assigned_to: plan.assigned_to().iter().map(ToString::to_string).collect(),
        products: plan.products().iter().map(|product| &**product).collect(),
    });
    respond::ok(plans.collect::<Vec<_>>())
}
