//! What is remembered, as it is written.

use serde::{Deserialize, Serialize};

use super::Remembered;
use crate::environment::Environment;
use crate::key::{KeyHash, KeyKind, KeyName, KeyRecord};
use crate::module::ModuleDigest;
use crate::snapshot::{Snapshot, StoredWorkflow};
use crate::workflow::{Enabled, LimitOverrides};

#[derive(Serialize, Deserialize)]
pub(super) struct Written {
    environment_id: String,
    environment: String,
    release: u64,
    catalog: Option<String>,
    workflows: Vec<WrittenWorkflow>,
    keys: Vec<WrittenKey>,
}

#[derive(Serialize, Deserialize)]
struct WrittenWorkflow {
    slug: String,
    digest: String,
    size_bytes: u64,
    report: Option<String>,
    enabled: bool,
    fuel: Option<u64>,
    deadline_ms: Option<u64>,
    memory_bytes: Option<u64>,
    created_at_ms: u64,
    updated_at_ms: u64,
}

#[derive(Serialize, Deserialize)]
struct WrittenKey {
    id: String,
    name: Option<String>,
    kind: String,
    scopes: String,
    hash: [u8; 32],
    created_at_ms: u64,
    revoked_at_ms: Option<u64>,
    ends_at_ms: Option<u64>,
}

impl Written {
    pub(super) fn of(remembered: &Remembered) -> Self {
        let Remembered { environment, snapshot, keys } = remembered;
        Self {
            environment_id: environment.id.clone(),
            environment: environment.name.clone(),
            release: snapshot.release,
            catalog: snapshot.catalog.clone(),
            workflows: snapshot.workflows.iter().map(WrittenWorkflow::of).collect(),
            keys: keys.iter().map(WrittenKey::of).collect(),
        }
    }

    /// None when it holds something that this version does not know.
    pub(super) fn remembered(self) -> Option<Remembered> {
        let workflows = self.workflows.into_iter().map(WrittenWorkflow::stored).collect::<Option<_>>()?;
        Some(Remembered {
            environment: Environment { id: self.environment_id, name: self.environment },
            snapshot: Snapshot { release: self.release, catalog: self.catalog, workflows },
            keys: self.keys.into_iter().map(WrittenKey::record).collect::<Option<_>>()?,
        })
    }
}

impl WrittenWorkflow {
    fn of(stored: &StoredWorkflow) -> Self {
        let LimitOverrides { fuel, deadline_ms, memory_bytes } = stored.limits;
        Self {
            slug: stored.slug.as_str().to_owned(),
            digest: stored.digest.as_str().to_owned(),
            size_bytes: stored.size_bytes,
            report: stored.report.clone(),
            enabled: stored.enabled == Enabled::Yes,
            fuel,
            deadline_ms,
            memory_bytes,
            created_at_ms: stored.created_at_ms,
            updated_at_ms: stored.updated_at_ms,
        }
    }

    fn stored(self) -> Option<StoredWorkflow> {
        let Self { fuel, deadline_ms, memory_bytes, .. } = self;
        Some(StoredWorkflow {
            slug: self.slug.parse().ok()?,
            digest: ModuleDigest::from_stored(self.digest),
            size_bytes: self.size_bytes,
            report: self.report,
            enabled: Enabled::from_stored(self.enabled),
            limits: LimitOverrides { fuel, deadline_ms, memory_bytes },
            created_at_ms: self.created_at_ms,
            updated_at_ms: self.updated_at_ms,
        })
    }
}

impl WrittenKey {
    fn of(key: &KeyRecord) -> Self {
        Self {
            id: key.id.clone(),
            name: key.name.as_ref().map(|name| name.as_str().to_owned()),
            kind: key.kind.as_str().to_owned(),
            scopes: key.kind.scopes().stored(),
            hash: *key.hash.as_bytes(),
            created_at_ms: key.created_at_ms,
            revoked_at_ms: key.revoked_at_ms,
            ends_at_ms: key.ends_at_ms,
        }
    }

    fn record(self) -> Option<KeyRecord> {
        Some(KeyRecord {
            id: self.id,
            name: self.name.map(KeyName::from_stored),
            kind: KeyKind::from_stored(&self.kind, &self.scopes)?,
            hash: KeyHash::from_stored(&self.hash).ok()?,
            created_at_ms: self.created_at_ms,
            revoked_at_ms: self.revoked_at_ms,
            ends_at_ms: self.ends_at_ms,
        })
    }
}
