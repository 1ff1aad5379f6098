-- The log: every accepted request, linked by hashes. It is only ever appended to.
CREATE TABLE log (
    position    bigint PRIMARY KEY,
    recorded_at bigint NOT NULL,
    actor       text   NOT NULL,
    changes     text   NOT NULL, -- a JSON array; empty when nothing changed
    readings    bytea  NOT NULL, -- the new readings, packed; empty when there are none
    hash        bytea  NOT NULL CHECK (length(hash) = 32)
);

CREATE INDEX log_recorded_at ON log (recorded_at);

CREATE FUNCTION refuse_change_of_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER log_is_never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON log
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_log();

-- DTDL texts of one interface each, in the order of their arrival.
CREATE TABLE model (
    position bigint NOT NULL,
    ordinal  bigint NOT NULL,
    document text   NOT NULL,
    PRIMARY KEY (position, ordinal)
);

CREATE TABLE system (
    name  text COLLATE "C" PRIMARY KEY,
    title text NOT NULL
);
