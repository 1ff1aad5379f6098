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
