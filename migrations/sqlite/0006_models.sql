-- What happened to models, in order: at 'added', document holds the DTDL text of one interface; at any
-- other event ('decommissioned', 'in use', 'deleted') the identifier of the model that it befell.
ALTER TABLE model ADD COLUMN event TEXT NOT NULL DEFAULT 'added'
    CHECK (event IN ('added', 'decommissioned', 'in use', 'deleted'));
