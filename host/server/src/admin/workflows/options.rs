//! What an upload may say in its query.

use std::ops::RangeInclusive;

use serde::Deserialize;
use usher_host::Limits;
use usher_store::{Enabled, LimitOverrides};

use crate::unknown_slugs::OnUnknownSlugs;
use utoipa::IntoParams;

/// Units of fuel that a workflow may be given: up to a thousand times the default.
const FUEL: RangeInclusive<u64> = 1..=10_000_000_000;
/// Milliseconds that a workflow may be given. A decision's own deadline ends it earlier still.
const DEADLINE_MS: RangeInclusive<u64> = 1..=10_000;
/// The least memory that an instance can have: one page.
const PAGE_BYTES: u64 = 64 << 10;

/// A limit that no workflow can have. The caller's move.
#[derive(Debug, thiserror::Error)]
#[error("query: `{name}`: expected {least} to {most}, found {found}; the caller has to correct it")]
pub(crate) struct OptionError {
    name: &'static str,
    least: u64,
    most: u64,
    found: u64,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::admin) struct UploadQuery {
    enabled: Option<bool>,
    fuel: Option<u64>,
    deadline_ms: Option<u64>,
    memory_bytes: Option<u64>,
    /// Whether plans that it can return and the catalog does not have are a warning, and not a refusal.
    allow_unknown_slugs: Option<bool>,
}

impl UploadQuery {
    pub(super) fn on_unknown(&self) -> OnUnknownSlugs {
        OnUnknownSlugs::asked(self.allow_unknown_slugs)
    }

    pub(super) fn enabled(&self) -> Enabled {
        if self.enabled.unwrap_or(true) { Enabled::Yes } else { Enabled::No }
    }

    pub(super) fn limits(&self) -> Result<LimitOverrides, OptionError> {
        let memory_bytes = PAGE_BYTES..=u64::try_from(Limits::MAX_MEMORY_BYTES).unwrap_or(u64::MAX);
        within("fuel", self.fuel, &FUEL)?;
        within("deadline-ms", self.deadline_ms, &DEADLINE_MS)?;
        within("memory-bytes", self.memory_bytes, &memory_bytes)?;
        Ok(LimitOverrides { fuel: self.fuel, deadline_ms: self.deadline_ms, memory_bytes: self.memory_bytes })
    }
}

pub(in crate::admin) fn within(
    name: &'static str,
    value: Option<u64>,
    bounds: &RangeInclusive<u64>,
) -> Result<(), OptionError> {
    match value {
        Some(found) if !bounds.contains(&found) => {
            Err(OptionError { name, least: *bounds.start(), most: *bounds.end(), found })
        }
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &'static str, bounds: RangeInclusive<u64>) {
        let limits = |value: u64| {
            let query = UploadQuery {
                enabled: None,
                allow_unknown_slugs: None,
                fuel: (name == "fuel").then_some(value),
                deadline_ms: (name == "deadline-ms").then_some(value),
                memory_bytes: (name == "memory-bytes").then_some(value),
            };
            query.limits().map_err(|error| error.name)
        };
        let (least, most) = bounds.into_inner();
        assert!(limits(least).is_ok() && limits(most).is_ok());
        assert_eq!(limits(least - 1), Err(name));
        assert_eq!(limits(most + 1), Err(name));
    }

    #[test]
    fn every_limit_has_bounds() {
        check("fuel", 1..=10_000_000_000);
        check("deadline-ms", 1..=10_000);
        check("memory-bytes", (64 << 10)..=(256 << 20));
    }
}
