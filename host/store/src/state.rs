//! The state: everything that decides anywhere, as it is at one moment.

use crate::database_error::{DatabaseError, During, damaged};
use crate::deployment::{self, Deployment};
use crate::environment::{Environment, EnvironmentName};
use crate::integer;
use crate::release;
use crate::snapshot::{self, Snapshot};
use crate::statement::sql;
use crate::store::Store;
use crate::transaction::Transaction;

/// Tells two states apart: what changes the draft or an environment makes another version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The draft's number.
    pub draft: u64,
    /// The number of the newest deployment.
    pub deployment: u64,
}

/// Holds everything that decides anywhere. All of it is of the same moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct State {
    /// What is being worked on.
    pub draft: Snapshot,
    /// All environments, from the oldest to the newest, each with what is in force there.
    pub environments: Vec<(Environment, Deployment)>,
    /// What is in the releases that these name, each once.
    pub releases: Vec<Snapshot>,
}

impl State {
    /// Returns which version this is.
    #[must_use]
    pub fn version(&self) -> Version {
        let deployment = self.environments.iter().map(|(_, deployment)| deployment.id).max();
        Version { draft: self.draft.release, deployment: deployment.unwrap_or(0) }
    }
}

impl Store {
    /// Reads everything that decides anywhere.
    ///
    /// # Errors
    ///
    /// When the database fails, or holds something that Usher never wrote.
    pub async fn state(&self) -> Result<State, DatabaseError> {
        self.read_state().await.during("reading what is deployed")
    }

    /// Reads which version the state has, and nothing else of it.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn version(&self) -> Result<Version, DatabaseError> {
        self.read_version().await.during("reading the state's version")
    }

    async fn read_version(&self) -> Result<Version, sqlx::Error> {
        let mut moment = self.connections.begin_view().await?;
        let version = sql("SELECT number, (SELECT COALESCE(MAX(id), 0) FROM deployments) AS deployment FROM draft");
        let row = version.fetch_one(&mut moment).await?;
        Ok(Version { draft: integer::read(row.get("number")?)?, deployment: integer::read(row.get("deployment")?)? })
    }

    async fn read_state(&self) -> Result<State, sqlx::Error> {
        // One transaction: whatever is committed while these statements run, they all see the same moment.
        let mut moment = self.connections.begin_view().await?;
        let draft = snapshot::read_draft(&mut moment).await?;
        let environments = environments(&mut moment).await?;
        let mut numbers: Vec<u64> = environments.iter().flat_map(|(_, deployment)| named(deployment)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut releases = Vec::with_capacity(numbers.len());
        for number in numbers {
            let read = release::read(&mut moment, number).await?;
            let (_, frozen) = read.ok_or_else(|| damaged(format!("release {number} is deployed and not there")))?;
            releases.push(frozen);
        }
        moment.commit().await?;
        Ok(State { draft, environments, releases })
    }
}

/// The releases that a deployment names.
fn named(deployment: &Deployment) -> impl Iterator<Item = u64> {
    let trials = [&deployment.canary, &deployment.shadow].into_iter().flatten().map(|trial| trial.release);
    deployment.target.release().into_iter().chain(trials)
}

async fn environments(within: &mut Transaction) -> Result<Vec<(Environment, Deployment)>, sqlx::Error> {
    let rows = sql("SELECT id, name FROM environment ORDER BY created_at, name").fetch_all(within).await?;
    let mut environments = Vec::with_capacity(rows.len());
    for row in rows {
        let environment = Environment { id: row.get("id")?, name: EnvironmentName::from_stored(row.get("name")?) };
        let deployment = deployment::newest(within, &environment.id).await?;
        let nothing = || damaged(format!("environment `{}` without a deployment", environment.name));
        let deployment = deployment.ok_or_else(nothing)?;
        environments.push((environment, deployment));
    }
    Ok(environments)
}
