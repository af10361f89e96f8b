-- What uses are counted with: for each counter of a user one row per kind of period, which is always the latest period
-- of its kind that anything was counted in. So a counter has five rows however often it is used. Whoever counts holds an
-- advisory lock of the counter.
CREATE TABLE counters (
    user_type    TEXT COLLATE "C" NOT NULL CHECK (user_type IN ('authenticated', 'anonymous')),
    identifier   TEXT COLLATE "C" NOT NULL,
    counter_id   TEXT COLLATE "C" NOT NULL,
    period       TEXT COLLATE "C" NOT NULL CHECK (period IN ('lifetime', 'hour', 'day', 'week', 'month')),
    -- When the period began.
    started_at   BIGINT           NOT NULL,
    -- Every use.
    units        BIGINT           NOT NULL CHECK (units >= 0),
    -- The same, but each resource once.
    unique_units BIGINT           NOT NULL CHECK (unique_units >= 0),
    PRIMARY KEY (user_type, identifier, counter_id, period)
);

-- When each resource was counted last, so that it counts once in a period.
CREATE TABLE counted_resources (
    user_type   TEXT COLLATE "C" NOT NULL CHECK (user_type IN ('authenticated', 'anonymous')),
    identifier  TEXT COLLATE "C" NOT NULL,
    counter_id  TEXT COLLATE "C" NOT NULL,
    resource_id TEXT COLLATE "C" NOT NULL,
    used_at     BIGINT           NOT NULL,
    PRIMARY KEY (user_type, identifier, counter_id, resource_id)
);

-- The updates of the last day that came with a key, so that one that is sent again is not counted again.
CREATE TABLE idempotency_keys (
    -- SHA-256 of the key.
    key     BYTEA  NOT NULL PRIMARY KEY CHECK (length(key) = 32),
    -- SHA-256 of what was asked.
    request BYTEA  NOT NULL CHECK (length(request) = 32),
    at      BIGINT NOT NULL
);

CREATE INDEX idempotency_keys_by_age ON idempotency_keys (at);
