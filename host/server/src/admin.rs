//! The admin API: the doors that operators come in through. They carry a key of their own kind.

mod catalog;
mod explain;
mod keys;
mod plans;
mod users;
mod workflows;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post, put};

use crate::app::App;
use crate::routes;

pub(crate) use workflows::OptionError;

pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/workflows", get(workflows::list))
        .route("/workflows/{slug}", get(workflows::show).put(workflows::put).delete(workflows::delete))
        .route("/workflows/{slug}/enable", post(workflows::enable))
        .route("/workflows/{slug}/disable", post(workflows::disable))
        .route("/catalog", get(catalog::show).put(catalog::put))
        .route("/plans", get(plans::list))
        .route("/keys", get(keys::list).post(keys::create))
        .route("/keys/{id}", delete(keys::revoke))
        .route("/users/{user_type}/{identifier}", get(explain::show))
        .route("/users/{user_type}/{identifier}/explain", post(explain::suppose))
        .route("/users/{user_type}/{identifier}/customer", put(users::put_customer).delete(users::delete_customer))
        .route(
            "/users/{user_type}/{identifier}/custom-data/{key}",
            put(users::put_custom_data).delete(users::delete_custom_data),
        )
        .route("/identity-links", put(users::put_link).delete(users::delete_link))
        .fallback(routes::unknown)
        .method_not_allowed_fallback(routes::wrong_method)
}
