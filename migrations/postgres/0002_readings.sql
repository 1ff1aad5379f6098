-- One channel of one device.
CREATE TABLE stream (
    id      bigint PRIMARY KEY CHECK (id >= 0),
    system  text COLLATE "C" NOT NULL,
    scope   text COLLATE "C" NOT NULL,
    device  text COLLATE "C" NOT NULL,
    channel text COLLATE "C" NOT NULL,
    opened  bigint NOT NULL,
    UNIQUE (system, scope, device, channel)
);

-- Every reading, on its stream. Times are nanoseconds since 1970.
-- sequence holds an unsigned number: what is negative here comes after all that is not.
-- kind: 0 boolean, 1 integer, 2 double, 3 text, 4 JSON; quality: 0 good, 1 uncertain, 2 bad.
-- A value is in one of whole (also booleans: 0, 1), number and bytes (UTF-8: text cannot hold U+0000).
CREATE TABLE reading (
    stream      bigint   NOT NULL,
    time        bigint   NOT NULL,
    sequence    bigint   NOT NULL,
    fingerprint bigint   NOT NULL,
    kind        smallint NOT NULL,
    quality     smallint NOT NULL,
    whole       bigint,
    number      double precision,
    bytes       bytea,
    position    bigint   NOT NULL,
    PRIMARY KEY (stream, time, sequence, fingerprint),
    CHECK (num_nonnulls(whole, number, bytes) = 1)
);

-- The latest reading of each stream as a checkpoint kept it; without time when there is none.
CREATE TABLE register (
    stream     bigint PRIMARY KEY,
    time       bigint,
    sequence   bigint,
    kind       smallint,
    quality    smallint,
    whole      bigint,
    number     double precision,
    bytes      bytea,
    position   bigint,
    count      bigint NOT NULL,
    counted_to bigint NOT NULL
);

-- The position up to which all entries are in the registers.
CREATE TABLE checkpoint (
    only_row bigint PRIMARY KEY CHECK (only_row = 1),
    position bigint NOT NULL
);

INSERT INTO checkpoint (only_row, position) VALUES (1, 0);
