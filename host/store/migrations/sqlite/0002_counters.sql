-- What uses are counted with: for each counter of a user one row per kind of period, which is always the latest period
-- of its kind that anything was counted in. So a counter has five rows however often it is used.
CREATE TABLE counters (
    user_type    TEXT    NOT NULL CHECK (user_type IN ('authenticated', 'anonymous')),
    identifier   TEXT    NOT NULL,
    counter_id   TEXT    NOT NULL,
    period       TEXT    NOT NULL CHECK (period IN ('lifetime', 'hour', 'day', 'week', 'month')),
    -- When the period began.
    started_at   INTEGER NOT NULL,
    -- Every use.
    units        INTEGER NOT NULL CHECK (units >= 0),
    -- The same, but each resource once.
    unique_units INTEGER NOT NULL CHECK (unique_units >= 0),
    PRIMARY KEY (user_type, identifier, counter_id, period)
) STRICT, WITHOUT ROWID;

-- When each resource was counted last, so that it counts once in a period.
CREATE TABLE counted_resources (
    user_type   TEXT    NOT NULL CHECK (user_type IN ('authenticated', 'anonymous')),
    identifier  TEXT    NOT NULL,
    counter_id  TEXT    NOT NULL,
    resource_id TEXT    NOT NULL,
    used_at     INTEGER NOT NULL,
    PRIMARY KEY (user_type, identifier, counter_id, resource_id)
) STRICT, WITHOUT ROWID;

-- The updates of the last day that came with a key, so that one that is sent again is not counted again.
CREATE TABLE idempotency_keys (
    -- SHA-256 of the key.
    key     BLOB    NOT NULL PRIMARY KEY CHECK (length(key) = 32),
    -- SHA-256 of what was asked.
    request BLOB    NOT NULL CHECK (length(request) = 32),
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (at);
