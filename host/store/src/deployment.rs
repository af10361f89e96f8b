//! Deployments: what each environment decides by, and did before. Only ever added to, so that its history is there, and so that
//! a change is one row, which is there or is not.

use crate::audit::Deed;
use crate::database_error::{DatabaseError, During, damaged};
use crate::environment::{self, Environment, EnvironmentName};
use crate::integer;
use crate::release;
use crate::row;
use crate::statement::sql;
use crate::store::Store;
use crate::transaction::Transaction;

/// The columns of a deployment.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, release, canary_release, canary, shadow_release, shadow, back_to, author, note, at FROM deployments ",
            $rest
        )
    };
}

/// Says what an environment decides by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// The draft, as it is at any time.
    Draft,
    /// The release of this number.
    Release(u64),
}

/// A release beside the one that an environment decides by, which is tried out there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// Its number.
    pub release: u64,
    /// How it is tried, as JSON. The store does not look into it.
    pub terms: String,
}

/// What an environment decides by, or did for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deployment {
    /// Its number. Later ones have higher numbers, whatever environment they are of.
    pub id: u64,
    /// What decides.
    pub target: Target,
    /// What decides for some of the users instead.
    pub canary: Option<Trial>,
    /// What is tried on what is asked, and answers nobody.
    pub shadow: Option<Trial>,
    /// The deployment whose release a rollback would bring back; none when there is no earlier release.
    pub back_to: Option<u64>,
    /// The public name of the key that asked for it, or `command-line`.
    pub author: String,
    /// What it is for, in the author's words.
    pub note: Option<String>,
    /// When it was made, in milliseconds since 1970-01-01T00:00:00Z.
    pub at_ms: u64,
}

/// A deployment that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeployment<'a> {
    /// The environment.
    pub environment: &'a EnvironmentName,
    /// What is to decide there. It is not looked at when `goes_back` is set.
    pub target: Target,
    /// What is to decide for some instead.
    pub canary: Option<Trial>,
    /// What is to be tried.
    pub shadow: Option<Trial>,
    /// Whether this brings back what [`Store::before`] says, so that the next rollback goes on from there.
    pub goes_back: bool,
    /// The deployment that this takes the place of. When another one is in force, nothing happens.
    pub replaces: u64,
    /// What it is for.
    pub note: Option<&'a str>,
}

/// Says why nothing was deployed. What was in force before goes on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeployError {
    /// There is no such environment. The caller's move.
    #[error("environment `{name}`: expected one that there is, found none of that name; the caller has to list them")]
    UnknownEnvironment {
        /// The name that was asked for.
        name: EnvironmentName,
    },
    /// There is no such release. The caller's move.
    #[error("release {number}: expected one that there is, found none of that number; the caller has to list them")]
    UnknownRelease {
        /// The number that was asked for.
        number: u64,
    },
    /// Somebody else was faster. The caller's move.
    #[error(
        "environment `{name}`: expected deployment {expected} to be in force, found deployment {found} of `{author}`; the \
         caller has to look at it, and to deploy again if that is still right"
    )]
    Overtaken {
        /// The environment.
        name: EnvironmentName,
        /// The deployment that was to be replaced.
        expected: u64,
        /// The one that is in force.
        found: u64,
        /// Who has deployed that.
        author: String,
    },
    /// There is nothing to go back to. The caller's move.
    #[error(
        "environment `{name}`: expected a release before the one in force, found none; the caller has to deploy one by its number"
    )]
    NothingBefore {
        /// The environment.
        name: EnvironmentName,
    },
    /// The database failed. The operator's move.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Store {
    /// Deploys something to an environment: this one row is what changes.
    ///
    /// # Errors
    ///
    /// When there is no such environment or release, another deployment is in force than the one that is to be replaced, or the
    /// database fails.
    pub async fn deploy(&self, new: &NewDeployment<'_>) -> Result<Deployment, DeployError> {
        const DOING: &str = "deploying";
        let mut change = self.begin_in_turn().await.during(DOING)?;
        let (environment, before) = in_force(&mut change, new.environment).await?;
        if before.id != new.replaces {
            let (expected, found, name) = (new.replaces, before.id, new.environment.clone());
            return Err(DeployError::Overtaken { name, expected, found, author: before.author });
        }
        let (target, back_to) = match new.goes_back {
            false => (new.target, back_to(&before, new.target)),
            true => {
                let earlier = earlier(&mut change, &before, new.environment).await?;
                (earlier.target, earlier.back_to)
            }
        };
        let trials = [&new.canary, &new.shadow].into_iter().flatten().map(|trial| trial.release);
        for number in target.release().into_iter().chain(trials) {
            if !release::exists(&mut change, number).await.during(DOING)? {
                return Err(DeployError::UnknownRelease { number });
            }
        }
        let row = Row {
            environment: &environment.id,
            target,
            canary: new.canary.as_ref(),
            shadow: new.shadow.as_ref(),
            back_to,
            author: self.author.name(),
            note: new.note,
            at_ms: self.clock.now_ms(),
        };
        let id = row.insert(&mut change).await.during(DOING)?;
        let action = if new.goes_back { "rollback" } else { "deploy" };
        let detail = row.described();
        let deed = Deed { action, subject: new.environment.as_str(), detail: Some(&detail) };
        self.note(&mut change, &deed).await.during(DOING)?;
        self.tell_of_deployment(&mut change).await.during(DOING)?;
        change.commit().await.during(DOING)?;
        Ok(row.deployment(id))
    }

    /// Lists what was deployed to an environment, from the newest to the oldest: the newest, or the newest before one of them, at
    /// most so many. The newest of all is in force.
    ///
    /// # Errors
    ///
    /// When there is no such environment, or the database fails.
    pub async fn deployments(
        &self,
        name: &EnvironmentName,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Deployment>, DeployError> {
        const DOING: &str = "listing deployments";
        let mut moment = self.connections.begin_view().await.during(DOING)?;
        let environment = known(&mut moment, name).await?;
        let page = sql(select!("WHERE environment_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"))
            .bind(&environment.id)
            .bind(before.map_or(i64::MAX, integer::stored))
            .bind(i64::from(limit));
        let page = page.fetch_all(&mut moment).await.during(DOING)?;
        Ok(page.iter().map(read).collect::<Result<_, _>>().during(DOING)?)
    }

    /// Reads the deployment that a rollback would bring back the release of.
    ///
    /// # Errors
    ///
    /// When there is no such environment, nothing to go back to, or the database fails.
    pub async fn before(&self, name: &EnvironmentName) -> Result<Deployment, DeployError> {
        let mut moment = self.connections.begin_view().await.during("looking for an earlier deployment")?;
        let (_, newest) = in_force(&mut moment, name).await?;
        earlier(&mut moment, &newest, name).await
    }
}

impl Target {
    /// Returns the number of the release, unless it is the draft.
    #[must_use]
    pub fn release(self) -> Option<u64> {
        match self {
            Self::Draft => None,
            Self::Release(number) => Some(number),
        }
    }
}

/// Where a rollback goes from what takes the place of this. The draft is nothing to go back to: nobody knows what is in it by
/// then. Nor is what is in force already.
fn back_to(before: &Deployment, target: Target) -> Option<u64> {
    match before.target {
        Target::Release(_) if before.target != target => Some(before.id),
        Target::Release(_) | Target::Draft => before.back_to,
    }
}

/// A deployment on its way into the database.
pub(crate) struct Row<'a> {
    pub(crate) environment: &'a str,
    pub(crate) target: Target,
    pub(crate) canary: Option<&'a Trial>,
    pub(crate) shadow: Option<&'a Trial>,
    pub(crate) back_to: Option<u64>,
    pub(crate) author: &'a str,
    pub(crate) note: Option<&'a str>,
    pub(crate) at_ms: u64,
}

impl Row<'_> {
    /// Adds it, and returns its number.
    pub(crate) async fn insert(&self, change: &mut Transaction) -> Result<u64, sqlx::Error> {
        // Whoever adds one holds the turn, so no two have the same number.
        let row = sql("INSERT INTO deployments
                 (id, environment_id, release, canary_release, canary, shadow_release, shadow, back_to, author, note, at)
             VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM deployments), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id")
        .bind(self.environment)
        .bind(self.target.release().map(integer::stored))
        .bind(self.canary.map(|trial| integer::stored(trial.release)))
        .bind(self.canary.map(|trial| trial.terms.as_str()))
        .bind(self.shadow.map(|trial| integer::stored(trial.release)))
        .bind(self.shadow.map(|trial| trial.terms.as_str()))
        .bind(self.back_to.map(integer::stored))
        .bind(self.author)
        .bind(self.note)
        .bind(integer::stored(self.at_ms))
        .fetch_one(change)
        .await?;
        integer::read(row.get("id")?)
    }

    /// For the audit log.
    fn described(&self) -> String {
        let name = |number: u64| format!("release {number}");
        let mut text = self.target.release().map_or_else(|| "draft".to_owned(), name);
        for (what, trial) in [(", canary ", self.canary), (", shadow ", self.shadow)] {
            if let Some(trial) = trial {
                text.push_str(what);
                text.push_str(&name(trial.release));
            }
        }
        text
    }

    fn deployment(&self, id: u64) -> Deployment {
        Deployment {
            id,
            target: self.target,
            canary: self.canary.cloned(),
            shadow: self.shadow.cloned(),
            back_to: self.back_to,
            author: self.author.to_owned(),
            note: self.note.map(str::to_owned),
            at_ms: self.at_ms,
        }
    }
}

async fn known(within: &mut Transaction, name: &EnvironmentName) -> Result<Environment, DeployError> {
    let found = environment::find(within, name.as_str()).await.during("looking for an environment")?;
    found.ok_or_else(|| DeployError::UnknownEnvironment { name: name.clone() })
}

async fn in_force(within: &mut Transaction, name: &EnvironmentName) -> Result<(Environment, Deployment), DeployError> {
    const DOING: &str = "reading what is deployed";
    let environment = known(within, name).await?;
    let newest = newest(within, &environment.id).await.during(DOING)?;
    let newest = newest.ok_or_else(|| damaged(format!("environment `{name}` without a deployment"))).during(DOING)?;
    Ok((environment, newest))
}

/// What is in force in an environment.
pub(crate) async fn newest(within: &mut Transaction, environment: &str) -> Result<Option<Deployment>, sqlx::Error> {
    let newest = sql(select!("WHERE environment_id = $1 ORDER BY id DESC LIMIT 1")).bind(environment);
    newest.fetch_optional(within).await?.as_ref().map(read).transpose()
}

/// The deployment that a rollback from this one brings back the release of.
async fn earlier(
    within: &mut Transaction,
    from: &Deployment,
    name: &EnvironmentName,
) -> Result<Deployment, DeployError> {
    let nothing = || DeployError::NothingBefore { name: name.clone() };
    let id = from.back_to.ok_or_else(nothing)?;
    by_id(within, id).await.during("reading an earlier deployment")?.ok_or_else(nothing)
}

async fn by_id(within: &mut Transaction, id: u64) -> Result<Option<Deployment>, sqlx::Error> {
    let found = sql(select!("WHERE id = $1")).bind(integer::stored(id)).fetch_optional(within).await?;
    found.as_ref().map(read).transpose()
}

fn read(row: &row::Row) -> Result<Deployment, sqlx::Error> {
    let trial = |release: &str, terms: &str| -> Result<Option<Trial>, sqlx::Error> {
        let release = integer::read_optional(row.get(release)?)?;
        let terms: Option<String> = row.get(terms)?;
        Ok(release.map(|release| Trial { release, terms: terms.unwrap_or_default() }))
    };
    Ok(Deployment {
        id: integer::read(row.get("id")?)?,
        target: integer::read_optional(row.get("release")?)?.map_or(Target::Draft, Target::Release),
        canary: trial("canary_release", "canary")?,
        shadow: trial("shadow_release", "shadow")?,
        back_to: integer::read_optional(row.get("back_to")?)?,
        author: row.get("author")?,
        note: row.get("note")?,
        at_ms: integer::read(row.get("at")?)?,
    })
}
