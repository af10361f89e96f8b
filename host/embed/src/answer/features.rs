//! `features`: every feature of the catalog with every property's value.

use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap, Serializer};
use usher_decision::{Meter, PropertyKind, Resolved, ResolvedFeature, Value};

use crate::decision::Decision;
use crate::meter::{Allowance, Allowances, gives_access};

/// All features, by slug.
#[derive(Debug)]
pub(super) struct Features<'a>(&'a Decision);

impl<'a> Features<'a> {
    pub(super) fn of(decision: &'a Decision) -> Self {
        Self(decision)
    }
}

impl Serialize for Features<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(decision) = self;
        let features = decision.resolution.features(decision.release.catalog());
        let allowances = &decision.allowances;
        serializer.collect_map(features.map(|resolved| (resolved.feature().slug(), Feature { resolved, allowances })))
    }
}

struct Feature<'a> {
    resolved: ResolvedFeature<'a>,
    allowances: &'a Allowances,
}

impl Serialize for Feature<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let feature = self.resolved.feature();
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("featureId", feature.id())?;
        map.serialize_entry("featureSlug", feature.slug())?;
        map.serialize_entry("properties", &Properties(self))?;
        map.end()
    }
}

struct Properties<'a>(&'a Feature<'a>);

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(Feature { resolved, allowances }) = *self;
        let mut map = serializer.serialize_map(None)?;
        for resolved in resolved.properties() {
            let allowance = allowances.of(resolved.property.slot());
            map.serialize_entry(resolved.property.slug(), &Property { resolved, allowance })?;
        }
        map.end()
    }
}

struct Property<'a> {
    resolved: Resolved<'a>,
    allowance: Option<&'a Allowance>,
}

impl Serialize for Property<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { resolved, allowance } = self;
        let mut map = serializer.serialize_map(None)?;
        match resolved.property.kind() {
            PropertyKind::Meterable { unique_resources } => {
                map.serialize_entry("type", "meterable")?;
                map.serialize_entry("counterId", resolved.property.counter_id())?;
                let meter = match resolved.value {
                    Some(Value::Meter(meter)) => *meter,
                    _ => Meter::Off,
                };
                map.serialize_entry("hasAccess", &gives_access(&meter, *allowance))?;
                if let Some(allowance) = allowance {
                    serialize_allowance(&mut map, allowance)?;
                    map.serialize_entry("uniqueResources", unique_resources)?;
                    map.serialize_entry("resourceIdUsed", &allowance.resource_used)?;
                }
            }
            PropertyKind::Number => serialize_value(&mut map, "number", resolved.value)?,
            PropertyKind::Boolean => serialize_value(&mut map, "boolean", resolved.value)?,
            PropertyKind::String { .. } => serialize_value(&mut map, "string", resolved.value)?,
        }
        map.serialize_entry("isFallback", &resolved.is_fallback)?;
        map.end()
    }
}

fn serialize_allowance<M: SerializeMap>(map: &mut M, allowance: &Allowance) -> Result<(), M::Error> {
    map.serialize_entry("consumedUnits", &allowance.consumed_units)?;
    map.serialize_entry("remainingUnits", &allowance.remaining_units())?;
    map.serialize_entry("totalUnits", &allowance.total_units)?;
    let start = i64::try_from(allowance.period_start_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    map.serialize_entry("periodStart", &start.unwrap_or(Timestamp::UNIX_EPOCH).to_string())
}

fn serialize_value<M: SerializeMap>(map: &mut M, kind: &str, value: Option<&Value>) -> Result<(), M::Error> {
    map.serialize_entry("type", kind)?;
    match value {
        Some(Value::Number(number)) => match whole(*number) {
            Some(whole) => map.serialize_entry("value", &whole),
            None => map.serialize_entry("value", number),
        },
        Some(Value::Boolean(flag)) => map.serialize_entry("value", flag),
        Some(Value::Text(text)) => map.serialize_entry("value", &**text),
        Some(Value::Meter(_)) | None => map.serialize_entry("value", &()),
    }
}

/// A number without a fraction, so that 4 is written `4` and not `4.0`.
fn whole(number: f64) -> Option<i64> {
    /// Every whole number up to here is exact in a double: 2^53.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "whole and within range, as checked")]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}
