//! `features`: every feature of the catalog with every property's value.

use jiff::Timestamp;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;
use usher_decision::{self as rules, Meter, PropertyKind, Resolved, ResolvedFeature, Value};

use super::written::WrittenFeature;
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
        serializer.collect_map(features.zip(decision.release.written().features()).map(|(resolved, written)| {
            (resolved.feature().slug(), Feature { resolved, allowances, written: Some(written) })
        }))
    }
}

/// What one feature came to.
pub(super) struct Feature<'a> {
    pub(super) resolved: ResolvedFeature<'a>,
    pub(super) allowances: &'a Allowances,
    /// What is written of it already.
    pub(super) written: Option<&'a WrittenFeature>,
}

impl Feature<'_> {
    fn whole_text(&self) -> Option<&RawValue> {
        let text = self.written?.whole()?;
        self.resolved.properties().all(|resolved| resolved.is_fallback).then_some(text)
    }
}

impl Serialize for Feature<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(text) = self.whole_text() {
            return text.serialize(serializer);
        }
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
        let Self(Feature { resolved, allowances, written }) = *self;
        let mut map = serializer.serialize_map(None)?;
        for (position, resolved) in resolved.properties().enumerate() {
            let property = Property::of(&resolved, allowances);
            let written = written.and_then(|written| written.properties().get(position)?.text(&property));
            match written {
                Some(text) => map.serialize_entry(resolved.property.slug(), text)?,
                None => map.serialize_entry(resolved.property.slug(), &property)?,
            }
        }
        map.end()
    }
}

/// What one property came to.
#[derive(Clone, Copy)]
pub(super) struct Property<'a> {
    pub(super) property: &'a rules::Property,
    pub(super) value: Option<&'a Value>,
    pub(super) is_fallback: bool,
    pub(super) allowance: Option<&'a Allowance>,
}

impl<'a> Property<'a> {
    pub(super) fn of(resolved: &Resolved<'a>, allowances: &'a Allowances) -> Self {
        let Resolved { property, value, is_fallback, .. } = *resolved;
        Self { property, value, is_fallback, allowance: allowances.of(property.slot()) }
    }
}

impl Serialize for Property<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { property, value, is_fallback, allowance } = *self;
        let mut map = serializer.serialize_map(None)?;
        match property.kind() {
            PropertyKind::Meterable { unique_resources } => {
                map.serialize_entry("type", "meterable")?;
                map.serialize_entry("counterId", property.counter_id())?;
                let meter = match value {
                    Some(Value::Meter(meter)) => *meter,
                    _ => Meter::Off,
                };
                map.serialize_entry("hasAccess", &gives_access(&meter, allowance))?;
                if let Some(allowance) = allowance {
                    serialize_allowance(&mut map, allowance)?;
                    map.serialize_entry("uniqueResources", unique_resources)?;
                    map.serialize_entry("resourceIdUsed", &allowance.resource_used)?;
                }
            }
            PropertyKind::Number => serialize_value(&mut map, "number", value)?,
            PropertyKind::Boolean => serialize_value(&mut map, "boolean", value)?,
            PropertyKind::String { .. } => serialize_value(&mut map, "string", value)?,
        }
        map.serialize_entry("isFallback", &is_fallback)?;
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
