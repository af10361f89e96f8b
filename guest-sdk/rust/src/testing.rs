//! Tests workflows natively: requests made to measure, and a host that answers what a test tells it to.
//!
//! Exists on native targets only. A workflow is an ordinary function, so a test calls it:
//!
//! ```
//! use usher_guest::{Request, env, testing};
//!
//! fn legal(request: &Request) -> Option<&'static str> {
//!     (request.context().region_code != env::get("BLOCKED_REGION")).then_some("legal")
//! }
//!
//! let _host = testing::host().env("BLOCKED_REGION", "TX").install();
//! assert_eq!(legal(&testing::request().country("DE").build()), Some("legal"));
//! assert_eq!(legal(&testing::request().country("US").region("Texas", "TX").build()), None);
//! ```

pub(crate) mod answers;
mod host;
mod request;

pub use serde_json::json;

pub use self::host::{FakeHost, InstalledHost, LogLine, host};
pub use self::request::{RequestBuilder, request};

/// The text of a value a test made up.
#[track_caller]
#[expect(clippy::expect_used, reason = "a test fails by panicking")]
fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("the value can be written as JSON")
}
