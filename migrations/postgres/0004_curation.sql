-- What the source's declaration makes of a record: claims, fields to match by, model and time, as a JSON object.
ALTER TABLE source_record ADD COLUMN meaning text NOT NULL DEFAULT '{}';

-- How sources are read and how far they are trusted, as a JSON object.
CREATE TABLE source (
    name        text COLLATE "C" PRIMARY KEY,
    declaration text NOT NULL
);
