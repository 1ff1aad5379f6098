-- What the source's declaration makes of a record: claims, fields to match by, model and time, as a JSON object.
ALTER TABLE source_record ADD COLUMN meaning TEXT NOT NULL DEFAULT '{}';

DROP TRIGGER source_record_is_only_ended;

CREATE TRIGGER source_record_is_only_ended BEFORE UPDATE ON source_record
WHEN NOT (
    OLD.recorded_to = 9223372036854775807 AND NEW.recorded_to < OLD.recorded_to
    AND NEW.recorded_from = OLD.recorded_from
    AND NEW.valid_from = OLD.valid_from AND NEW.valid_to = OLD.valid_to
    AND NEW.system IS OLD.system AND NEW.scope IS OLD.scope AND NEW.id IS OLD.id AND NEW.kind IS OLD.kind AND NEW.attributes IS OLD.attributes
    AND NEW.meaning IS OLD.meaning
)
BEGIN SELECT RAISE(ABORT, 'source_record: a fact may be ended once, never edited'); END;

-- How sources are read and how far they are trusted, as a JSON object.
CREATE TABLE source (
    name        TEXT PRIMARY KEY,
    declaration TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Decisions about identity: verdicts, redirects of merged twins, tasks for people, undone decisions. The id is
-- derived from what a fact is about, the value is a JSON object.
CREATE TABLE curation (
    kind          TEXT NOT NULL,
    id            TEXT NOT NULL,
    value         TEXT NOT NULL,
    valid_from    INTEGER NOT NULL,
    valid_to      INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_to   INTEGER NOT NULL,
    PRIMARY KEY (kind, id, recorded_from, valid_from),
    CHECK (valid_from < valid_to AND recorded_from < recorded_to)
) STRICT;

CREATE UNIQUE INDEX curation_standing ON curation (kind, id, valid_from)
WHERE recorded_to = 9223372036854775807;

CREATE TRIGGER curation_never_overlaps BEFORE INSERT ON curation WHEN NEW.recorded_to = 9223372036854775807
BEGIN
    SELECT RAISE(ABORT, 'curation: two standing facts overlap in valid time')
    FROM curation
    WHERE kind = NEW.kind AND id = NEW.id AND recorded_to = 9223372036854775807
      AND valid_from < NEW.valid_to AND NEW.valid_from < valid_to;
END;

CREATE TRIGGER curation_is_only_ended BEFORE UPDATE ON curation
WHEN NOT (
    OLD.recorded_to = 9223372036854775807 AND NEW.recorded_to < OLD.recorded_to
    AND NEW.recorded_from = OLD.recorded_from
    AND NEW.valid_from = OLD.valid_from AND NEW.valid_to = OLD.valid_to
    AND NEW.kind IS OLD.kind AND NEW.id IS OLD.id AND NEW.value IS OLD.value
)
BEGIN SELECT RAISE(ABORT, 'curation: a fact may be ended once, never edited'); END;

-- Entries that hold decisions, so that they are listed without reading the others.
CREATE INDEX log_decided ON log (position) WHERE instr(changes, '"change":"decided"') > 0;
