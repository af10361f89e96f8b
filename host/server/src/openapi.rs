//! The OpenAPI document: made of what the handlers say of themselves, so that it and the routes are one.

pub(crate) mod answers;
pub(crate) mod errors;
pub(crate) mod keys;
pub(crate) mod requests;
pub(crate) mod users;

use axum::routing::get;
use axum::{Json, Router};
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};

/// What no handler can say.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Usher",
        description = "Which plans does this user hold, and what may they do? Sites ask the decision API; operators keep \
                       catalog, workflows and user data with the admin API."
    ),
    tags(
        (name = "decisions", description = "What sites ask, with a secret or a public key."),
        (name = "admin", description = "What operators do, with an admin key."),
        (name = "watching", description = "What is asked by whoever watches over the server. No key."),
    ),
    modifiers(&Keys)
)]
pub(crate) struct Document;

/// The keys that open the doors.
struct Keys;

impl utoipa::Modify for Keys {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let key = |description: &str| {
            SecurityScheme::Http(
                HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(description)).build(),
            )
        };
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("decision", key("A secret key `sk_…` or a public key `pk_…`."));
        components.add_security_scheme("admin", key(
            "An admin key `ak_…` with the scope that the operation names: `read` (catalog, plans, workflows), `workflows`, \
             `catalog` (to change them), `users-read`, `users-write`, `keys`, `audit`.",
        ));
    }
}

/// The route of the document itself.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(document: utoipa::openapi::OpenApi) -> Router<S> {
    Router::new().route("/openapi.json", get(move || async move { Json(document) }))
}
