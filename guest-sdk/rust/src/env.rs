//! Reads the operator's variables and secrets.
//!
//! They belong to the release, so a decision never sees one change.

use crate::host;

/// Reads a variable by its name: `None` when the operator set none of that name.
///
/// ```
/// use usher_guest::{env, testing};
///
/// let _host = testing::host().env("BLOCKED_REGION", "US-TX").install();
/// assert_eq!(env::get("BLOCKED_REGION").as_deref(), Some("US-TX"));
/// assert_eq!(env::get("ABSENT"), None);
/// ```
pub fn get(name: &str) -> Option<String> {
    host::get_variable(name)
}
