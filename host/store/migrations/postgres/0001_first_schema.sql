-- Times are milliseconds since 1970-01-01T00:00:00Z. A released migration never changes: its checksum is stored.
-- Texts are compared byte by byte, as in SQLite, whatever the language of the database.

-- Where releases are live. There is one for now.
CREATE TABLE environment (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL UNIQUE,
    -- Grows by one with every change of the catalog or the workflows. Whoever makes one holds the lock of this row.
    release    BIGINT           NOT NULL DEFAULT 0 CHECK (release >= 0),
    created_at BIGINT           NOT NULL
);

CREATE TABLE catalog (
    environment_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES environment (id),
    text           TEXT             NOT NULL,
    updated_at     BIGINT           NOT NULL
);

-- Modules by content: two workflows with the same module share it.
CREATE TABLE modules (
    digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    size   BIGINT           NOT NULL,
    wasm   BYTEA            NOT NULL
);

CREATE TABLE workflows (
    slug         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    -- The order in which workflows were created; a replaced workflow keeps its own.
    position     BIGINT           NOT NULL UNIQUE,
    digest       TEXT COLLATE "C" NOT NULL REFERENCES modules (digest),
    enabled      BOOLEAN          NOT NULL,
    -- Limits that differ from the server's.
    fuel         BIGINT,
    deadline_ms  BIGINT,
    memory_bytes BIGINT,
    created_at   BIGINT           NOT NULL,
    updated_at   BIGINT           NOT NULL
);

CREATE INDEX workflows_by_digest ON workflows (digest);

CREATE TABLE keys (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind       TEXT COLLATE "C" NOT NULL CHECK (kind IN ('secret', 'public', 'admin')),
    -- A keyed hash of the key's text. The text itself is kept nowhere.
    hash       BYTEA            NOT NULL UNIQUE CHECK (length(hash) = 32),
    created_at BIGINT           NOT NULL,
    revoked_at BIGINT
);

CREATE TABLE customers (
    user_type            TEXT COLLATE "C" NOT NULL CHECK (user_type IN ('authenticated', 'anonymous')),
    identifier           TEXT COLLATE "C" NOT NULL,
    -- JSON arrays of strings.
    customer_identifiers TEXT             NOT NULL,
    product_ids          TEXT             NOT NULL,
    PRIMARY KEY (user_type, identifier)
);

-- What an index has of a text that may be too long for one.
CREATE FUNCTION usher_digest(long TEXT) RETURNS BYTEA
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT pg_catalog.sha256(pg_catalog.convert_to(long, 'UTF8')) $$;

CREATE TABLE custom_data (
    scope      TEXT COLLATE "C" NOT NULL CHECK (scope IN ('brand', 'cross-brand')),
    user_type  TEXT COLLATE "C" NOT NULL CHECK (user_type IN ('authenticated', 'anonymous')),
    identifier TEXT COLLATE "C" NOT NULL,
    key        TEXT COLLATE "C" NOT NULL,
    -- JSON of any kind.
    value      TEXT             NOT NULL
);

-- Instead of a primary key: the longest keys are longer than what an index takes.
CREATE UNIQUE INDEX custom_data_by_key ON custom_data (user_type, identifier, scope, usher_digest(key));

CREATE TABLE identity_links (
    source_type       TEXT COLLATE "C" NOT NULL CHECK (source_type IN ('authenticated', 'anonymous')),
    source_identifier TEXT COLLATE "C" NOT NULL,
    target_type       TEXT COLLATE "C" NOT NULL CHECK (target_type IN ('authenticated', 'anonymous')),
    target_identifier TEXT COLLATE "C" NOT NULL,
    mode              TEXT             NOT NULL,
    PRIMARY KEY (source_type, source_identifier, target_type, target_identifier)
);

CREATE INDEX identity_links_by_target ON identity_links (target_type, target_identifier);
