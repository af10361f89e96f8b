//! Snapshots: everything that makes a release, as it was at one moment.

use crate::database_error::{DatabaseError, During, damaged};
use crate::integer;
use crate::module::ModuleDigest;
use crate::row::Row;
use crate::statement::sql;
use crate::store::Store;
use crate::transaction::Transaction;
use crate::workflow::{Enabled, LimitOverrides};
use crate::workflow_slug::WorkflowSlug;

/// Holds what is in the draft or in a release. All of it is of the same moment; modules are read one by one, by their digest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// Its number: how often the catalog or the workflows had changed.
    pub release: u64,
    /// The catalog's text; none until there has been one.
    pub catalog: Option<String>,
    /// The workflows, in the order in which they were created.
    pub workflows: Vec<StoredWorkflow>,
}

/// Describes a workflow that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredWorkflow {
    /// Its slug.
    pub slug: WorkflowSlug,
    /// Which module it runs.
    pub digest: ModuleDigest,
    /// The module's size in bytes.
    pub size_bytes: u64,
    /// What admission said of the module, as JSON; none when nothing is kept of that.
    pub report: Option<String>,
    /// Whether it takes part in decisions.
    pub enabled: Enabled,
    /// Its own limits.
    pub limits: LimitOverrides,
    /// When it was created, in milliseconds since 1970-01-01T00:00:00Z.
    pub created_at_ms: u64,
    /// When it was changed last, in the same unit.
    pub updated_at_ms: u64,
}

impl Store {
    /// Reads the draft.
    ///
    /// # Errors
    ///
    /// When the database fails, or holds something that Usher never wrote.
    pub async fn snapshot(&self) -> Result<Snapshot, DatabaseError> {
        self.read_snapshot().await.during("reading the draft")
    }

    async fn read_snapshot(&self) -> Result<Snapshot, sqlx::Error> {
        // One transaction: whatever is committed while these statements run, they all see the same moment.
        let mut moment = self.connections.begin_view().await?;
        let draft = read_draft(&mut moment).await?;
        moment.commit().await?;
        Ok(draft)
    }
}

pub(crate) async fn read_draft(within: &mut Transaction) -> Result<Snapshot, sqlx::Error> {
    let draft = sql("SELECT number, catalog FROM draft").fetch_one(within).await?;
    let workflows = sql(
        "SELECT slug, workflows.digest, size, report, enabled, fuel, deadline_ms, memory_bytes, created_at, updated_at
         FROM workflows JOIN modules ON modules.digest = workflows.digest
         LEFT JOIN module_reports ON module_reports.digest = workflows.digest ORDER BY position",
    );
    let workflows = workflows.fetch_all(within).await?.iter().map(workflow).collect::<Result<_, _>>()?;
    Ok(Snapshot { release: integer::read(draft.get("number")?)?, catalog: draft.get("catalog")?, workflows })
}

/// Reads a workflow out of the row of one, be it of the draft or of a release.
pub(crate) fn workflow(row: &Row) -> Result<StoredWorkflow, sqlx::Error> {
    let slug: &str = row.get("slug")?;
    Ok(StoredWorkflow {
        slug: slug.parse().map_err(|error| damaged(format!("a stored slug: {error}")))?,
        digest: ModuleDigest::from_stored(row.get("digest")?),
        size_bytes: integer::read(row.get("size")?)?,
        report: row.get("report")?,
        enabled: Enabled::from_stored(row.get("enabled")?),
        limits: LimitOverrides {
            fuel: integer::read_optional(row.get("fuel")?)?,
            deadline_ms: integer::read_optional(row.get("deadline_ms")?)?,
            memory_bytes: integer::read_optional(row.get("memory_bytes")?)?,
        },
        created_at_ms: integer::read(row.get("created_at")?)?,
        updated_at_ms: integer::read(row.get("updated_at")?)?,
    })
}
