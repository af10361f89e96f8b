//! Crawler ranges: the IP addresses that the operators of well-known crawlers publish, by which a bot that says who it is
//! can prove it.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use ipnetwork::IpNetwork;
use serde::Deserialize;

/// Bytes that a file may have: the largest published ones have some hundred kilobytes.
const FILE_BYTES: u64 = 4 << 20;

/// The published addresses of crawlers, by product.
#[derive(Debug, Clone, Default)]
pub struct CrawlerRanges {
    products: Vec<(String, Vec<IpNetwork>)>,
}

/// Why a file of ranges cannot be used. The operator's move.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CrawlerRangesError {
    /// It cannot be read.
    #[error("crawler ranges `{}`: expected a file of at most {FILE_BYTES} bytes that can be read; the operator has to \
             correct the path or the file", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// It has another form.
    #[error(
        "crawler ranges `{}`: expected JSON of the form {{\"prefixes\": [{{\"ipv4Prefix\": \"192.0.2.0/24\"}}]}}; the operator has to \
         fetch it again", path.display()
    )]
    Form {
        /// Which file.
        path: PathBuf,
        /// What was found.
        source: serde_json::Error,
    },
    /// It has no addresses.
    #[error("crawler ranges `{}`: expected at least one prefix, found none; the operator has to fetch it again", path.display())]
    Empty {
        /// Which file.
        path: PathBuf,
    },
}

/// The form in which Google began to publish its ranges, and others followed.
#[derive(Deserialize)]
struct Document {
    prefixes: Vec<Prefix>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Prefix {
    ipv4_prefix: Option<IpNetwork>,
    ipv6_prefix: Option<IpNetwork>,
}

impl CrawlerRanges {
    /// Adds the ranges of a product, such as `Googlebot`, from a file as its operator publishes it.
    ///
    /// # Errors
    ///
    /// The file cannot be read, has another form, or has no addresses.
    pub fn with_file(mut self, product: &str, path: &Path) -> Result<Self, CrawlerRangesError> {
        let text = read(path).map_err(|source| CrawlerRangesError::File { path: path.to_owned(), source })?;
        let document: Document = serde_json::from_slice(&text)
            .map_err(|source| CrawlerRangesError::Form { path: path.to_owned(), source })?;
        let networks: Vec<_> = document
            .prefixes
            .into_iter()
            .flat_map(|prefix| [prefix.ipv4_prefix, prefix.ipv6_prefix])
            .flatten()
            .collect();
        if networks.is_empty() {
            return Err(CrawlerRangesError::Empty { path: path.to_owned() });
        }
        self.products.push((product.to_ascii_lowercase(), networks));
        Ok(self)
    }

    /// Whether a visitor is the bot that the user agent says it is; none when these ranges cannot tell.
    pub(crate) fn verify(&self, user_agent: &str, address: IpAddr) -> Option<bool> {
        if self.products.is_empty() {
            return None;
        }
        let user_agent = user_agent.to_ascii_lowercase();
        let mut claimed = self.products.iter().filter(|(product, _)| user_agent.contains(product.as_str())).peekable();
        claimed.peek()?;
        Some(claimed.any(|(_, networks)| networks.iter().any(|network| network.contains(address))))
    }
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let bytes = std::fs::metadata(path)?.len();
    if bytes > FILE_BYTES {
        return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, format!("{bytes} bytes")));
    }
    std::fs::read(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(text: &str) -> Result<CrawlerRanges, CrawlerRangesError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bot.json");
        std::fs::write(&path, text).unwrap();
        CrawlerRanges::default().with_file("GoogleBot", &path)
    }

    #[test]
    fn an_address_in_the_ranges_proves_the_product() {
        let ranges = ranges(
            r#"{"creationTime": "x", "prefixes": [{"ipv4Prefix": "192.0.2.0/30"}, {"ipv6Prefix": "2001:db8::/32"}]}"#,
        )
        .unwrap();
        for (user_agent, address, expected) in [
            ("Mozilla/5.0 (compatible; Googlebot/2.1)", "192.0.2.3", Some(true)),
            ("Mozilla/5.0 (compatible; Googlebot/2.1)", "192.0.2.4", Some(false)),
            ("googlebot", "2001:db8:ffff::1", Some(true)),
            ("googlebot", "2001:db9::1", Some(false)),
            ("Mozilla/5.0 Chrome/140.0", "192.0.2.3", None),
        ] {
            assert_eq!(ranges.verify(user_agent, address.parse().unwrap()), expected, "{user_agent} {address}");
        }
    }

    #[test]
    fn a_file_of_another_form_is_refused() {
        for (text, words) in [
            ("", "expected JSON of the form"),
            ("{}", "expected JSON of the form"),
            (r#"{"prefixes": [{"ipv4Prefix": "somewhere"}]}"#, "expected JSON of the form"),
            (r#"{"prefixes": []}"#, "at least one prefix"),
            (r#"{"prefixes": [{}]}"#, "at least one prefix"),
        ] {
            let error = ranges(text).unwrap_err().to_string();
            assert!(error.contains(words) && error.contains("bot.json"), "{error}");
        }
        let missing = CrawlerRanges::default().with_file("a", Path::new("/none.json")).unwrap_err();
        assert!(matches!(missing, CrawlerRangesError::File { .. }));
    }
}
