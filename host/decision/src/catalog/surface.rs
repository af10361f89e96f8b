//! A place on the site that asks for decisions.

use serde_json::{Map, Value as Json};

/// Describes a place on the site that asks for decisions, such as a page, and what it is made of.
#[derive(Debug, PartialEq)]
pub struct Surface {
    pub(super) slug: String,
    pub(super) name: String,
    pub(super) properties: Map<String, Json>,
    pub(super) components: Vec<Component>,
}

impl Surface {
    /// Returns the slug that requests know the surface by.
    #[must_use]
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// Returns the name that people know the surface by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the free-form properties, in file order.
    #[must_use]
    pub fn properties(&self) -> &Map<String, Json> {
        &self.properties
    }

    /// Returns the components, in file order.
    #[must_use]
    pub fn components(&self) -> &[Component] {
        &self.components
    }
}

/// Describes a part of a surface, such as a paywall.
#[derive(Debug, PartialEq)]
pub struct Component {
    pub(super) key: String,
    pub(super) css_selector: Option<String>,
    pub(super) content: Map<String, Json>,
    pub(super) properties: Map<String, Json>,
}

impl Component {
    /// Returns what becomes of the element, in the form that clients apply: what to put before and after it or into it
    /// (`before`, `prepend`, `append`, `after`), whether to `remove` it, what to put in place of a range (`replaceRange`).
    /// Empty when nothing does.
    #[must_use]
    pub fn content(&self) -> &Map<String, Json> {
        &self.content
    }

    /// Returns the key that answers know the component by.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the CSS selector of the element that the component is about.
    #[must_use]
    pub fn css_selector(&self) -> Option<&str> {
        self.css_selector.as_deref()
    }

    /// Returns the free-form properties, in file order.
    #[must_use]
    pub fn properties(&self) -> &Map<String, Json> {
        &self.properties
    }
}
