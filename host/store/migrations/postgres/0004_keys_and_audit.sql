-- What keys are kept with is derived from the server's secret, which SQL does not know. This has one row, written when the
-- first server opens the database: a server with another secret is refused.
CREATE TABLE secret_check (
    id    BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    -- Derived from the secret that the hashes are made with, so that another one is noticed.
    value BYTEA  NOT NULL CHECK (length(value) = 32)
);

-- What the key is for, in the operator's words.
ALTER TABLE keys ADD COLUMN name TEXT;
-- What an admin key may do: words with spaces between them. Other keys have none.
ALTER TABLE keys ADD COLUMN scopes TEXT NOT NULL DEFAULT '';
-- When a key that was rotated ends by itself.
ALTER TABLE keys ADD COLUMN ends_at BIGINT;

-- Who changed what. An entry is written in the change that it is about, and stays for good: how long is for the operator to
-- decide. No entry has a secret, or what is kept of a user.
CREATE TABLE audit (
    id      BIGINT           NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      BIGINT           NOT NULL,
    -- The id of the key that asked for it, or `command-line`.
    author  TEXT COLLATE "C" NOT NULL,
    action  TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    detail  TEXT,
    -- The id of the request.
    request TEXT
);
