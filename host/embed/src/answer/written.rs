//! What answers say whoever asks: of features that no plan says anything of, and of properties that have one of two values. It is
//! most of an answer's text, so it is written once for each release and copied from then on.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use usher_decision::{Catalog, Meter, PropertyKind, Provisioning, Resolution, ResolvedFeature, Value};

use super::features::{Feature, Property};
use crate::meter::Allowances;

/// A text that is there, or has to be written for each answer.
type Text = Option<Box<RawValue>>;

/// The texts of a catalog's features, in its order.
#[derive(Debug)]
pub(crate) struct Written(Vec<WrittenFeature>);

#[derive(Debug)]
pub(super) struct WrittenFeature {
    /// All of it, when no plan says anything of it.
    whole: Text,
    properties: Vec<WrittenProperty>,
}

#[derive(Debug)]
pub(super) struct WrittenProperty {
    fallback: Text,
    /// True, or on.
    yes: Text,
    /// False, or off.
    no: Text,
}

impl Written {
    pub(crate) fn of(catalog: &Catalog) -> Self {
        let untouched = Resolution::of(catalog, &Provisioning::default());
        Self(untouched.features(catalog).map(WrittenFeature::of).collect())
    }

    pub(super) fn features(&self) -> &[WrittenFeature] {
        &self.0
    }
}

impl WrittenFeature {
    fn of(untouched: ResolvedFeature<'_>) -> Self {
        let nothing_used = Allowances::default();
        let properties: Vec<_> = untouched
            .properties()
            .map(|resolved| WrittenProperty::of(&Property::of(&resolved, &nothing_used)))
            .collect();
        let is_written = properties.iter().all(|property| property.fallback.is_some());
        let feature = Feature { resolved: untouched, allowances: &nothing_used, written: None };
        Self { whole: is_written.then(|| text(&feature)).flatten(), properties }
    }

    pub(super) fn whole(&self) -> Option<&RawValue> {
        self.whole.as_deref()
    }

    pub(super) fn properties(&self) -> &[WrittenProperty] {
        &self.properties
    }
}

impl WrittenProperty {
    fn of(untouched: &Property<'_>) -> Self {
        let set_to = |value: &Value| text(&Property { value: Some(value), is_fallback: false, ..*untouched });
        let [yes, no] = match untouched.property.kind() {
            PropertyKind::Meterable { .. } => [Meter::On, Meter::Off].map(|meter| set_to(&Value::Meter(meter))),
            PropertyKind::Boolean => [true, false].map(|flag| set_to(&Value::Boolean(flag))),
            PropertyKind::Number | PropertyKind::String { .. } => [None, None],
        };
        // What is left of a limit is another thing for each user.
        let is_limited = matches!(untouched.value, Some(Value::Meter(Meter::Metered { .. })));
        Self { fallback: if is_limited { None } else { text(untouched) }, yes, no }
    }

    /// What answers say of the property, if it is written.
    pub(super) fn text(&self, property: &Property<'_>) -> Option<&RawValue> {
        let text = match property.value {
            _ if property.is_fallback => &self.fallback,
            Some(Value::Boolean(true) | Value::Meter(Meter::On)) => &self.yes,
            Some(Value::Boolean(false) | Value::Meter(Meter::Off)) => &self.no,
            _ => return None,
        };
        text.as_deref()
    }
}

fn text(part: &impl Serialize) -> Text {
    to_raw_value(part).ok()
}

#[cfg(test)]
mod tests {
    use usher_decision::{Origin, Provisioning, Resolution};

    use super::*;
    use crate::meter::Allowance;

    /// Features of which all, some and no properties have a text that does not differ from user to user.
    const CATALOG: &str = r#"
        [features.article.properties]
        enabled = { type = "meterable", fallback = "off" }
        ads = { type = "boolean", fallback = true }
        quality = { type = "string", order = ["low", "high"], fallback = "low" }
        limit = { type = "number", fallback = 1.5 }
        [features.archive.properties]
        enabled = { type = "meterable", fallback = { limit = 3, per = "month" } }
        shared = { type = "boolean" }
        [features.nothing]
        [plans.reader.features]
        article = { enabled = { limit = 5, per = "day" }, ads = false, quality = "high" }
        [plans.subscriber.features]
        article = { enabled = "on", limit = 4 }
        archive = { enabled = "off" }
    "#;

    /// Something is used of every limit.
    fn used(catalog: &Catalog, resolution: &Resolution) -> Allowances {
        let mut used = Allowances::default();
        for resolved in resolution.features(catalog).flat_map(|feature| feature.properties()) {
            if let Some(Value::Meter(Meter::Metered { limit, .. })) = resolved.value {
                let (total_units, slot) = (*limit, resolved.property.slot());
                used.put(slot, Allowance { total_units, consumed_units: 2, period_start_ms: 0, resource_used: false });
            }
        }
        used
    }

    #[test]
    fn what_is_written_before_is_what_would_be_written_now() {
        let catalog = Catalog::parse(CATALOG).unwrap();
        let written = Written::of(&catalog);
        let whole: Vec<_> = written.features().iter().map(|feature| feature.whole().is_some()).collect();
        assert_eq!(whole, [true, false, true]);
        for plans in [&[][..], &["reader"], &["subscriber"], &["reader", "subscriber"]] {
            let mut provisioning = Provisioning::default();
            for plan in plans {
                provisioning.grant(&catalog, plan, Origin::Workflow("w".into())).unwrap();
            }
            let resolution = Resolution::of(&catalog, &provisioning);
            let allowances = &used(&catalog, &resolution);
            for (resolved, written) in resolution.features(&catalog).zip(written.features()) {
                let text = |written| serde_json::to_string(&Feature { resolved, allowances, written }).unwrap();
                assert_eq!(text(Some(written)), text(None), "{plans:?}");
            }
        }
    }
}
