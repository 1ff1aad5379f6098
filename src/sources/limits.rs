//! What the import accepts at most. Each limit keeps memory bounded whatever the file holds.

/// Longest line, JSON element or CSV record, in bytes.
pub const LINE_BYTES_MAX: usize = 1 << 20;
/// Deepest nesting of JSON objects and arrays.
pub const JSON_DEPTH_MAX: usize = 64;
/// Most columns of a CSV file.
pub const CSV_COLUMNS_MAX: usize = 1_000;
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
