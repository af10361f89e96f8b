//! Workflows: what runs, under which name, within which limits.

use std::time::Duration;

use usher_host::Limits;

use crate::audit::Deed;
use crate::database_error::{DatabaseError, During};
use crate::integer;
use crate::module::{self, ModuleDigest, NewModule};
use crate::statement::sql;
use crate::store::Store;
use crate::transaction::Transaction;
use crate::workflow_slug::WorkflowSlug;

/// Says whether a workflow takes part in decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enabled {
    /// It does.
    Yes,
    /// It is kept, and does not.
    No,
}

impl Enabled {
    pub(crate) fn from_stored(enabled: bool) -> Self {
        if enabled { Self::Yes } else { Self::No }
    }

    fn stored(self) -> bool {
        self == Self::Yes
    }
}

/// Says which limits of a workflow differ from the server's. Numbers above 2^63 − 1 are kept as that.
///
/// ```
/// use usher_host::Limits;
/// use usher_store::LimitOverrides;
///
/// let patient = LimitOverrides { deadline_ms: Some(80), ..LimitOverrides::default() };
/// let limits = patient.over(&Limits::default());
/// assert_eq!((limits.deadline.as_millis(), limits.fuel), (80, Limits::default().fuel));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LimitOverrides {
    /// Units of work.
    pub fuel: Option<u64>,
    /// Wall-clock time, in milliseconds.
    pub deadline_ms: Option<u64>,
    /// Bytes of memory.
    pub memory_bytes: Option<u64>,
}

impl LimitOverrides {
    /// Returns limits with these put over them.
    #[must_use]
    pub fn over(self, limits: &Limits) -> Limits {
        Limits {
            fuel: self.fuel.unwrap_or(limits.fuel),
            deadline: self.deadline_ms.map_or(limits.deadline, Duration::from_millis),
            memory_bytes: self
                .memory_bytes
                .map_or(limits.memory_bytes, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX)),
            ..limits.clone()
        }
    }
}

/// Says why a stored workflow was not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkflowError {
    /// There is no such workflow. The caller's move.
    #[error(
        "workflow `{slug}`: expected the slug of a stored workflow, found none of that name; the caller has to \
         upload it first"
    )]
    Unknown {
        /// The slug that was asked for.
        slug: WorkflowSlug,
    },
    /// The database failed. The operator's move.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Store {
    /// Creates a workflow, or replaces the one of that name, which keeps its place in the order; returns the number that
    /// the draft has then. Whether the bytes are a workflow is for the caller to check before.
    ///
    /// # Errors
    ///
    /// When the database fails; everything is then as before.
    pub async fn put_workflow(
        &self,
        slug: &WorkflowSlug,
        module: impl Into<NewModule<'_>>,
        enabled: Enabled,
        limits: LimitOverrides,
    ) -> Result<u64, DatabaseError> {
        const DOING: &str = "writing a workflow";
        let module = module.into();
        let digest = ModuleDigest::of_large(module.wasm).await;
        let mut change = self.begin_in_turn().await.during(DOING)?;
        module::keep(&mut change, &digest, module).await.during(DOING)?;
        let workflow = Workflow { slug, digest: &digest, enabled, limits, now_ms: self.clock.now_ms() };
        workflow.put(&mut change).await.during(DOING)?;
        module::forget_unused(&mut change).await.during(DOING)?;
        let deed = Deed { action: "put-workflow", subject: slug.as_str(), detail: Some(digest.as_str()) };
        self.note(&mut change, &deed).await.during(DOING)?;
        self.commit_draft(change).await.during(DOING)
    }

    /// Enables or disables a workflow, and returns the number that the draft has then.
    ///
    /// # Errors
    ///
    /// When there is no such workflow, or the database fails; everything is then as before.
    pub async fn set_enabled(&self, slug: &WorkflowSlug, enabled: Enabled) -> Result<u64, WorkflowError> {
        const DOING: &str = "changing a workflow";
        let mut change = self.begin_in_turn().await.during(DOING)?;
        let updated = sql("UPDATE workflows SET enabled = $2, updated_at = $3 WHERE slug = $1")
            .bind(slug.as_str())
            .bind(enabled.stored())
            .bind(integer::stored(self.clock.now_ms()))
            .execute(&mut change)
            .await
            .during(DOING)?;
        let action = if enabled == Enabled::Yes { "enable-workflow" } else { "disable-workflow" };
        self.commit_if_known(slug, updated, change, action).await
    }

    /// Deletes a workflow, and returns the number that the draft has then.
    ///
    /// # Errors
    ///
    /// When there is no such workflow, or the database fails; everything is then as before.
    pub async fn delete_workflow(&self, slug: &WorkflowSlug) -> Result<u64, WorkflowError> {
        const DOING: &str = "deleting a workflow";
        let mut change = self.begin_in_turn().await.during(DOING)?;
        let deleted = sql("DELETE FROM workflows WHERE slug = $1")
            .bind(slug.as_str())
            .execute(&mut change)
            .await
            .during(DOING)?;
        module::forget_unused(&mut change).await.during(DOING)?;
        self.commit_if_known(slug, deleted, change, "delete-workflow").await
    }

    async fn commit_if_known(
        &self,
        slug: &WorkflowSlug,
        changed: u64,
        mut change: Transaction,
        action: &'static str,
    ) -> Result<u64, WorkflowError> {
        const DOING: &str = "changing the workflows";
        if changed == 0 {
            return Err(WorkflowError::Unknown { slug: slug.clone() });
        }
        let deed = Deed { action, subject: slug.as_str(), detail: None };
        self.note(&mut change, &deed).await.during(DOING)?;
        Ok(self.commit_draft(change).await.during(DOING)?)
    }
}

/// A workflow on its way into the database.
struct Workflow<'a> {
    slug: &'a WorkflowSlug,
    digest: &'a ModuleDigest,
    enabled: Enabled,
    limits: LimitOverrides,
    now_ms: u64,
}

impl Workflow<'_> {
    async fn put(&self, change: &mut Transaction) -> Result<(), sqlx::Error> {
        sql("INSERT INTO workflows
                 (slug, digest, enabled, fuel, deadline_ms, memory_bytes, created_at, updated_at, position)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $7, (SELECT COALESCE(MAX(position), 0) + 1 FROM workflows))
             ON CONFLICT (slug) DO UPDATE SET
                 digest = excluded.digest, enabled = excluded.enabled, fuel = excluded.fuel,
                 deadline_ms = excluded.deadline_ms, memory_bytes = excluded.memory_bytes,
                 updated_at = excluded.updated_at")
        .bind(self.slug.as_str())
        .bind(self.digest.as_str())
        .bind(self.enabled.stored())
        .bind(self.limits.fuel.map(integer::stored))
        .bind(self.limits.deadline_ms.map(integer::stored))
        .bind(self.limits.memory_bytes.map(integer::stored))
        .bind(integer::stored(self.now_ms))
        .execute(change)
        .await?;
        Ok(())
    }
}
