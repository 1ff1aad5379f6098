-- Facts: what was true when (valid, in nanoseconds since 1970), and when we knew it (recorded, positions in the log).
-- Intervals are half-open. The least and the greatest number mean without beginning, and without end or still
-- standing: no column needs a NULL, and one comparison serves both.
-- No two standing facts of one key may overlap in valid time; facts are added and ended, never edited.

-- The existence of twins.
CREATE TABLE twin (
    twin          TEXT NOT NULL,
    model         TEXT NOT NULL,
    valid_from    INTEGER NOT NULL,
    valid_to      INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_to   INTEGER NOT NULL,
    PRIMARY KEY (twin, recorded_from, valid_from),
    CHECK (valid_from < valid_to AND recorded_from < recorded_to)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX twin_standing ON twin (twin, valid_from)
WHERE recorded_to = 9223372036854775807;

CREATE TRIGGER twin_never_overlaps BEFORE INSERT ON twin WHEN NEW.recorded_to = 9223372036854775807
BEGIN
    SELECT RAISE(ABORT, 'twin: two standing facts overlap in valid time')
    FROM twin
    WHERE twin = NEW.twin AND recorded_to = 9223372036854775807
      AND valid_from < NEW.valid_to AND NEW.valid_from < valid_to;
END;

CREATE TRIGGER twin_is_only_ended BEFORE UPDATE ON twin
WHEN NOT (
    OLD.recorded_to = 9223372036854775807 AND NEW.recorded_to < OLD.recorded_to
    AND NEW.recorded_from = OLD.recorded_from
    AND NEW.valid_from = OLD.valid_from AND NEW.valid_to = OLD.valid_to
    AND NEW.twin IS OLD.twin AND NEW.model IS OLD.model
)
BEGIN SELECT RAISE(ABORT, 'twin: a fact may be ended once, never edited'); END;

-- Values of properties; source is the system that stated one, if it was a system.
CREATE TABLE property (
    twin          TEXT NOT NULL,
    path          TEXT NOT NULL,
    value         TEXT NOT NULL,
    source        TEXT,
    valid_from    INTEGER NOT NULL,
    valid_to      INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_to   INTEGER NOT NULL,
    PRIMARY KEY (twin, path, recorded_from, valid_from),
    CHECK (valid_from < valid_to AND recorded_from < recorded_to)
) STRICT;

CREATE UNIQUE INDEX property_standing ON property (twin, path, valid_from)
WHERE recorded_to = 9223372036854775807;

CREATE TRIGGER property_never_overlaps BEFORE INSERT ON property WHEN NEW.recorded_to = 9223372036854775807
BEGIN
    SELECT RAISE(ABORT, 'property: two standing facts overlap in valid time')
    FROM property
    WHERE twin = NEW.twin AND path = NEW.path AND recorded_to = 9223372036854775807
      AND valid_from < NEW.valid_to AND NEW.valid_from < valid_to;
END;

CREATE TRIGGER property_is_only_ended BEFORE UPDATE ON property
WHEN NOT (
    OLD.recorded_to = 9223372036854775807 AND NEW.recorded_to < OLD.recorded_to
    AND NEW.recorded_from = OLD.recorded_from
    AND NEW.valid_from = OLD.valid_from AND NEW.valid_to = OLD.valid_to
    AND NEW.twin IS OLD.twin AND NEW.path IS OLD.path AND NEW.value IS OLD.value AND NEW.source IS OLD.source
)
BEGIN SELECT RAISE(ABORT, 'property: a fact may be ended once, never edited'); END;

-- Relationships: what they join, and their properties as a JSON object.
CREATE TABLE relationship (
    id            TEXT NOT NULL,
    source        TEXT NOT NULL,
    name          TEXT NOT NULL,
    target        TEXT NOT NULL,
    key           TEXT NOT NULL,
    properties    TEXT NOT NULL,
    valid_from    INTEGER NOT NULL,
    valid_to      INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_to   INTEGER NOT NULL,
    PRIMARY KEY (id, recorded_from, valid_from),
    CHECK (valid_from < valid_to AND recorded_from < recorded_to)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX relationship_standing ON relationship (id, valid_from)
WHERE recorded_to = 9223372036854775807;

CREATE TRIGGER relationship_never_overlaps BEFORE INSERT ON relationship WHEN NEW.recorded_to = 9223372036854775807
BEGIN
    SELECT RAISE(ABORT, 'relationship: two standing facts overlap in valid time')
    FROM relationship
    WHERE id = NEW.id AND recorded_to = 9223372036854775807
      AND valid_from < NEW.valid_to AND NEW.valid_from < valid_to;
END;

CREATE TRIGGER relationship_is_only_ended BEFORE UPDATE ON relationship
WHEN NOT (
    OLD.recorded_to = 9223372036854775807 AND NEW.recorded_to < OLD.recorded_to
    AND NEW.recorded_from = OLD.recorded_from
    AND NEW.valid_from = OLD.valid_from AND NEW.valid_to = OLD.valid_to
    AND NEW.id IS OLD.id AND NEW.source IS OLD.source AND NEW.name IS OLD.name AND NEW.target IS OLD.target AND NEW.key IS OLD.key AND NEW.properties IS OLD.properties
)
BEGIN SELECT RAISE(ABORT, 'relationship: a fact may be ended once, never edited'); END;

-- What external ids mean (I5: at any time at most one twin).
CREATE TABLE crosswalk (
    system        TEXT NOT NULL,
    scope         TEXT NOT NULL,
    id            TEXT NOT NULL,
    twin          TEXT NOT NULL,
    reason        TEXT NOT NULL,
    confidence    REAL NOT NULL,
    decider       TEXT NOT NULL,
    valid_from    INTEGER NOT NULL,
    valid_to      INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_to   INTEGER NOT NULL,
    PRIMARY KEY (system, scope, id, recorded_from, valid_from),
    CHECK (valid_from < valid_to AND recorded_from < recorded_to)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX crosswalk_standing ON crosswalk (system, scope, id, valid_from)
WHERE recorded_to = 9223372036854775807;

CREATE TRIGGER crosswalk_never_overlaps BEFORE INSERT ON crosswalk WHEN NEW.recorded_to = 9223372036854775807
BEGIN
    SELECT RAISE(ABORT, 'crosswalk: two standing facts overlap in valid time')
    FROM crosswalk
    WHERE system = NEW.system AND scope = NEW.scope AND id = NEW.id AND recorded_to = 9223372036854775807
      AND valid_from < NEW.valid_to AND NEW.valid_from < valid_to;
END;

CREATE TRIGGER crosswalk_is_only_ended BEFORE UPDATE ON crosswalk
WHEN NOT (
    OLD.recorded_to = 9223372036854775807 AND NEW.recorded_to < OLD.recorded_to
    AND NEW.recorded_from = OLD.recorded_from
    AND NEW.valid_from = OLD.valid_from AND NEW.valid_to = OLD.valid_to
    AND NEW.system IS OLD.system AND NEW.scope IS OLD.scope AND NEW.id IS OLD.id AND NEW.twin IS OLD.twin AND NEW.reason IS OLD.reason AND NEW.confidence IS OLD.confidence AND NEW.decider IS OLD.decider
)
BEGIN SELECT RAISE(ABORT, 'crosswalk: a fact may be ended once, never edited'); END;

-- What streams measure (I5: at any time at most one property).
CREATE TABLE binding (
    stream        INTEGER NOT NULL REFERENCES stream (id),
    twin          TEXT NOT NULL,
    path          TEXT NOT NULL,
    unit          TEXT,
    unit_scale    REAL,
    unit_offset   REAL,
    valid_from    INTEGER NOT NULL,
    valid_to      INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_to   INTEGER NOT NULL,
    PRIMARY KEY (stream, recorded_from, valid_from),
    CHECK (valid_from < valid_to AND recorded_from < recorded_to)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX binding_standing ON binding (stream, valid_from)
WHERE recorded_to = 9223372036854775807;

CREATE TRIGGER binding_never_overlaps BEFORE INSERT ON binding WHEN NEW.recorded_to = 9223372036854775807
BEGIN
    SELECT RAISE(ABORT, 'binding: two standing facts overlap in valid time')
    FROM binding
    WHERE stream = NEW.stream AND recorded_to = 9223372036854775807
      AND valid_from < NEW.valid_to AND NEW.valid_from < valid_to;
END;

CREATE TRIGGER binding_is_only_ended BEFORE UPDATE ON binding
WHEN NOT (
    OLD.recorded_to = 9223372036854775807 AND NEW.recorded_to < OLD.recorded_to
    AND NEW.recorded_from = OLD.recorded_from
    AND NEW.valid_from = OLD.valid_from AND NEW.valid_to = OLD.valid_to
    AND NEW.stream IS OLD.stream AND NEW.twin IS OLD.twin AND NEW.path IS OLD.path AND NEW.unit IS OLD.unit AND NEW.unit_scale IS OLD.unit_scale AND NEW.unit_offset IS OLD.unit_offset
)
BEGIN SELECT RAISE(ABORT, 'binding: a fact may be ended once, never edited'); END;

-- What systems say about things, as a JSON object.
CREATE TABLE source_record (
    system        TEXT NOT NULL,
    scope         TEXT NOT NULL,
    id            TEXT NOT NULL,
    kind          TEXT NOT NULL,
    attributes    TEXT NOT NULL,
    valid_from    INTEGER NOT NULL,
    valid_to      INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_to   INTEGER NOT NULL,
    PRIMARY KEY (system, scope, id, recorded_from, valid_from),
    CHECK (valid_from < valid_to AND recorded_from < recorded_to)
) STRICT;

CREATE UNIQUE INDEX source_record_standing ON source_record (system, scope, id, valid_from)
WHERE recorded_to = 9223372036854775807;

CREATE TRIGGER source_record_never_overlaps BEFORE INSERT ON source_record WHEN NEW.recorded_to = 9223372036854775807
BEGIN
    SELECT RAISE(ABORT, 'source_record: two standing facts overlap in valid time')
    FROM source_record
    WHERE system = NEW.system AND scope = NEW.scope AND id = NEW.id AND recorded_to = 9223372036854775807
      AND valid_from < NEW.valid_to AND NEW.valid_from < valid_to;
END;

CREATE TRIGGER source_record_is_only_ended BEFORE UPDATE ON source_record
WHEN NOT (
    OLD.recorded_to = 9223372036854775807 AND NEW.recorded_to < OLD.recorded_to
    AND NEW.recorded_from = OLD.recorded_from
    AND NEW.valid_from = OLD.valid_from AND NEW.valid_to = OLD.valid_to
    AND NEW.system IS OLD.system AND NEW.scope IS OLD.scope AND NEW.id IS OLD.id AND NEW.kind IS OLD.kind AND NEW.attributes IS OLD.attributes
)
BEGIN SELECT RAISE(ABORT, 'source_record: a fact may be ended once, never edited'); END;
