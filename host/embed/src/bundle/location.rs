//! Locations: where bundles are looked for.

use std::fmt;
use std::path::PathBuf;

/// Says where bundles are looked for. A text that begins with `http://` or `https://` is a URL, any other a path.
///
/// A URL may hold a secret, such as that of a signed link. What it is shown as leaves that out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BundleLocation {
    /// A file, which whoever replaces it moves into place.
    File(PathBuf),
    /// What is answered to `GET`.
    Url(String),
}

impl From<&str> for BundleLocation {
    fn from(text: &str) -> Self {
        let is_url = ["http://", "https://"].iter().any(|scheme| text.starts_with(scheme));
        if is_url { Self::Url(text.to_owned()) } else { Self::File(text.into()) }
    }
}

impl From<String> for BundleLocation {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<PathBuf> for BundleLocation {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl fmt::Display for BundleLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Url(url) => {
                let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
                let rest = rest.split(['?', '#']).next().unwrap_or_default();
                let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
                let host = authority.rsplit('@').next().unwrap_or_default();
                write!(f, "{scheme}://{host}/{path}")
            }
        }
    }
}

impl fmt::Debug for BundleLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BundleLocation({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, is_url: bool, shown: &str) {
        let location = BundleLocation::from(text);
        assert_eq!((matches!(location, BundleLocation::Url(_)), location.to_string()), (is_url, shown.to_owned()));
        assert!(!format!("{location:?}").contains("hunter2"));
    }

    #[test]
    fn a_location_is_shown_without_its_secrets() {
        check("/var/live.usher", false, "/var/live.usher");
        check("live.usher", false, "live.usher");
        check("https://s3.example/live.usher", true, "https://s3.example/live.usher");
        check("http://ada:hunter2@s3.example/a/b?X-Signature=hunter2#x", true, "http://s3.example/a/b");
        check("https://s3.example?sig=hunter2", true, "https://s3.example/");
    }
}
