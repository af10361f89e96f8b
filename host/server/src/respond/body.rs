//! Bodies: what an error says, in words and for programs.

use std::borrow::Cow;

use serde::Serialize;
use usher_host::AdmissionError;
use utoipa::ToSchema;

use super::Failure;
use crate::publish::{Break, DeployError, PublishError};

/// The body of every error.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorBody<'a> {
    #[schema(schema_with = always_error)]
    pub(super) status: &'static str,
    pub(super) status_code: u16,
    pub(super) message: &'a str,
    #[serde(flatten)]
    pub(super) details: Details<'a>,
}

/// What a program may want to know beyond the message.
#[derive(Default, Serialize, ToSchema)]
pub(super) struct Details<'a> {
    /// The kind of a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// Everything that is wrong with a catalog.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<ProblemPart<'a>>,
    /// Everything that workflows can return and the catalog does not have.
    #[serde(rename = "unknownSlugs", skip_serializing_if = "Vec::is_empty")]
    unknown_slugs: Vec<UnknownSlugPart<'a>>,
    /// Everything that would break with a deployment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    breaks: Vec<BreakPart<'a>>,
}

/// Something that would break with a deployment.
#[derive(Serialize, ToSchema)]
struct BreakPart<'a> {
    /// The workflow that it is about; none when it is about the catalog.
    #[serde(skip_serializing_if = "Option::is_none")]
    workflow: Option<&'a str>,
    message: String,
}

/// Something that is wrong with a catalog.
#[derive(Serialize, ToSchema)]
struct ProblemPart<'a> {
    line: usize,
    key: Cow<'a, str>,
    message: String,
}

/// A slug that a workflow can return and the catalog does not have.
#[derive(Serialize, ToSchema)]
struct UnknownSlugPart<'a> {
    slug: &'a str,
    workflow: &'a str,
}

fn always_error() -> utoipa::openapi::schema::Object {
    use utoipa::openapi::schema::{ObjectBuilder, Type};
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["error"])).build()
}

impl<'a> Details<'a> {
    pub(super) fn of(failure: &'a Failure) -> Self {
        let (mut reason, mut problems, mut unknown_slugs) = (None, Vec::new(), Vec::new());
        if let Failure::Admission(AdmissionError::Refused(refusal)) = failure {
            reason = Some(refusal.kind());
        }
        if let Failure::Publish(PublishError::Catalog(error)) = failure {
            problems.extend(error.problems().iter().map(|problem| ProblemPart {
                line: problem.line(),
                key: problem.key().into(),
                message: problem.to_string(),
            }));
        }
        if let Failure::Publish(PublishError::Key(error)) = failure {
            problems.push(ProblemPart { line: error.line(), key: error.key().into(), message: error.to_string() });
        }
        if let Failure::Publish(PublishError::UnknownSlugs { unknown }) = failure {
            unknown_slugs.extend(
                unknown.iter().map(|part| UnknownSlugPart { slug: &part.slug, workflow: part.workflow.as_str() }),
            );
        }
        let breaks = match failure {
            Failure::Deploy(DeployError::Breaks { breaks, .. }) => breaks.as_slice(),
            _ => &[],
        };
        let part = |found: &'a Break| BreakPart { workflow: found.workflow(), message: found.to_string() };
        Self { reason, problems, unknown_slugs, breaks: breaks.iter().map(part).collect() }
    }
}
