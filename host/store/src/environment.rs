//! Environments: where releases are live. Each has keys of its own; what is known of users is the same in all of them.

use std::fmt;
use std::str::FromStr;

use crate::audit::{Author, Deed};
use crate::database_error::{DatabaseError, During};
use crate::deployment::{self, Target};
use crate::integer;
use crate::open::OpenError;
use crate::random::{self, RandomnessError};
use crate::statement::sql;
use crate::store::Store;
use crate::transaction::Transaction;

/// The environment that visitors are decided for, to begin with.
const LIVE: &str = "live";
/// The one in which a draft is looked at before it is live.
const PREVIEW: &str = "preview";

/// Says which environment something belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Environment {
    /// Its identifier: `env_` and 12 lowercase letters and digits. Keys contain it, and clients split keys at `_`, so
    /// it has exactly one of these.
    pub id: String,
    /// Its name, such as `live`.
    pub name: EnvironmentName,
}

/// Names an environment: 1 to 32 lowercase letters, digits and hyphens, the first a letter.
///
/// ```
/// use usher_store::EnvironmentName;
///
/// let name: EnvironmentName = "preview-2".parse()?;
/// assert_eq!(name.as_str(), "preview-2");
/// assert!("Preview".parse::<EnvironmentName>().is_err());
/// # Ok::<(), usher_store::InvalidEnvironmentName>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EnvironmentName(String);

/// Says that a text is no name of an environment. The caller's move.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "environment name: expected 1 to {} lowercase letters, digits and hyphens, the first a letter; the caller has to choose \
     another",
    EnvironmentName::MAX_CHARS
)]
pub struct InvalidEnvironmentName;

/// Says why there is no new environment.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnvironmentError {
    /// There is one of that name. The caller's move.
    #[error(
        "environment `{name}`: expected a name that none has, found one of that name; the caller has to choose another"
    )]
    Taken {
        /// The name.
        name: EnvironmentName,
    },
    /// No identifier could be drawn. The operator's move.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    /// The database failed. The operator's move.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl EnvironmentName {
    /// The longest name, in characters.
    pub const MAX_CHARS: usize = 32;

    /// Returns the name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a name as it was stored.
    pub(crate) fn from_stored(name: String) -> Self {
        Self(name)
    }
}

impl FromStr for EnvironmentName {
    type Err = InvalidEnvironmentName;

    fn from_str(text: &str) -> Result<Self, InvalidEnvironmentName> {
        let is_name = text.len() <= Self::MAX_CHARS
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        is_name.then(|| Self(text.to_owned())).ok_or(InvalidEnvironmentName)
    }
}

impl fmt::Display for EnvironmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Store {
    /// Creates an environment, which follows the draft until something else is deployed to it. It has no keys yet.
    ///
    /// # Errors
    ///
    /// When there is one of that name, no identifier can be drawn, or the database fails; there is then no new one.
    pub async fn create_environment(&self, name: &EnvironmentName) -> Result<Environment, EnvironmentError> {
        const DOING: &str = "creating an environment";
        let mut change = self.begin_in_turn().await.during(DOING)?;
        if find(&mut change, name.as_str()).await.during(DOING)?.is_some() {
            return Err(EnvironmentError::Taken { name: name.clone() });
        }
        let environment = Environment { id: draw_id()?, name: name.clone() };
        insert(&mut change, &environment, &self.author, self.clock.now_ms()).await.during(DOING)?;
        let deed = Deed { action: "create-environment", subject: name.as_str(), detail: Some(&environment.id) };
        self.note(&mut change, &deed).await.during(DOING)?;
        self.tell_of_deployment(&mut change).await.during(DOING)?;
        change.commit().await.during(DOING)?;
        Ok(environment)
    }
}

/// Returns the environment `live`, and whether it had to be created. Nobody else is doing that at the same time.
pub(crate) async fn find_or_create(mut change: Transaction, now_ms: u64) -> Result<(Environment, bool), OpenError> {
    const DOING: &str = "reading the environments";
    let found = find(&mut change, LIVE).await.during(DOING)?;
    let is_new = found.is_none();
    let live = match found {
        Some(live) => live,
        None => create(&mut change, LIVE, now_ms).await?,
    };
    if find(&mut change, PREVIEW).await.during(DOING)?.is_none() {
        create(&mut change, PREVIEW, now_ms).await?;
    }
    // Of a time when there was nothing to deploy.
    if deployment::newest(&mut change, &live.id).await.during(DOING)?.is_none() {
        follow_draft(&mut change, &live, &Author::CommandLine, now_ms).await.during(DOING)?;
    }
    change.commit().await.during(DOING)?;
    Ok((live, is_new))
}

async fn create(change: &mut Transaction, name: &str, now_ms: u64) -> Result<Environment, OpenError> {
    let environment = Environment { id: draw_id()?, name: EnvironmentName(name.to_owned()) };
    insert(change, &environment, &Author::CommandLine, now_ms).await.during("creating an environment")?;
    Ok(environment)
}

/// Finds the environment of this name.
pub(crate) async fn find(change: &mut Transaction, name: &str) -> Result<Option<Environment>, sqlx::Error> {
    let found = sql("SELECT id, name FROM environment WHERE name = $1").bind(name).fetch_optional(change).await?;
    let environment = |row: crate::row::Row| {
        Ok(Environment { id: row.get("id")?, name: EnvironmentName::from_stored(row.get("name")?) })
    };
    found.map(environment).transpose()
}

fn draw_id() -> Result<String, RandomnessError> {
    Ok(format!("env_{}", random::hex::<6>()?))
}

async fn insert(
    change: &mut Transaction,
    environment: &Environment,
    author: &Author,
    now_ms: u64,
) -> Result<(), sqlx::Error> {
    sql("INSERT INTO environment (id, name, created_at) VALUES ($1, $2, $3)")
        .bind(&environment.id)
        .bind(environment.name.as_str())
        .bind(integer::stored(now_ms))
        .execute(change)
        .await?;
    follow_draft(change, environment, author, now_ms).await
}

/// What every environment does first.
async fn follow_draft(
    change: &mut Transaction,
    environment: &Environment,
    author: &Author,
    now_ms: u64,
) -> Result<(), sqlx::Error> {
    let first = deployment::Row {
        environment: &environment.id,
        target: Target::Draft,
        canary: None,
        shadow: None,
        back_to: None,
        author: author.name(),
        note: None,
        at_ms: now_ms,
    };
    first.insert(change).await.map(|_id| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        let longest = "a".repeat(EnvironmentName::MAX_CHARS);
        for name in ["a", "live", "preview-2", &longest] {
            assert_eq!(name.parse::<EnvironmentName>().unwrap().as_str(), name);
        }
        for name in ["", "2nd", "-a", "Live", "a_b", "a b", "é", &format!("{longest}a")] {
            assert_eq!(name.parse::<EnvironmentName>(), Err(InvalidEnvironmentName), "{name}");
        }
    }
}
