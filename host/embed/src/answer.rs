//! The answer: a decision as the decision API writes it, borrowed from the decision and serialized once.

mod diagnostics;
mod features;
mod surface;
mod written;

use std::time::Duration;

use serde::Serialize;
use usher_decision::Surface;
use usher_sandbox::request::AuthType;
use uuid::Uuid;

use crate::decision::Decision;
use crate::jwt::Claims;
use diagnostics::Diagnostics;
use features::Features;
use surface::{ComponentBehaviors, SurfaceBehavior};
pub(crate) use written::Written;

/// The body of a successful answer. Serialize it as JSON.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer<'a> {
    status: &'static str,
    event_id: Uuid,
    identity: IdentityPart<'a>,
    customer: CustomerPart<'a>,
    features: Features<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    surface_behavior: Option<SurfaceBehavior<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    components_skipped: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    component_behaviors: Option<ComponentBehaviors<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    diagnostics: Option<Diagnostics<'a>>,
    #[serde(skip)]
    decision: &'a Decision,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct IdentityPart<'a> {
    auth_type: &'static str,
    is_authenticated: bool,
    identifier: &'a str,
    jwt_claims: &'a Claims,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CustomerPart<'a> {
    is_customer: bool,
    has_products: bool,
    customer_identifiers: &'a [String],
}

impl<'a> Answer<'a> {
    pub(crate) fn new(decision: &'a Decision) -> Self {
        let identity = &decision.identity;
        Self {
            status: "success",
            event_id: decision.id,
            identity: IdentityPart {
                auth_type: match identity.auth_type {
                    AuthType::Provided => "provided",
                    AuthType::Jwt => "jwt",
                    AuthType::Anonymous => "anonymous",
                },
                is_authenticated: identity.is_authenticated(),
                identifier: &identity.identifier,
                jwt_claims: &identity.claims,
            },
            customer: CustomerPart {
                is_customer: decision.customer.is_customer,
                has_products: decision.customer.has_products,
                customer_identifiers: &decision.customer.customer_identifiers,
            },
            features: Features::of(decision),
            surface_behavior: None,
            components_skipped: None,
            component_behaviors: None,
            diagnostics: None,
            decision,
        }
    }

    /// Makes it a surface decision's body: the same features, and what the surface shows.
    #[must_use]
    pub fn for_surface(mut self, surface: &'a Surface) -> Self {
        self.surface_behavior = Some(SurfaceBehavior::of(surface));
        self.components_skipped = Some(false);
        self.component_behaviors = Some(ComponentBehaviors::of(surface));
        self
    }

    /// Adds what led to the decision: where each plan came from, what each workflow did. For trusted callers only.
    #[must_use]
    pub fn with_diagnostics(mut self) -> Self {
        self.diagnostics = Some(Diagnostics::of(self.decision));
        self
    }

    /// Says in the diagnostics, if there are any, how long ago it was last known that the release is the newest. For a gateway
    /// whose releases are made elsewhere.
    #[must_use]
    pub fn stale_for(mut self, time: Duration) -> Self {
        if let Some(diagnostics) = &mut self.diagnostics {
            diagnostics.stale_seconds = Some(time.as_secs());
        }
        self
    }
}
