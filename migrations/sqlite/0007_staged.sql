-- Imports that wait to be committed or discarded. They are no part of the log, and nothing follows from them. `about` is
-- a JSON object: the files, how they are read, and what the import would do.
CREATE TABLE staged_import (
    id    TEXT PRIMARY KEY,
    about TEXT NOT NULL
) STRICT;

-- Their files, packed, in parts.
CREATE TABLE staged_part (
    import TEXT NOT NULL REFERENCES staged_import (id) ON DELETE CASCADE,
    part   INTEGER NOT NULL,
    bytes  BLOB NOT NULL,
    PRIMARY KEY (import, part)
) STRICT;
