//! What the decision API is sent, as the document has it. `usher-host` reads it.
#![expect(dead_code, reason = "only their descriptions are of use")]

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Who asks, about what, from where. Keys that are not known are left alone.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"identity": {"anonymousIdentifier": "reader-1"}, "resource": {"id": "article-1"}}))]
pub(crate) struct AccessCheck {
    identity: Claim,
    #[schema(nullable)]
    resource: Option<Resource>,
    #[schema(nullable)]
    http: Option<Http>,
    #[schema(nullable)]
    cloudflare: Option<Cloudflare>,
    #[schema(nullable)]
    fastly: Option<BTreeMap<String, Value>>,
}

/// The same, and which surface is to be shown.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"surfaceSlug": "article-page", "identity": {"createAnonymousIdentifier": true}}))]
pub(crate) struct SurfaceDecision {
    surface_slug: String,
    #[serde(flatten)]
    access_check: AccessCheck,
}

/// Who asks: exactly one.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Claim {
    Anonymous(Anonymous),
    NewAnonymous(NewAnonymous),
    Jwt(Jwt),
    Provided(Provided),
}

/// A visitor who was given this identifier before.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Anonymous {
    /// One that is empty, has more than 512 bytes or a control character is that of nobody: the answer has a new one.
    anonymous_identifier: String,
}

/// A visitor who needs an identifier.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewAnonymous {
    #[schema(schema_with = always)]
    create_anonymous_identifier: bool,
}

/// A user who holds this token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Jwt {
    user_jwt: String,
    /// Whether a token that proves nothing makes a new anonymous visitor, instead of a 401.
    #[schema(nullable)]
    create_anonymous_identifier_fallback: Option<bool>,
}

/// A user for whom the caller vouches. Only with a secret key.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Provided {
    /// At most 512 bytes.
    #[schema(min_length = 1, max_length = 512, pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$")]
    user_identifier: String,
}

/// What is asked about. Keys beside these reach workflows as they are.
#[derive(Serialize, ToSchema)]
pub(crate) struct Resource {
    id: String,
    #[schema(nullable)]
    meta: Option<BTreeMap<String, Value>>,
}

/// The visitor's own HTTP request. Believed with a secret key only.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Http {
    #[schema(nullable)]
    url: Option<String>,
    #[schema(nullable)]
    user_agent: Option<String>,
    #[schema(nullable)]
    #[serde(rename = "clientIP")]
    client_ip: Option<String>,
    #[schema(nullable)]
    referer: Option<String>,
    #[schema(nullable)]
    cookies: Option<BTreeMap<String, String>>,
}

/// What Cloudflare's edge knows of the visitor. Believed with a secret key only.
#[derive(Serialize, ToSchema)]
pub(crate) struct Cloudflare {
    #[schema(nullable)]
    cf: Option<BTreeMap<String, Value>>,
}

/// A use that is to be counted.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"identity": {"anonymousIdentifier": "reader-1"}, "counterId": "default:feat_article.enabled"}))]
pub(crate) struct CounterUpdate {
    identity: Counted,
    #[schema(min_length = 1, max_length = 512, pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$")]
    counter_id: String,
    #[schema(nullable, min_length = 1, max_length = 512, pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$")]
    resource_id: Option<String>,
    /// Units to add, or to take away when negative.
    #[schema(nullable, minimum = -1_000_000_000, maximum = 1_000_000_000, default = 1)]
    update: Option<i64>,
}

/// Whose use it is: exactly one.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Counted {
    Anonymous(CountedAnonymous),
    Jwt(Jwt),
    Provided(Provided),
}

/// A visitor who was given this identifier before.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CountedAnonymous {
    /// At most 512 bytes.
    #[schema(min_length = 1, max_length = 512, pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$")]
    anonymous_identifier: String,
}

fn always() -> utoipa::openapi::schema::Object {
    use utoipa::openapi::schema::{ObjectBuilder, Type};
    ObjectBuilder::new().schema_type(Type::Boolean).enum_values(Some([true])).build()
}
