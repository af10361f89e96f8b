//! The admin API: the doors that operators come in through. They carry a key of their own kind.

mod audit;
mod catalog;
mod environments;
mod explain;
mod keys;
mod module;
mod plans;
mod release;
mod releases;
mod unknown_slugs;
mod users;
mod workflows;

use std::sync::Arc;

use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::routes;

pub(crate) use releases::WhichError;
pub(crate) use workflows::OptionError;

pub(crate) fn router() -> (Router<Arc<App>>, OpenApi) {
    let (documented, document) = OpenApiRouter::new()
        .routes(routes!(workflows::list))
        .routes(routes!(workflows::show, workflows::put, workflows::delete))
        .routes(routes!(module::show))
        .routes(routes!(workflows::enable))
        .routes(routes!(workflows::disable))
        .routes(routes!(catalog::show, catalog::put))
        .routes(routes!(release::show))
        .routes(routes!(releases::list, releases::create))
        .routes(routes!(releases::show))
        .routes(routes!(releases::diff))
        .routes(routes!(releases::module))
        .routes(routes!(environments::list, environments::create))
        .routes(routes!(environments::history, environments::deploy))
        .routes(routes!(environments::roll_back))
        .routes(routes!(environments::canary))
        .routes(routes!(environments::shadow))
        .routes(routes!(plans::list))
        .routes(routes!(keys::list, keys::create))
        .routes(routes!(keys::revoke))
        .routes(routes!(keys::rotate))
        .routes(routes!(audit::list))
        .routes(routes!(explain::show))
        .routes(routes!(explain::suppose))
        .routes(routes!(users::put_customer, users::delete_customer))
        .routes(routes!(users::put_custom_data, users::delete_custom_data))
        .routes(routes!(users::put_link, users::delete_link))
        .split_for_parts();
    let router = documented.fallback(routes::unknown).method_not_allowed_fallback(routes::wrong_method);
    (router, document)
}
