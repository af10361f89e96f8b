//! What is different in another catalog: for people who look at a release before it is deployed.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::plan::Setting;
use super::word::Word;
use super::{Catalog, JwtIntegration, Plan, Property, PropertyKind, Value};

/// Says what is different about one thing in a catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// What kind of thing it is.
    pub part: Part,
    /// What it is known by: a slug, a name; of a property that of its feature and its own, as in `article.enabled`.
    pub name: String,
    /// What has become of it.
    pub change: Change,
}

/// Names the kinds of things that a catalog is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// A bundle of values.
    Plan,
    /// A dial of a feature.
    Property,
    /// What is said of a workflow.
    WorkflowRules,
    /// A place that asks for decisions.
    Surface,
    /// How tokens are verified.
    JwtIntegration,
    /// What workflows can read.
    Variable,
    /// When periods begin. There is one calendar.
    Calendar,
}

/// Says what has become of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is another one. Each text says what of it, as in `article.ads: true → false`; none where that is not taken apart.
    Changed(Vec<String>),
}

impl Part {
    /// Returns the part as a word, such as `plan`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Property => "property",
            Self::WorkflowRules => "workflow-rules",
            Self::Surface => "surface",
            Self::JwtIntegration => "jwt-integration",
            Self::Variable => "variable",
            Self::Calendar => "calendar",
        }
    }
}

impl Change {
    /// Returns the change as a word: `added`, `removed` or `changed`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed(_) => "changed",
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}` {}", self.part.name(), self.name, self.change.name())?;
        match &self.change {
            Change::Changed(details) if !details.is_empty() => write!(f, ": {}", details.join("; ")),
            _ => Ok(()),
        }
    }
}

impl Catalog {
    /// Returns everything that is different in another catalog: plans first, then properties, then the rest, each in the order of
    /// this catalog and then of the other. That things come in another order is no difference, except where it decides something:
    /// among the values that a string property can have.
    ///
    /// ```
    /// use usher_decision::Catalog;
    ///
    /// let before = Catalog::parse("[plans.gold]\n[plans.silver]\nname = 'Silver'")?;
    /// let after = Catalog::parse("[plans.silver]\nname = 'Sterling'\n[plans.bronze]")?;
    /// let texts: Vec<_> = before.differences(&after).iter().map(ToString::to_string).collect();
    /// assert_eq!(texts, [
    ///     "plan `gold` removed",
    ///     "plan `silver` changed: name: Silver → Sterling",
    ///     "plan `bronze` added",
    /// ]);
    /// # Ok::<(), usher_decision::CatalogError>(())
    /// ```
    #[must_use]
    pub fn differences(&self, after: &Self) -> Vec<Difference> {
        let (old, new) = (self.by_name(), after.by_name());
        let mut found = Vec::new();
        let plan = |slug: &str| {
            let of = |catalog: &Self, names: &ByName<'_>| {
                Some(details_of(catalog.plan(catalog.plan_by_slug(slug)?)?, names))
            };
            changes(&of(self, &old)?, &of(after, &new)?)
        };
        let plans = |catalog: &Self| catalog.plans.iter().map(|plan| plan.slug().to_owned()).collect();
        compare(Part::Plan, (plans(self), plans(after)), plan, &mut found);

        let property = |name: &str| {
            let of = |names: &ByName<'_>| names.properties.get(name).map(|property| property_details(property));
            changes(&of(&old)?, &of(&new)?)
        };
        compare(Part::Property, (old.names.clone(), new.names.clone()), property, &mut found);

        let rules = |catalog: &Self| {
            let mut slugs: Vec<_> = catalog.workflows.keys().map(|slug| slug.to_string()).collect();
            slugs.sort_unstable();
            slugs
        };
        let is_other = |slug: &str| whole(self.workflow(slug) != after.workflow(slug));
        compare(Part::WorkflowRules, (rules(self), rules(after)), is_other, &mut found);

        let surfaces = |catalog: &Self| catalog.surfaces.iter().map(|surface| surface.slug().to_owned()).collect();
        let is_other = |slug: &str| whole(self.surface(slug) != after.surface(slug));
        compare(Part::Surface, (surfaces(self), surfaces(after)), is_other, &mut found);

        let jwt = |catalog: &Self| catalog.jwt_integrations.iter().map(|found| found.name().to_owned()).collect();
        let is_other = |name: &str| {
            let find = |catalog: &Self| catalog.jwt_integrations.iter().find(|found| found.name() == name).cloned();
            // The line that one is in says nothing.
            let anywhere = |found: JwtIntegration| JwtIntegration { line: 0, ..found };
            whole(find(self).map(anywhere) != find(after).map(anywhere))
        };
        compare(Part::JwtIntegration, (jwt(self), jwt(after)), is_other, &mut found);

        let variables = |catalog: &Self| catalog.variables.iter().map(|(name, _)| name.clone()).collect();
        let is_other = |name: &str| {
            let find = |catalog: &Self| catalog.variables.iter().find(|(found, _)| found == name).cloned();
            whole(find(self) != find(after))
        };
        compare(Part::Variable, (variables(self), variables(after)), is_other, &mut found);

        if self.calendar != after.calendar {
            let (name, change) = ("calendar".to_owned(), Change::Changed(Vec::new()));
            found.push(Difference { part: Part::Calendar, name, change });
        }
        found
    }

    fn by_name(&self) -> ByName<'_> {
        let properties = self.features.iter().flat_map(|feature| {
            feature
                .properties()
                .iter()
                .map(move |property| (format!("{}.{}", feature.slug(), property.slug()), property))
        });
        let (names, properties): (Vec<_>, Vec<_>) = properties.unzip();
        let properties = names.iter().cloned().zip(properties).collect();
        ByName { names, properties }
    }
}

/// All properties of a catalog by `feature.property`.
struct ByName<'a> {
    /// In the order of their slots.
    names: Vec<String>,
    properties: HashMap<String, &'a Property>,
}

/// What a plan is, part by part.
fn details_of(plan: &Plan, names: &ByName<'_>) -> Vec<(String, String)> {
    let listed = |words: Vec<String>| words.join(", ");
    let mut details = vec![
        ("name".to_owned(), plan.name().to_owned()),
        ("description".to_owned(), plan.description().unwrap_or_default().to_owned()),
        ("assign".to_owned(), listed(plan.assigned_to().iter().map(ToString::to_string).collect())),
        ("products".to_owned(), listed(plan.products().iter().map(ToString::to_string).collect())),
    ];
    let value = |setting: &Setting| Some((names.names.get(setting.slot)?.clone(), setting.value.to_string()));
    details.extend(plan.settings().iter().filter_map(value));
    details
}

fn property_details(property: &Property) -> Vec<(String, String)> {
    let kind = match property.kind() {
        PropertyKind::Meterable { unique_resources: true } => "meterable, each resource once".to_owned(),
        PropertyKind::Meterable { unique_resources: false } => "meterable".to_owned(),
        PropertyKind::Number => "number".to_owned(),
        PropertyKind::Boolean => "boolean".to_owned(),
        PropertyKind::String { order } => format!("string of {}", order.join(" < ")),
    };
    vec![
        ("type".to_owned(), kind),
        ("wins".to_owned(), property.wins().word().to_owned()),
        ("fallback".to_owned(), property.fallback().map(Value::to_string).unwrap_or_default()),
        ("counter".to_owned(), property.counter_id().to_owned()),
    ]
}

/// What of the parts is different; none when nothing is.
fn changes(before: &[(String, String)], after: &[(String, String)]) -> Option<Vec<String>> {
    let other = |name: &str| after.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    let shown = |value: &str| if value.is_empty() { "nothing".to_owned() } else { value.to_owned() };
    let text = |name: &str, old: &str, new: &str| format!("{name}: {} → {}", shown(old), shown(new));
    let mut texts = Vec::new();
    for (name, old) in before {
        let new = other(name).unwrap_or_default();
        if old != new {
            texts.push(text(name, old, new));
        }
    }
    let added = after.iter().filter(|(name, _)| before.iter().all(|(found, _)| found != name));
    texts.extend(added.map(|(name, new)| text(name, "", new)));
    (!texts.is_empty()).then_some(texts)
}

/// Finds what is added, what is removed, and what is another one, as `change` says.
fn compare(
    part: Part,
    (before, after): (Vec<String>, Vec<String>),
    change: impl Fn(&str) -> Option<Vec<String>>,
    found: &mut Vec<Difference>,
) {
    let (old, new): (HashSet<_>, HashSet<_>) = (before.iter().cloned().collect(), after.iter().cloned().collect());
    for name in before {
        let change = match new.contains(&name) {
            false => Some(Change::Removed),
            true => change(&name).map(Change::Changed),
        };
        found.extend(change.map(|change| Difference { part, name, change }));
    }
    let added = after.into_iter().filter(|name| !old.contains(name));
    found.extend(added.map(|name| Difference { part, name, change: Change::Added }));
}

/// Something that is not taken apart.
fn whole(is_other: bool) -> Option<Vec<String>> {
    is_other.then(Vec::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is different between two catalogs, in words.
    fn texts(before: &str, after: &str) -> Vec<String> {
        let (before, after) = (Catalog::parse(before).unwrap(), Catalog::parse(after).unwrap());
        before.differences(&after).iter().map(ToString::to_string).collect()
    }

    const FEATURE: &str = "
        [features.article.properties]
        enabled = { type = 'meterable' }
        ads = { type = 'boolean', wins = 'lower' }
        quality = { type = 'string', order = ['low', 'high'] }
    ";

    #[test]
    fn what_is_the_same_has_no_difference() {
        let plan = "[plans.gold.features.article]\nads = true\n[plans.silver]\n";
        let turned = "[plans.silver]\n[plans.gold.features.article]\nads = true\n";
        assert!(texts(&format!("{FEATURE}{plan}"), &format!("# moved\n{FEATURE}{turned}")).is_empty());
    }

    #[test]
    fn each_part_says_what_is_different() {
        let cases: &[(&str, &str, &str)] = &[
            ("[plans.a]", "", "plan `a` removed"),
            ("", "[plans.a]", "plan `a` added"),
            ("[plans.a]\nname = 'A'", "[plans.a]\nname = 'B'", "plan `a` changed: name: A → B"),
            ("[plans.a]", "[plans.a]\nproducts = ['p', 'q']", "plan `a` changed: products: nothing → p, q"),
            ("[plans.a]", "[plans.a.features.article]\nads = false", "plan `a` changed: article.ads: nothing → false"),
            (
                "[plans.a.features.article]\nenabled = 'on'",
                "[plans.a.features.article]\nenabled = { limit = 3, per = 'month' }",
                "plan `a` changed: article.enabled: on → 3 per month",
            ),
            ("", "[features.video.properties.hd]\ntype = 'boolean'", "property `video.hd` added"),
            ("", "[variables]\nseason = 'autumn'", "variable `season` added"),
            ("[surfaces.home]", "[surfaces.home]\nname = 'Front'", "surface `home` changed"),
        ];
        for (before, after, text) in cases {
            let with = |rest: &str| format!("{FEATURE}{rest}\n");
            assert_eq!(texts(&with(before), &with(after)), [*text]);
        }
    }

    #[test]
    fn a_property_is_its_type_its_rule_and_its_fallback() {
        let property = |of: &str| format!("[features.article.properties]\nquality = {{ {of} }}\n");
        let found = texts(
            &property("type = 'string', order = ['low', 'high']"),
            &property("type = 'string', order = ['high', 'low'], wins = 'lower', fallback = 'low'"),
        );
        let expected = "property `article.quality` changed: type: string of low < high → string of high < low; \
                        wins: higher → lower; fallback: nothing → low";
        assert_eq!(found, [expected]);
    }
}
