//! What is remembered, as it is written.

use serde::{Deserialize, Serialize};

use super::Remembered;
use crate::deployment::{Deployment, Target, Trial};
use crate::environment::{Environment, EnvironmentName};
use crate::key::{KeyHash, KeyKind, KeyName, KeyRecord};
use crate::module::ModuleDigest;
use crate::snapshot::{Snapshot, StoredWorkflow};
use crate::state::State;
use crate::workflow::{Enabled, LimitOverrides};

#[derive(Serialize, Deserialize)]
pub(super) struct Written {
    environment: WrittenEnvironment,
    draft: WrittenSnapshot,
    environments: Vec<(WrittenEnvironment, WrittenDeployment)>,
    releases: Vec<WrittenSnapshot>,
    keys: Vec<WrittenKey>,
}

#[derive(Serialize, Deserialize)]
struct WrittenEnvironment {
    id: String,
    name: String,
}

#[derive(Serialize, Deserialize)]
struct WrittenDeployment {
    id: u64,
    release: Option<u64>,
    canary: Option<(u64, String)>,
    shadow: Option<(u64, String)>,
    back_to: Option<u64>,
    author: String,
    note: Option<String>,
    at_ms: u64,
}

#[derive(Serialize, Deserialize)]
struct WrittenSnapshot {
    release: u64,
    catalog: Option<String>,
    workflows: Vec<WrittenWorkflow>,
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
    environment: String,
    scopes: String,
    hash: [u8; 32],
    created_at_ms: u64,
    revoked_at_ms: Option<u64>,
    ends_at_ms: Option<u64>,
}

impl Written {
    pub(super) fn of(remembered: &Remembered) -> Self {
        let Remembered { environment, state, keys } = remembered;
        let deployed = state.environments.iter();
        Self {
            environment: WrittenEnvironment::of(environment),
            draft: WrittenSnapshot::of(&state.draft),
            environments: deployed
                .map(|(environment, deployment)| {
                    (WrittenEnvironment::of(environment), WrittenDeployment::of(deployment))
                })
                .collect(),
            releases: state.releases.iter().map(WrittenSnapshot::of).collect(),
            keys: keys.iter().map(WrittenKey::of).collect(),
        }
    }

    /// None when it holds something that this version does not know.
    pub(super) fn remembered(self) -> Option<Remembered> {
        let environments = self.environments.into_iter();
        let state = State {
            draft: self.draft.snapshot()?,
            environments: environments
                .map(|(environment, deployment)| (environment.environment(), deployment.deployment()))
                .collect(),
            releases: self.releases.into_iter().map(WrittenSnapshot::snapshot).collect::<Option<_>>()?,
        };
        let keys = self.keys.into_iter().map(WrittenKey::record).collect::<Option<_>>()?;
        Some(Remembered { environment: self.environment.environment(), state, keys })
    }
}

impl WrittenEnvironment {
    fn of(environment: &Environment) -> Self {
        Self { id: environment.id.clone(), name: environment.name.to_string() }
    }

    fn environment(self) -> Environment {
        Environment { id: self.id, name: EnvironmentName::from_stored(self.name) }
    }
}

impl WrittenDeployment {
    fn of(deployment: &Deployment) -> Self {
        let written = |trial: &Option<Trial>| trial.clone().map(|Trial { release, terms }| (release, terms));
        Self {
            id: deployment.id,
            release: deployment.target.release(),
            canary: written(&deployment.canary),
            shadow: written(&deployment.shadow),
            back_to: deployment.back_to,
            author: deployment.author.clone(),
            note: deployment.note.clone(),
            at_ms: deployment.at_ms,
        }
    }

    fn deployment(self) -> Deployment {
        let trial = |written: Option<(u64, String)>| written.map(|(release, terms)| Trial { release, terms });
        Deployment {
            id: self.id,
            target: self.release.map_or(Target::Draft, Target::Release),
            canary: trial(self.canary),
            shadow: trial(self.shadow),
            back_to: self.back_to,
            author: self.author,
            note: self.note,
            at_ms: self.at_ms,
        }
    }
}

impl WrittenSnapshot {
    fn of(snapshot: &Snapshot) -> Self {
        Self {
            release: snapshot.release,
            catalog: snapshot.catalog.clone(),
            workflows: snapshot.workflows.iter().map(WrittenWorkflow::of).collect(),
        }
    }

    fn snapshot(self) -> Option<Snapshot> {
        let workflows = self.workflows.into_iter().map(WrittenWorkflow::stored).collect::<Option<_>>()?;
        Some(Snapshot { release: self.release, catalog: self.catalog, workflows })
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
            environment: key.environment.clone(),
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
            environment: self.environment,
            hash: KeyHash::from_stored(&self.hash).ok()?,
            created_at_ms: self.created_at_ms,
            revoked_at_ms: self.revoked_at_ms,
            ends_at_ms: self.ends_at_ms,
        })
    }
}
