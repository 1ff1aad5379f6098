//! What the import accepts at most. Each limit keeps memory bounded whatever the file holds.

/// Longest line, JSON element or CSV record, in bytes.
pub const LINE_BYTES_MAX: usize = 1 << 20;
/// Deepest nesting of JSON objects and arrays.
pub const JSON_DEPTH_MAX: usize = 64;
/// Most columns of a table.
pub const COLUMNS_MAX: usize = 1_000;
/// Longest file of models, decompressed, in bytes.
pub const MODELS_BYTES_MAX: u64 = 64 << 20;
/// Longest file of any other format, decompressed, in bytes.
pub const FILE_BYTES_MAX: u64 = 16 << 30;
/// Most statements that are kept of a Turtle file, which must be known whole.
pub const TRIPLES_MAX: usize = 5_000_000;
/// Longest stretch of Turtle in which no statement ends, in bytes.
pub const STATEMENT_BYTES_MAX: usize = 64 << 10;
/// Most commands that are handed to the engine at once.
pub const CHUNK_COMMANDS_MAX: usize = 1_000;
/// Most problems that a report lists; the others are counted.
pub const PROBLEMS_LISTED_MAX: usize = 1_000;
/// Longest sheet of a workbook, decompressed, in bytes; sheets are read in pieces.
pub const WORKBOOK_SHEET_BYTES_MAX: u64 = 2 << 30;
/// All other parts of a workbook together, decompressed, in bytes: strings that its cells share, styles. They are held in memory.
pub const WORKBOOK_HELD_BYTES_MAX: u64 = 256 << 20;
/// Most sheets that a workbook may have.
pub const SHEETS_MAX: usize = 1_000;
/// Most keys of one source that are remembered to find those that stand twice; some 100 bytes each.
pub const KEYS_REMEMBERED_MAX: usize = 5_000_000;
/// Most rows of one key that stand together and are put in the order of time.
pub const SEGMENTS_MAX: usize = 1_000;
/// Deepest nesting of XML elements.
pub const XML_DEPTH_MAX: usize = 128;
/// Most rows of tables that others look things up in, such as the types of COBie.
pub const LOOKED_UP_MAX: usize = 100_000;
