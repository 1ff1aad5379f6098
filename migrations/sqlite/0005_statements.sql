-- Each source's statement of a property stands beside those of others, so its source is part of the key; an empty
-- text stands for persons and clients.
CREATE TABLE property_of_source (
    twin          TEXT NOT NULL,
    path          TEXT NOT NULL,
    source        TEXT NOT NULL,
    value         TEXT NOT NULL,
    valid_from    INTEGER NOT NULL,
    valid_to      INTEGER NOT NULL,
    recorded_from INTEGER NOT NULL,
    recorded_to   INTEGER NOT NULL,
    PRIMARY KEY (twin, path, source, recorded_from, valid_from),
    CHECK (valid_from < valid_to AND recorded_from < recorded_to)
) STRICT, WITHOUT ROWID;

INSERT INTO property_of_source
SELECT twin, path, coalesce(source, ''), value, valid_from, valid_to, recorded_from, recorded_to FROM property;

DROP TABLE property;

ALTER TABLE property_of_source RENAME TO property;

CREATE UNIQUE INDEX property_standing ON property (twin, path, source, valid_from)
WHERE recorded_to = 9223372036854775807;

CREATE TRIGGER property_never_overlaps BEFORE INSERT ON property WHEN NEW.recorded_to = 9223372036854775807
BEGIN
    SELECT RAISE(ABORT, 'property: two standing facts overlap in valid time')
    FROM property
    WHERE twin = NEW.twin AND path = NEW.path AND source = NEW.source AND recorded_to = 9223372036854775807
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
