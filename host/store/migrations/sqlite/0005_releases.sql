-- What is being worked on: the catalog here, the workflows in their table. There is one, however many environments there are.
CREATE TABLE draft (
    id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    -- Grows by one with every change of the catalog or the workflows.
    number  INTEGER NOT NULL CHECK (number >= 0),
    catalog TEXT
) STRICT;

INSERT INTO draft (id, number, catalog)
VALUES (1, COALESCE((SELECT release FROM environment), 0), (SELECT text FROM catalog));

DROP TABLE catalog;
ALTER TABLE environment DROP COLUMN release;

-- Drafts that were frozen. What is in this table and in the next one never changes.
CREATE TABLE releases (
    -- That of the draft then.
    number     INTEGER NOT NULL PRIMARY KEY,
    -- Of what is in it, as `release.rs` says.
    digest     TEXT    NOT NULL,
    catalog    TEXT,
    -- The id of the key that asked for it, or `command-line`.
    author     TEXT    NOT NULL,
    note       TEXT,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE release_workflows (
    release      INTEGER NOT NULL REFERENCES releases (number),
    slug         TEXT    NOT NULL,
    position     INTEGER NOT NULL,
    digest       TEXT    NOT NULL REFERENCES modules (digest),
    enabled      INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    fuel         INTEGER,
    deadline_ms  INTEGER,
    memory_bytes INTEGER,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    PRIMARY KEY (release, slug)
) STRICT, WITHOUT ROWID;

CREATE INDEX release_workflows_by_digest ON release_workflows (digest);

-- What each environment decides by, and did before: the newest row of an environment is in force. Rows are added, and never
-- changed.
CREATE TABLE deployments (
    id             INTEGER NOT NULL PRIMARY KEY,
    environment_id TEXT    NOT NULL REFERENCES environment (id),
    -- None: the draft, as it is at any time.
    release        INTEGER REFERENCES releases (number),
    -- A release that some of the users get, and for whom, as JSON that the database does not look into.
    canary_release INTEGER REFERENCES releases (number),
    canary         TEXT,
    -- A release that is tried on what is asked and answers nobody, and how, as JSON.
    shadow_release INTEGER REFERENCES releases (number),
    shadow         TEXT,
    -- Where a rollback goes.
    back_to        INTEGER REFERENCES deployments (id),
    author         TEXT    NOT NULL,
    note           TEXT,
    at             INTEGER NOT NULL
) STRICT;

CREATE INDEX deployments_by_environment ON deployments (environment_id, id);

-- A key belongs to one environment.
ALTER TABLE keys ADD COLUMN environment_id TEXT REFERENCES environment (id);
UPDATE keys SET environment_id = (SELECT id FROM environment);
-- Whoever could do everything could change what is live.
UPDATE keys SET scopes = scopes || ' deploy' WHERE scopes = 'read workflows catalog users-read users-write keys audit';
