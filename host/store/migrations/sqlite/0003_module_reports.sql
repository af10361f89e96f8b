-- What admission found out about a module, as JSON; none when it was stored before there were reports. In a table of its own,
-- so that it is read without going past a module's bytes.
CREATE TABLE module_reports (
    digest TEXT NOT NULL PRIMARY KEY REFERENCES modules (digest) ON DELETE CASCADE,
    report TEXT NOT NULL
) STRICT;
