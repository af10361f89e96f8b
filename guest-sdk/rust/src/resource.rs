//! What the user asks about.

use serde::de::DeserializeOwned;

use crate::{Resource, json};

/// Tells why the open-ended part of a resource could not be read as the type that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the resource is not what was expected: {reason}")]
pub struct ResourceError {
    reason: String,
}

/// # Parts of the resource
impl Resource {
    /// Reads the content of one of the page's meta elements, by its name or property.
    ///
    /// ```
    /// let request = usher_guest::testing::request().resource("a-1").meta("section", "opinion").build();
    /// assert_eq!(request.resource().and_then(|article| article.meta("section")), Some("opinion"));
    /// ```
    pub fn meta(&self, name: &str) -> Option<&str> {
        self.meta.iter().find_map(|(key, content)| (key == name).then_some(content.as_str()))
    }

    /// Reads everything else the caller sent about it, as a type of your own.
    ///
    /// # Errors
    ///
    /// When it does not fit the type. Callers send what they like: a field that may be missing needs a default.
    ///
    /// ```
    /// # use usher_guest::testing::{self, json};
    /// #[derive(serde::Deserialize)]
    /// struct Article {
    ///     #[serde(default)]
    ///     words: u32,
    /// }
    ///
    /// let request = testing::request().resource("a-1").resource_extra(json!({ "words": 1200 })).build();
    /// let article: Article = request.resource().unwrap().extra()?;
    /// assert_eq!(article.words, 1200);
    /// # Ok::<(), usher_guest::ResourceError>(())
    /// ```
    pub fn extra<T: DeserializeOwned>(&self) -> Result<T, ResourceError> {
        json::read(&self.extra).map_err(|reason| ResourceError { reason })
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{self, json};

    #[test]
    fn meta_is_found_by_its_name() {
        let request = testing::request().resource("a-1").meta("section", "opinion").meta("section", "news").build();
        let resource = request.resource().unwrap();
        assert_eq!(resource.meta("section"), Some("opinion"));
        assert_eq!(resource.meta("Section"), None);
    }

    #[test]
    fn extra_fits_a_type_or_says_why_not() {
        let request = testing::request().resource("a-1").resource_extra(json!({ "words": "many" })).build();
        let resource = request.resource().unwrap();
        assert_eq!(resource.extra::<std::collections::BTreeMap<String, String>>().unwrap()["words"], "many");
        let error = resource.extra::<std::collections::BTreeMap<String, u32>>().unwrap_err().to_string();
        assert_eq!(error, "the resource is not what was expected: expected u32, found `many`");
    }

    #[test]
    fn a_caller_may_name_nothing() {
        assert_eq!(testing::request().build().resource(), None);
    }
}
