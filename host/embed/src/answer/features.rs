//! `features`: what every property of a feature comes to.

use jiff::Timestamp;
use usher_decision::{self as rules, Meter, PropertyKind, Resolved, Value};

use crate::json::JsonText;
use crate::meter::{Allowance, Allowances, gives_access};

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

    /// How the property's text begins, whatever it came to: up to the first value that differs.
    pub(super) fn write_head(property: &rules::Property, json: &mut JsonText) {
        json.text(property.slug());
        match property.kind() {
            PropertyKind::Meterable { .. } => {
                json.raw(r#":{"type":"meterable","counterId":"#).text(property.counter_id()).raw(r#","hasAccess":"#)
            }
            PropertyKind::Number => json.raw(r#":{"type":"number","value":"#),
            PropertyKind::Boolean => json.raw(r#":{"type":"boolean","value":"#),
            PropertyKind::String { .. } => json.raw(r#":{"type":"string","value":"#),
        };
    }

    /// The rest of its text.
    pub(super) fn write_rest(&self, json: &mut JsonText) {
        if let PropertyKind::Meterable { unique_resources } = self.property.kind() {
            let meter = match self.value {
                Some(Value::Meter(meter)) => *meter,
                _ => Meter::Off,
            };
            json.flag(gives_access(&meter, self.allowance));
            if let Some(allowance) = self.allowance {
                write_allowance(json, allowance, *unique_resources);
            }
        } else {
            write_value(json, self.value);
        }
        json.raw(r#","isFallback":"#).flag(self.is_fallback).raw("}");
    }
}

fn write_allowance(json: &mut JsonText, allowance: &Allowance, unique_resources: bool) {
    let start = i64::try_from(allowance.period_start_ms).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    json.raw(r#","consumedUnits":"#).value(&allowance.consumed_units);
    json.raw(r#","remainingUnits":"#).value(&allowance.remaining_units());
    json.raw(r#","totalUnits":"#).value(&allowance.total_units);
    json.raw(r#","periodStart":"#).shown(start.unwrap_or(Timestamp::UNIX_EPOCH));
    json.raw(r#","uniqueResources":"#).flag(unique_resources);
    json.raw(r#","resourceIdUsed":"#).flag(allowance.resource_used);
}

fn write_value(json: &mut JsonText, value: Option<&Value>) {
    match value {
        Some(Value::Number(number)) => match whole(*number) {
            Some(whole) => json.value(&whole),
            None => json.value(number),
        },
        Some(Value::Boolean(flag)) => json.flag(*flag),
        Some(Value::Text(text)) => json.text(text),
        Some(Value::Meter(_)) | None => json.raw("null"),
    };
}

/// A number without a fraction, so that 4 is written `4` and not `4.0`.
fn whole(number: f64) -> Option<i64> {
    /// Every whole number up to here is exact in a double: 2^53.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "whole and within range, as checked")]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}
