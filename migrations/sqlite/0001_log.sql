-- The log: every accepted request, linked by hashes. It is only ever appended to.
CREATE TABLE log (
    position    INTEGER PRIMARY KEY,
    recorded_at INTEGER NOT NULL,
    actor       TEXT    NOT NULL,
    changes     TEXT    NOT NULL, -- a JSON array; empty when nothing changed
    readings    BLOB    NOT NULL, -- the new readings, packed; empty when there are none
    hash        BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX log_recorded_at ON log (recorded_at);

CREATE TRIGGER log_is_never_updated BEFORE UPDATE ON log
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TRIGGER log_is_never_deleted BEFORE DELETE ON log
BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

-- DTDL texts of one interface each, in the order of their arrival.
CREATE TABLE model (
    position INTEGER NOT NULL,
    ordinal  INTEGER NOT NULL,
    document TEXT    NOT NULL,
    PRIMARY KEY (position, ordinal)
) STRICT;

CREATE TABLE system (
    name  TEXT PRIMARY KEY,
    title TEXT NOT NULL
) STRICT, WITHOUT ROWID;
