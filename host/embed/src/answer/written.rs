//! What answers say whoever asks: names, features that no plan says anything of, and properties that have one of two values. It is
//! most of an answer's text, so it is written once for each release and copied from then on.

use usher_decision::{Catalog, Meter, PropertyKind, Provisioning, Resolution, ResolvedFeature, Value};

use super::features::Property;
use crate::json::JsonText;
use crate::meter::Allowances;

/// A text that is there, or has to be written for each answer.
type Text = Option<Box<str>>;

/// The texts of a catalog's features, in its order.
#[derive(Debug)]
pub(crate) struct Written(Vec<WrittenFeature>);

/// The texts of one feature, which belong into an object whose keys are features.
#[derive(Debug)]
struct WrittenFeature {
    /// All of it, when no plan says anything of it.
    whole: Text,
    /// What comes before its properties.
    head: Box<str>,
    properties: Vec<WrittenProperty>,
}

/// The texts of one property, which belong into an object whose keys are properties.
#[derive(Debug)]
struct WrittenProperty {
    /// What comes before the first value that differs.
    head: Box<str>,
    /// All of it, when no plan says anything of it.
    fallback: Text,
    /// All of it when it is true, or on.
    yes: Text,
    /// All of it when it is false, or off.
    no: Text,
}

impl Written {
    pub(crate) fn of(catalog: &Catalog) -> Self {
        let untouched = Resolution::of(catalog, &Provisioning::default());
        Self(untouched.features(catalog).map(WrittenFeature::of).collect())
    }

    /// Writes what the features came to.
    pub(super) fn write<'a>(
        &self,
        json: &mut JsonText,
        features: impl Iterator<Item = ResolvedFeature<'a>>,
        allowances: &'a Allowances,
    ) {
        json.members(self.0.iter().zip(features), |json, (written, resolved)| {
            let is_untouched = || resolved.properties().all(|property| property.is_fallback);
            match &written.whole {
                Some(text) if is_untouched() => {
                    json.raw(text);
                }
                _ => written.write(json, resolved, allowances),
            }
        });
    }
}

impl WrittenFeature {
    fn of(untouched: ResolvedFeature<'_>) -> Self {
        let (feature, nothing_used) = (untouched.feature(), Allowances::default());
        let properties: Vec<_> = untouched
            .properties()
            .map(|resolved| WrittenProperty::of(&Property::of(&resolved, &nothing_used)))
            .collect();
        let head = text(|json| {
            json.text(feature.slug()).raw(r#":{"featureId":"#).text(feature.id());
            json.raw(r#","featureSlug":"#).text(feature.slug()).raw(r#","properties":"#);
        });
        let is_written = properties.iter().all(|property| property.fallback.is_some());
        let written = Self { whole: None, head, properties };
        let whole = is_written.then(|| text(|json| written.write(json, untouched, &nothing_used)));
        Self { whole, ..written }
    }

    fn write<'a>(&self, json: &mut JsonText, resolved: ResolvedFeature<'a>, allowances: &'a Allowances) {
        json.raw(&self.head);
        json.members(self.properties.iter().zip(resolved.properties()), |json, (written, resolved)| {
            written.write(json, &Property::of(&resolved, allowances));
        });
        json.raw("}");
    }
}

impl WrittenProperty {
    fn of(untouched: &Property<'_>) -> Self {
        let head = text(|json| Property::write_head(untouched.property, json));
        let written = Self { head, fallback: None, yes: None, no: None };
        let whole = |property: Property<'_>| Some(text(|json| written.write(json, &property)));
        let set_to = |value: &Value| whole(Property { value: Some(value), is_fallback: false, ..*untouched });
        let [yes, no] = match untouched.property.kind() {
            PropertyKind::Meterable { .. } => [Meter::On, Meter::Off].map(|meter| set_to(&Value::Meter(meter))),
            PropertyKind::Boolean => [true, false].map(|flag| set_to(&Value::Boolean(flag))),
            PropertyKind::Number | PropertyKind::String { .. } => [None, None],
        };
        // What is left of a limit is another thing for each user.
        let is_limited = matches!(untouched.value, Some(Value::Meter(Meter::Metered { .. })));
        let fallback = if is_limited { None } else { whole(*untouched) };
        Self { fallback, yes, no, ..written }
    }

    fn write(&self, json: &mut JsonText, property: &Property<'_>) {
        let whole = match property.value {
            _ if property.is_fallback => &self.fallback,
            Some(Value::Boolean(true) | Value::Meter(Meter::On)) => &self.yes,
            Some(Value::Boolean(false) | Value::Meter(Meter::Off)) => &self.no,
            _ => &None,
        };
        match whole {
            Some(text) => {
                json.raw(text);
            }
            None => property.write_rest(json.raw(&self.head)),
        }
    }
}

/// What is written by this, which writes whole characters.
fn text(write: impl FnOnce(&mut JsonText)) -> Box<str> {
    let mut json = JsonText::default();
    write(&mut json);
    json.into_text().into()
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

    /// Of which everything is written for each answer.
    fn without_texts(catalog: &Catalog) -> Written {
        let Written(mut features) = Written::of(catalog);
        for feature in &mut features {
            feature.whole = None;
            for property in &mut feature.properties {
                (property.fallback, property.yes, property.no) = (None, None, None);
            }
        }
        Written(features)
    }

    #[test]
    fn what_is_written_before_is_what_would_be_written_now() {
        let catalog = Catalog::parse(CATALOG).unwrap();
        let written = Written::of(&catalog);
        let whole: Vec<_> = written.0.iter().map(|feature| feature.whole.is_some()).collect();
        assert_eq!(whole, [true, false, true]);
        for plans in [&[][..], &["reader"], &["subscriber"], &["reader", "subscriber"]] {
            let mut provisioning = Provisioning::default();
            for plan in plans {
                provisioning.grant(&catalog, plan, Origin::Workflow("w".into())).unwrap();
            }
            let resolution = Resolution::of(&catalog, &provisioning);
            let allowances = &used(&catalog, &resolution);
            let text = |written: &Written| text(|json| written.write(json, resolution.features(&catalog), allowances));
            assert_eq!(text(&written), text(&without_texts(&catalog)), "{plans:?}");
            serde_json::from_str::<serde_json::Value>(&text(&written)).unwrap();
        }
    }
}
