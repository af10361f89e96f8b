-- What is kept of a key was the SHA-256 of its text. It becomes a keyed hash of that, under a key that is derived from the
-- server's secret, which SQL does not know: all rows are converted by the program, in the change that writes the one row of
-- this table.
CREATE TABLE secret_check (
    id    INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    -- Derived from the secret that the hashes are made with, so that another one is noticed.
    value BLOB    NOT NULL CHECK (length(value) = 32)
) STRICT;

-- What the key is for, in the operator's words.
ALTER TABLE keys ADD COLUMN name TEXT;
-- What an admin key may do: words with spaces between them. Other keys have none.
ALTER TABLE keys ADD COLUMN scopes TEXT NOT NULL DEFAULT '';
UPDATE keys SET scopes = 'read workflows catalog users-read users-write keys audit' WHERE kind = 'admin';
-- When a key that was rotated ends by itself.
ALTER TABLE keys ADD COLUMN ends_at INTEGER;

-- Who changed what. An entry is written in the change that it is about, and stays for good: how long is for the operator to
-- decide. No entry has a secret, or what is kept of a user.
CREATE TABLE audit (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    -- The id of the key that asked for it, or `command-line`.
    author  TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    detail  TEXT,
    -- The id of the request.
    request TEXT
) STRICT;
