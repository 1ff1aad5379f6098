-- What the source's declaration makes of a record: claims, fields to match by, model and time, as a JSON object.
ALTER TABLE source_record ADD COLUMN meaning text NOT NULL DEFAULT '{}';

-- How sources are read and how far they are trusted, as a JSON object.
CREATE TABLE source (
    name        text COLLATE "C" PRIMARY KEY,
    declaration text NOT NULL
);

-- Decisions about identity: verdicts, redirects of merged twins, tasks for people, undone decisions. The id is
-- derived from what a fact is about, the value is a JSON object.
CREATE TABLE curation (
    kind          text COLLATE "C" NOT NULL,
    id            text COLLATE "C" NOT NULL,
    value         text NOT NULL,
    valid_from    bigint NOT NULL,
    valid_to      bigint NOT NULL,
    recorded_from bigint NOT NULL,
    recorded_to   bigint NOT NULL,
    PRIMARY KEY (kind, id, recorded_from, valid_from),
    CHECK (valid_from < valid_to AND recorded_from < recorded_to),
    CONSTRAINT curation_never_overlaps EXCLUDE USING gist (
        kind WITH =, id WITH =, int8range(valid_from, valid_to) WITH &&
    ) WHERE (recorded_to = 9223372036854775807)
);

CREATE TRIGGER curation_is_only_ended BEFORE UPDATE ON curation
FOR EACH ROW EXECUTE FUNCTION refuse_edit_of_fact();

-- Entries that hold decisions, so that they are listed without reading the others.
CREATE INDEX log_decided ON log (position) WHERE strpos(changes, '"change":"decided"') > 0;
