//! Releases: drafts that were frozen. A release never changes, and any environment can have it.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::audit::Deed;
use crate::database_error::{DatabaseError, During, damaged};
use crate::integer;
use crate::random::to_hex;
use crate::row::Row;
use crate::snapshot::{self, Snapshot};
use crate::statement::sql;
use crate::store::Store;
use crate::transaction::Transaction;
use crate::workflow::{Enabled, LimitOverrides};

/// Describes a release.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReleaseRecord {
    /// Its number: that of the draft when it was frozen. Later releases have higher ones, with gaps between them.
    pub number: u64,
    /// SHA-256, in lowercase hexadecimal digits, of what is in it: see [`Snapshot::digest`].
    pub digest: String,
    /// The public name of the key that asked for it, or `command-line`.
    pub author: String,
    /// What it is for, in the author's words.
    pub note: Option<String>,
    /// When it was frozen, in milliseconds since 1970-01-01T00:00:00Z.
    pub created_at_ms: u64,
}

/// Says why there is no new release.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReleaseError {
    /// Nothing has changed since the newest one. The caller's move.
    #[error(
        "the draft: expected a change since release {number}, found none; the caller has to deploy that one, or to change \
         something first"
    )]
    Unchanged {
        /// The newest release.
        number: u64,
    },
    /// Somebody has changed the draft. The caller's move.
    #[error(
        "the draft: expected number {expected}, found {found}, because it was changed meanwhile; the caller has to look at it again"
    )]
    Changed {
        /// The number that was asked for.
        expected: u64,
        /// The number that it has.
        found: u64,
    },
    /// The database failed. The operator's move.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// What of a release is looked at to tell it from others, in the order in which it is written.
#[derive(Serialize)]
struct Content<'a> {
    catalog: Option<&'a str>,
    workflows: Vec<ContentWorkflow<'a>>,
}

#[derive(Serialize)]
struct ContentWorkflow<'a> {
    slug: &'a str,
    digest: &'a str,
    enabled: bool,
    fuel: Option<u64>,
    deadline_ms: Option<u64>,
    memory_bytes: Option<u64>,
}

impl Snapshot {
    /// Computes the SHA-256, in lowercase hexadecimal digits, of what decisions depend on: the catalog's text, and of each
    /// workflow in its order the slug, the module's digest, whether it takes part, and its own limits. It is that of a JSON text
    /// without spaces:
    ///
    /// ```json
    /// {"catalog":"…","workflows":[{"slug":"…","digest":"…","enabled":true,"fuel":null,"deadline_ms":null,"memory_bytes":null}]}
    /// ```
    #[must_use]
    pub fn digest(&self) -> String {
        let workflows = self.workflows.iter().map(|workflow| {
            let LimitOverrides { fuel, deadline_ms, memory_bytes } = workflow.limits;
            ContentWorkflow {
                slug: workflow.slug.as_str(),
                digest: workflow.digest.as_str(),
                enabled: workflow.enabled == Enabled::Yes,
                fuel,
                deadline_ms,
                memory_bytes,
            }
        });
        let content = Content { catalog: self.catalog.as_deref(), workflows: workflows.collect() };
        // Texts and numbers always become JSON.
        to_hex(&Sha256::digest(serde_json::to_vec(&content).unwrap_or_default()))
    }
}

impl Store {
    /// Freezes the draft. Whoever gives the number that it ought to have is told when somebody has changed it meanwhile.
    ///
    /// # Errors
    ///
    /// When the draft has another number, or that of the newest release; or the database fails. There is then no new release.
    pub async fn create_release(
        &self,
        expected: Option<u64>,
        note: Option<&str>,
    ) -> Result<ReleaseRecord, ReleaseError> {
        const DOING: &str = "creating a release";
        let mut change = self.begin_in_turn().await.during(DOING)?;
        let draft = snapshot::read_draft(&mut change).await.during(DOING)?;
        let (number, found) = (draft.release, draft.release);
        if let Some(expected) = expected.filter(|expected| *expected != found) {
            return Err(ReleaseError::Changed { expected, found });
        }
        if exists(&mut change, number).await.during(DOING)? {
            return Err(ReleaseError::Unchanged { number });
        }
        let record = ReleaseRecord {
            number,
            digest: draft.digest(),
            author: self.author.name().to_owned(),
            note: note.map(str::to_owned),
            created_at_ms: self.clock.now_ms(),
        };
        record.insert(&mut change, draft.catalog.as_deref()).await.during(DOING)?;
        let subject = format!("release {number}");
        let deed = Deed { action: "create-release", subject: &subject, detail: Some(&record.digest) };
        self.note(&mut change, &deed).await.during(DOING)?;
        change.commit().await.during(DOING)?;
        Ok(record)
    }

    /// Lists the releases, from the newest to the oldest: the newest, or the newest before one of them, at most so many.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn releases(&self, before: Option<u64>, limit: u32) -> Result<Vec<ReleaseRecord>, DatabaseError> {
        self.read_releases(before, limit).await.during("listing the releases")
    }

    async fn read_releases(&self, before: Option<u64>, limit: u32) -> Result<Vec<ReleaseRecord>, sqlx::Error> {
        let mut moment = self.connections.begin_view().await?;
        let page = sql("SELECT number, digest, author, note, created_at FROM releases
                        WHERE number < $1 ORDER BY number DESC LIMIT $2");
        let page = page.bind(before.map_or(i64::MAX, integer::stored)).bind(i64::from(limit));
        page.fetch_all(&mut moment).await?.iter().map(record).collect()
    }

    /// Reads a release, with what is in it; none when there is none of this number.
    ///
    /// # Errors
    ///
    /// When the database fails, or when what is in the release is not what was frozen.
    pub async fn frozen(&self, number: u64) -> Result<Option<(ReleaseRecord, Snapshot)>, DatabaseError> {
        self.read_frozen(number).await.during("reading a release")
    }

    async fn read_frozen(&self, number: u64) -> Result<Option<(ReleaseRecord, Snapshot)>, sqlx::Error> {
        read(&mut self.connections.begin_view().await?, number).await
    }
}

impl ReleaseRecord {
    async fn insert(&self, change: &mut Transaction, catalog: Option<&str>) -> Result<(), sqlx::Error> {
        sql("INSERT INTO releases (number, digest, catalog, author, note, created_at) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(integer::stored(self.number))
            .bind(&self.digest)
            .bind(catalog)
            .bind(&self.author)
            .bind(self.note.as_deref())
            .bind(integer::stored(self.created_at_ms))
            .execute(change)
            .await?;
        sql("INSERT INTO release_workflows
                 (release, slug, position, digest, enabled, fuel, deadline_ms, memory_bytes, created_at, updated_at)
             SELECT $1, slug, position, digest, enabled, fuel, deadline_ms, memory_bytes, created_at, updated_at FROM workflows")
        .bind(integer::stored(self.number))
        .execute(change)
        .await?;
        Ok(())
    }
}

/// Whether there is a release of this number.
pub(crate) async fn exists(within: &mut Transaction, number: u64) -> Result<bool, sqlx::Error> {
    let found = sql("SELECT number FROM releases WHERE number = $1").bind(integer::stored(number));
    Ok(found.fetch_optional(within).await?.is_some())
}

/// Reads a release, and holds what is in it against its digest.
pub(crate) async fn read(
    within: &mut Transaction,
    number: u64,
) -> Result<Option<(ReleaseRecord, Snapshot)>, sqlx::Error> {
    let found = sql("SELECT number, digest, author, note, created_at, catalog FROM releases WHERE number = $1")
        .bind(integer::stored(number))
        .fetch_optional(within)
        .await?;
    let Some(row) = found else { return Ok(None) };
    let workflows = sql(
        "SELECT slug, frozen.digest, size, report, enabled, fuel, deadline_ms, memory_bytes, created_at, updated_at
         FROM release_workflows AS frozen JOIN modules ON modules.digest = frozen.digest
         LEFT JOIN module_reports ON module_reports.digest = frozen.digest WHERE release = $1 ORDER BY position",
    );
    let workflows = workflows.bind(integer::stored(number)).fetch_all(within).await?;
    let workflows = workflows.iter().map(snapshot::workflow).collect::<Result<_, _>>()?;
    let (record, frozen) = (record(&row)?, Snapshot { release: number, catalog: row.get("catalog")?, workflows });
    let found = frozen.digest();
    if found != record.digest {
        return Err(damaged(format!("release {number}: expected digest `{}`, found `{found}`", record.digest)));
    }
    Ok(Some((record, frozen)))
}

fn record(row: &Row) -> Result<ReleaseRecord, sqlx::Error> {
    Ok(ReleaseRecord {
        number: integer::read(row.get("number")?)?,
        digest: row.get("digest")?,
        author: row.get("author")?,
        note: row.get("note")?,
        created_at_ms: integer::read(row.get("created_at")?)?,
    })
}
