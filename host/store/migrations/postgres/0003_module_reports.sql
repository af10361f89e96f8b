-- What admission found out about a module, as JSON; none when nothing is kept of that.
CREATE TABLE module_reports (
    digest TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES modules (digest) ON DELETE CASCADE,
    report TEXT             NOT NULL
);
