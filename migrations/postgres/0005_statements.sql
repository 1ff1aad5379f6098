-- Each source's statement of a property stands beside those of others, so its source is part of the key; an empty
-- text stands for persons and clients.
CREATE TABLE property_of_source (
    twin          text COLLATE "C" NOT NULL,
    path          text COLLATE "C" NOT NULL,
    source        text COLLATE "C" NOT NULL,
    value         text NOT NULL,
    valid_from    bigint NOT NULL,
    valid_to      bigint NOT NULL,
    recorded_from bigint NOT NULL,
    recorded_to   bigint NOT NULL
);

INSERT INTO property_of_source
SELECT twin, path, coalesce(source, ''), value, valid_from, valid_to, recorded_from, recorded_to FROM property;

DROP TABLE property;

ALTER TABLE property_of_source RENAME TO property;

ALTER TABLE property
    ADD PRIMARY KEY (twin, path, source, recorded_from, valid_from),
    ADD CHECK (valid_from < valid_to AND recorded_from < recorded_to),
    ADD CONSTRAINT property_never_overlaps EXCLUDE USING gist (
        twin WITH =, path WITH =, source WITH =, int8range(valid_from, valid_to) WITH &&
    ) WHERE (recorded_to = 9223372036854775807);

CREATE TRIGGER property_is_only_ended BEFORE UPDATE ON property
FOR EACH ROW EXECUTE FUNCTION refuse_edit_of_fact();
