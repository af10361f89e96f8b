//! The answer: a decision as the decision API writes it, borrowed from the decision and written once.

mod diagnostics;
mod features;
mod surface;
mod written;

use std::time::Duration;

use serde::ser::Error;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use usher_decision::Surface;
use usher_sandbox::request::AuthType;

use crate::decision::Decision;
use crate::json::JsonText;
use surface::{ComponentBehaviors, SurfaceBehavior};
pub(crate) use written::Written;

/// Bytes that most answers have room in, so that they are not moved while they are written.
const BYTES: usize = 4 << 10;

/// The body of a successful answer. [Write it](Self::to_json), or serialize it as a part of other JSON.
#[derive(Debug)]
pub struct Answer<'a> {
    decision: &'a Decision,
    surface: Option<&'a Surface>,
    diagnostics: Option<Diagnostics>,
}

/// What the diagnostics say beyond the decision.
#[derive(Debug, Default)]
struct Diagnostics {
    stale_seconds: Option<u64>,
}

impl<'a> Answer<'a> {
    pub(crate) fn new(decision: &'a Decision) -> Self {
        Self { decision, surface: None, diagnostics: None }
    }

    /// Makes it a surface decision's body: the same features, and what the surface shows.
    #[must_use]
    pub fn for_surface(mut self, surface: &'a Surface) -> Self {
        self.surface = Some(surface);
        self
    }

    /// Adds what led to the decision: where each plan came from, what each workflow did. For trusted callers only.
    #[must_use]
    pub fn with_diagnostics(mut self) -> Self {
        self.diagnostics = Some(Diagnostics::default());
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

    /// The answer as JSON text.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut json = JsonText::with_capacity(BYTES);
        self.write(&mut json);
        json.into_bytes()
    }

    /// Most of an answer is the same whoever asks, so it is copied in large parts and not put together of values and names.
    fn write(&self, json: &mut JsonText) {
        let decision = self.decision;
        let auth_type = match decision.identity.auth_type {
            AuthType::Provided => "provided",
            AuthType::Jwt => "jwt",
            AuthType::Anonymous => "anonymous",
        };
        json.raw(r#"{"status":"success","eventId":"#).text(decision.id.hyphenated().encode_lower(&mut [0; 36]));
        json.raw(r#","identity":{"authType":"#).text(auth_type);
        json.raw(r#","isAuthenticated":"#).flag(decision.identity.is_authenticated());
        json.raw(r#","identifier":"#).text(&decision.identity.identifier);
        json.raw(r#","jwtClaims":"#).value(&decision.identity.claims);
        json.raw(r#"},"customer":{"isCustomer":"#).flag(decision.customer.is_customer);
        json.raw(r#","hasProducts":"#).flag(decision.customer.has_products);
        json.raw(r#","customerIdentifiers":"#).value(&decision.customer.customer_identifiers);
        json.raw(r#"},"features":"#);
        let features = decision.resolution.features(decision.release().catalog());
        decision.release().written().write(json, features, &decision.allowances);
        if let Some(surface) = self.surface {
            json.raw(r#","surfaceBehavior":"#).value(&SurfaceBehavior::of(surface));
            json.raw(r#","componentsSkipped":false,"componentBehaviors":"#).value(&ComponentBehaviors::of(surface));
        }
        if let Some(Diagnostics { stale_seconds }) = self.diagnostics {
            json.raw(r#","diagnostics":"#);
            diagnostics::write(json, decision, stale_seconds);
        }
        json.raw("}");
    }
}

/// As a part of other JSON.
impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut json = JsonText::with_capacity(BYTES);
        self.write(&mut json);
        RawValue::from_string(json.into_text()).map_err(S::Error::custom)?.serialize(serializer)
    }
}
