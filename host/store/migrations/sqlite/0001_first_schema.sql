-- Times are milliseconds since 1970-01-01T00:00:00Z. A released migration never changes: its checksum is stored.

-- Where releases are live. There is one for now.
CREATE TABLE environment (
    id         TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    -- Grows by one with every change of the catalog or the workflows.
    release    INTEGER NOT NULL DEFAULT 0 CHECK (release >= 0),
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE catalog (
    environment_id TEXT    NOT NULL PRIMARY KEY REFERENCES environment (id),
    text           TEXT    NOT NULL,
    updated_at     INTEGER NOT NULL
) STRICT;

-- Modules by content: two workflows with the same module share it. The bytes come last, so that a size is read without
-- them.
CREATE TABLE modules (
    digest TEXT    NOT NULL PRIMARY KEY,
    size   INTEGER NOT NULL,
    wasm   BLOB    NOT NULL
) STRICT;

CREATE TABLE workflows (
    slug         TEXT    NOT NULL PRIMARY KEY,
    -- The order in which workflows were created; a replaced workflow keeps its own.
    position     INTEGER NOT NULL UNIQUE,
    digest       TEXT    NOT NULL REFERENCES modules (digest),
    enabled      INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    -- Limits that differ from the server's.
    fuel         INTEGER,
    deadline_ms  INTEGER,
    memory_bytes INTEGER,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX workflows_by_digest ON workflows (digest);

CREATE TABLE keys (
    id         TEXT    NOT NULL PRIMARY KEY,
    kind       TEXT    NOT NULL CHECK (kind IN ('secret', 'public', 'admin')),
    -- SHA-256 of the key's text. The text itself is kept nowhere.
    hash       BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE TABLE customers (
    user_type            TEXT NOT NULL CHECK (user_type IN ('authenticated', 'anonymous')),
    identifier           TEXT NOT NULL,
    -- JSON arrays of strings.
    customer_identifiers TEXT NOT NULL,
    product_ids          TEXT NOT NULL,
    PRIMARY KEY (user_type, identifier)
) STRICT;

CREATE TABLE custom_data (
    scope      TEXT NOT NULL CHECK (scope IN ('brand', 'cross-brand')),
    user_type  TEXT NOT NULL CHECK (user_type IN ('authenticated', 'anonymous')),
    identifier TEXT NOT NULL,
    key        TEXT NOT NULL,
    -- JSON of any kind.
    value      TEXT NOT NULL,
    PRIMARY KEY (scope, user_type, identifier, key)
) STRICT;

CREATE TABLE identity_links (
    source_type       TEXT NOT NULL CHECK (source_type IN ('authenticated', 'anonymous')),
    source_identifier TEXT NOT NULL,
    target_type       TEXT NOT NULL CHECK (target_type IN ('authenticated', 'anonymous')),
    target_identifier TEXT NOT NULL,
    mode              TEXT NOT NULL,
    PRIMARY KEY (source_type, source_identifier, target_type, target_identifier)
) STRICT;

CREATE INDEX identity_links_by_target ON identity_links (target_type, target_identifier);
