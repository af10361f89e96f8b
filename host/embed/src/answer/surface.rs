//! `surfaceBehavior` and `componentBehaviors`: what the catalog says that a surface shows.

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value};
use usher_decision::{Component, Surface};

#[derive(Debug, Serialize)]
pub(super) struct SurfaceBehavior<'a> {
    #[serde(skip_serializing_if = "Map::is_empty")]
    properties: &'a Map<String, Value>,
}

impl<'a> SurfaceBehavior<'a> {
    pub(super) fn of(surface: &'a Surface) -> Self {
        Self { properties: surface.properties() }
    }
}

/// The surface's components, by key.
#[derive(Debug)]
pub(super) struct ComponentBehaviors<'a>(&'a [Component]);

impl<'a> ComponentBehaviors<'a> {
    pub(super) fn of(surface: &'a Surface) -> Self {
        Self(surface.components())
    }
}

impl Serialize for ComponentBehaviors<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|component| (component.key(), Behavior(component))))
    }
}

struct Behavior<'a>(&'a Component);

impl Serialize for Behavior<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(component) = self;
        let mut map = serializer.serialize_map(None)?;
        if !component.content().is_empty() {
            map.serialize_entry("content", component.content())?;
        }
        if !component.properties().is_empty() {
            map.serialize_entry("properties", component.properties())?;
        }
        // Clients drop every component of an answer in which one lacks `metadata`.
        map.serialize_entry("metadata", &Metadata { css_selector: component.css_selector() })?;
        map.end()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    css_selector: Option<&'a str>,
}
