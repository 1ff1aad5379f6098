-- Facts: what was true when (valid, in nanoseconds since 1970), and when we knew it (recorded, positions in the log).
-- Intervals are half-open. The least and the greatest number mean without beginning, and without end or still
-- standing: no column needs a NULL, and one comparison serves both.
-- No two standing facts of one key may overlap in valid time; facts are added and ended, never edited.

-- For exclusion constraints that compare plain values. It is a trusted extension: no superuser is needed.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE FUNCTION refuse_edit_of_fact() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ends boolean := OLD.recorded_to = 9223372036854775807 AND NEW.recorded_to < OLD.recorded_to;
BEGIN
    OLD.recorded_to := NEW.recorded_to;
    IF ends AND NEW IS NOT DISTINCT FROM OLD THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '%: a fact may be ended once, never edited', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

-- The existence of twins.
CREATE TABLE twin (
    twin          text COLLATE "C" NOT NULL,
    model         text NOT NULL,
    valid_from    bigint NOT NULL,
    valid_to      bigint NOT NULL,
    recorded_from bigint NOT NULL,
    recorded_to   bigint NOT NULL,
    PRIMARY KEY (twin, recorded_from, valid_from),
    CHECK (valid_from < valid_to AND recorded_from < recorded_to),
    CONSTRAINT twin_never_overlaps EXCLUDE USING gist (
        twin WITH =, int8range(valid_from, valid_to) WITH &&
    ) WHERE (recorded_to = 9223372036854775807)
);

CREATE TRIGGER twin_is_only_ended BEFORE UPDATE ON twin
FOR EACH ROW EXECUTE FUNCTION refuse_edit_of_fact();

-- Values of properties; source is the system that stated one, if it was a system.
CREATE TABLE property (
    twin          text COLLATE "C" NOT NULL,
    path          text COLLATE "C" NOT NULL,
    value         text NOT NULL,
    source        text,
    valid_from    bigint NOT NULL,
    valid_to      bigint NOT NULL,
    recorded_from bigint NOT NULL,
    recorded_to   bigint NOT NULL,
    PRIMARY KEY (twin, path, recorded_from, valid_from),
    CHECK (valid_from < valid_to AND recorded_from < recorded_to),
    CONSTRAINT property_never_overlaps EXCLUDE USING gist (
        twin WITH =, path WITH =, int8range(valid_from, valid_to) WITH &&
    ) WHERE (recorded_to = 9223372036854775807)
);

CREATE TRIGGER property_is_only_ended BEFORE UPDATE ON property
FOR EACH ROW EXECUTE FUNCTION refuse_edit_of_fact();

-- Relationships: what they join, and their properties as a JSON object.
CREATE TABLE relationship (
    id            text COLLATE "C" NOT NULL,
    source        text NOT NULL,
    name          text NOT NULL,
    target        text NOT NULL,
    key           text NOT NULL,
    properties    text NOT NULL,
    valid_from    bigint NOT NULL,
    valid_to      bigint NOT NULL,
    recorded_from bigint NOT NULL,
    recorded_to   bigint NOT NULL,
    PRIMARY KEY (id, recorded_from, valid_from),
    CHECK (valid_from < valid_to AND recorded_from < recorded_to),
    CONSTRAINT relationship_never_overlaps EXCLUDE USING gist (
        id WITH =, int8range(valid_from, valid_to) WITH &&
    ) WHERE (recorded_to = 9223372036854775807)
);

CREATE TRIGGER relationship_is_only_ended BEFORE UPDATE ON relationship
FOR EACH ROW EXECUTE FUNCTION refuse_edit_of_fact();

-- What external ids mean (I5: at any time at most one twin).
CREATE TABLE crosswalk (
    system        text COLLATE "C" NOT NULL,
    scope         text COLLATE "C" NOT NULL,
    id            text COLLATE "C" NOT NULL,
    twin          text NOT NULL,
    reason        text NOT NULL,
    confidence    double precision NOT NULL,
    decider       text NOT NULL,
    valid_from    bigint NOT NULL,
    valid_to      bigint NOT NULL,
    recorded_from bigint NOT NULL,
    recorded_to   bigint NOT NULL,
    PRIMARY KEY (system, scope, id, recorded_from, valid_from),
    CHECK (valid_from < valid_to AND recorded_from < recorded_to),
    CONSTRAINT crosswalk_never_overlaps EXCLUDE USING gist (
        system WITH =, scope WITH =, id WITH =, int8range(valid_from, valid_to) WITH &&
    ) WHERE (recorded_to = 9223372036854775807)
);

CREATE TRIGGER crosswalk_is_only_ended BEFORE UPDATE ON crosswalk
FOR EACH ROW EXECUTE FUNCTION refuse_edit_of_fact();

-- What streams measure (I5: at any time at most one property).
CREATE TABLE binding (
    stream        bigint NOT NULL REFERENCES stream (id),
    twin          text NOT NULL,
    path          text NOT NULL,
    unit          text,
    unit_scale    double precision,
    unit_offset   double precision,
    valid_from    bigint NOT NULL,
    valid_to      bigint NOT NULL,
    recorded_from bigint NOT NULL,
    recorded_to   bigint NOT NULL,
    PRIMARY KEY (stream, recorded_from, valid_from),
    CHECK (valid_from < valid_to AND recorded_from < recorded_to),
    CONSTRAINT binding_never_overlaps EXCLUDE USING gist (
        stream WITH =, int8range(valid_from, valid_to) WITH &&
    ) WHERE (recorded_to = 9223372036854775807)
);

CREATE TRIGGER binding_is_only_ended BEFORE UPDATE ON binding
FOR EACH ROW EXECUTE FUNCTION refuse_edit_of_fact();

-- What systems say about things, as a JSON object.
CREATE TABLE source_record (
    system        text COLLATE "C" NOT NULL,
    scope         text COLLATE "C" NOT NULL,
    id            text COLLATE "C" NOT NULL,
    kind          text NOT NULL,
    attributes    text NOT NULL,
    valid_from    bigint NOT NULL,
    valid_to      bigint NOT NULL,
    recorded_from bigint NOT NULL,
    recorded_to   bigint NOT NULL,
    PRIMARY KEY (system, scope, id, recorded_from, valid_from),
    CHECK (valid_from < valid_to AND recorded_from < recorded_to),
    CONSTRAINT source_record_never_overlaps EXCLUDE USING gist (
        system WITH =, scope WITH =, id WITH =, int8range(valid_from, valid_to) WITH &&
    ) WHERE (recorded_to = 9223372036854775807)
);

CREATE TRIGGER source_record_is_only_ended BEFORE UPDATE ON source_record
FOR EACH ROW EXECUTE FUNCTION refuse_edit_of_fact();
