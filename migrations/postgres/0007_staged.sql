-- Imports that wait to be committed or discarded. They are no part of the log, and nothing follows from them. `about` is
-- a JSON object: the files, how they are read, and what the import would do.
CREATE TABLE staged_import (
    id    text COLLATE "C" PRIMARY KEY,
    about text NOT NULL
);

-- Their files, packed, in parts.
CREATE TABLE staged_part (
    import text COLLATE "C" NOT NULL REFERENCES staged_import (id) ON DELETE CASCADE,
    part   bigint NOT NULL,
    bytes  bytea NOT NULL,
    PRIMARY KEY (import, part)
);
