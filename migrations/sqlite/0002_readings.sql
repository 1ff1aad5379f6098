-- One channel of one device.
CREATE TABLE stream (
    id      INTEGER PRIMARY KEY CHECK (id >= 0),
    system  TEXT    NOT NULL,
    scope   TEXT    NOT NULL,
    device  TEXT    NOT NULL,
    channel TEXT    NOT NULL,
    opened  INTEGER NOT NULL,
    UNIQUE (system, scope, device, channel)
) STRICT;

-- Every reading, on its stream. Times are nanoseconds since 1970.
-- sequence holds an unsigned number: what is negative here comes after all that is not.
-- kind: 0 boolean, 1 integer, 2 double, 3 text, 4 JSON; quality: 0 good, 1 uncertain, 2 bad.
CREATE TABLE reading (
    stream      INTEGER NOT NULL,
    time        INTEGER NOT NULL,
    sequence    INTEGER NOT NULL,
    fingerprint INTEGER NOT NULL,
    kind        INTEGER NOT NULL,
    quality     INTEGER NOT NULL,
    value       ANY     NOT NULL,
    position    INTEGER NOT NULL,
    PRIMARY KEY (stream, time, sequence, fingerprint)
) STRICT, WITHOUT ROWID;

-- The latest reading of each stream as a checkpoint kept it; without time when there is none.
CREATE TABLE register (
    stream     INTEGER PRIMARY KEY,
    time       INTEGER,
    sequence   INTEGER,
    kind       INTEGER,
    quality    INTEGER,
    value      ANY,
    position   INTEGER,
    count      INTEGER NOT NULL,
    counted_to INTEGER NOT NULL
) STRICT;

-- The position up to which all entries are in the registers.
CREATE TABLE checkpoint (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    position INTEGER NOT NULL
) STRICT;

INSERT INTO checkpoint (only_row, position) VALUES (1, 0);
