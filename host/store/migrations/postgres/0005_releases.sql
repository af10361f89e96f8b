-- What is being worked on: the catalog here, the workflows in their table. There is one, however many environments there are.
CREATE TABLE draft (
    id      BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    -- Grows by one with every change of the catalog or the workflows.
    number  BIGINT NOT NULL CHECK (number >= 0),
    catalog TEXT
);

INSERT INTO draft (id, number, catalog)
VALUES (1, COALESCE((SELECT release FROM environment), 0), (SELECT text FROM catalog));

DROP TABLE catalog;
ALTER TABLE environment DROP COLUMN release;

-- Drafts that were frozen. What is in this table and in the next one never changes.
CREATE TABLE releases (
    -- That of the draft then.
    number     BIGINT           NOT NULL PRIMARY KEY,
    -- Of what is in it, as `release.rs` says.
    digest     TEXT COLLATE "C" NOT NULL,
    catalog    TEXT,
    -- The id of the key that asked for it, or `command-line`.
    author     TEXT COLLATE "C" NOT NULL,
    note       TEXT,
    created_at BIGINT           NOT NULL
);

CREATE TABLE release_workflows (
    release      BIGINT           NOT NULL REFERENCES releases (number),
    slug         TEXT COLLATE "C" NOT NULL,
    position     BIGINT           NOT NULL,
    digest       TEXT COLLATE "C" NOT NULL REFERENCES modules (digest),
    enabled      BOOLEAN          NOT NULL,
    fuel         BIGINT,
    deadline_ms  BIGINT,
    memory_bytes BIGINT,
    created_at   BIGINT           NOT NULL,
    updated_at   BIGINT           NOT NULL,
    PRIMARY KEY (release, slug)
);

CREATE INDEX release_workflows_by_digest ON release_workflows (digest);

-- What each environment decides by, and did before: the newest row of an environment is in force. Rows are added, and never
-- changed.
CREATE TABLE deployments (
    id             BIGINT           NOT NULL PRIMARY KEY,
    environment_id TEXT COLLATE "C" NOT NULL REFERENCES environment (id),
    -- None: the draft, as it is at any time.
    release        BIGINT REFERENCES releases (number),
    -- A release that some of the users get, and for whom, as JSON that the database does not look into.
    canary_release BIGINT REFERENCES releases (number),
    canary         TEXT,
    -- A release that is tried on what is asked and answers nobody, and how, as JSON.
    shadow_release BIGINT REFERENCES releases (number),
    shadow         TEXT,
    -- Where a rollback goes.
    back_to        BIGINT REFERENCES deployments (id),
    author         TEXT COLLATE "C" NOT NULL,
    note           TEXT,
    at             BIGINT           NOT NULL
);

CREATE INDEX deployments_by_environment ON deployments (environment_id, id);

-- A key belongs to one environment.
ALTER TABLE keys ADD COLUMN environment_id TEXT COLLATE "C" REFERENCES environment (id);
UPDATE keys SET environment_id = (SELECT id FROM environment);
-- Whoever could do everything could change what is live.
UPDATE keys SET scopes = scopes || ' deploy' WHERE scopes = 'read workflows catalog users-read users-write keys audit';
