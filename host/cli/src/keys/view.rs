//! Keys, in words.

use std::fmt;

use serde::Deserialize;

use crate::instant::Instant;

/// What is read of a key in the server's list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Key {
    id: String,
    name: Option<String>,
    kind: String,
    environment: String,
    scopes: Vec<String>,
    revoked_at_ms: Option<i64>,
    ends_at_ms: Option<i64>,
}

/// What is read of a key that was just made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewKey {
    id: String,
    kind: String,
    scopes: Vec<String>,
    key: String,
    old_ends_at_ms: Option<i64>,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, name, kind, environment, scopes, revoked_at_ms, ends_at_ms } = self;
        write!(f, "{id}  {kind:<6}  {environment}")?;
        match (revoked_at_ms, ends_at_ms) {
            (Some(at), _) => write!(f, "  revoked {}", Instant(*at))?,
            (None, Some(at)) => write!(f, "  ends {}", Instant(*at))?,
            (None, None) => write!(f, "  lasts")?,
        }
        if !scopes.is_empty() {
            write!(f, "  {}", scopes.join(","))?;
        }
        if let Some(name) = name {
            write!(f, "  {name}")?;
        }
        writeln!(f)
    }
}

impl NewKey {
    pub(super) fn created(&self) -> String {
        format!("{} is shown this once:\n{}\n", self.described(), self.key)
    }

    pub(super) fn instead_of(&self, old: &str) -> String {
        let end = Instant(self.old_ends_at_ms.unwrap_or_default());
        let (described, key) = (self.described(), &self.key);
        format!("{described} takes the place of `{old}`, which ends {end}, and is shown this once:\n{key}\n")
    }

    fn described(&self) -> String {
        let Self { id, kind, scopes, .. } = self;
        let may = if scopes.is_empty() { String::new() } else { format!(": {}", scopes.join(",")) };
        format!("key `{id}` ({kind}{may})")
    }
}
