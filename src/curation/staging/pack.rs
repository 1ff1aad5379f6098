//! What is kept of a staged import: its files as they came, and how they are read.
//!
//! Not the statements that were read from them: files are smaller, and another version of this program reads them, too.

use std::io::{self, Read, Write};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::StagingError;
use super::look::Effects;
use super::shelf::StagedId;
use crate::domain::fact::JsonMap;
use crate::domain::time::Timestamp;
use crate::sources::declaration::Declaration;
use crate::sources::import::Settled;
use crate::sources::text::Input;
use crate::store::StagedRow;

/// Most bytes, packed, of the files of one staged import: the writer waits while they are written.
pub const STAGED_BYTES_MAX: usize = 64 << 20;

/// What is to be known of a staged import.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct About {
    /// When it was staged; what its files say of "today" means that day.
    pub(super) at: Timestamp,
    pub(super) files: Vec<FileAbout>,
    /// Declarations that came with the files.
    given: Vec<JsonMap>,
    /// Declarations of earlier imports by which files are read.
    kept: Vec<JsonMap>,
    pub(super) preview: Told,
}

/// What a staged import would do, as it is told later.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The [`Report`](crate::sources::import::Report) of what was read, and what would become of it.
    pub report: Value,
    /// What would change.
    #[serde(flatten)]
    pub effects: Effects,
}

impl Told {
    /// What the records would have turned out to mean.
    pub fn matching(&self) -> Option<Settled> {
        serde_json::from_value(self.report.get("matching")?.clone()).ok()
    }

    /// Why reading stopped before the end.
    pub fn stopped(&self) -> Option<&str> {
        self.report.get("stopped")?.as_str()
    }
}

/// A file, and how many of the bytes are its own.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct FileAbout {
    pub(super) name: String,
    bytes: usize,
}

/// The files in one, and which are in it.
pub(super) struct Packed {
    files: Vec<FileAbout>,
    pub(super) content: Vec<u8>,
}

/// The declarations by which files are read.
#[derive(Debug, Clone, Default)]
pub(super) struct Declarations {
    pub(super) given: Vec<Arc<Declaration>>,
    pub(super) kept: Vec<Arc<Declaration>>,
}

impl Declarations {
    /// The given ones, and of the kept ones those that say how a file is read: that name one which no given one names.
    pub(super) fn of(
        inputs: &[Input],
        given: &[Arc<Declaration>],
        mut kept: Vec<Arc<Declaration>>,
    ) -> Self {
        let names = |one: &Arc<Declaration>, file: &Input| one.names(file.name()) == Some(true);
        let is_open = |file: &&Input| !given.iter().any(|one| names(one, file));
        let open: Vec<&Input> = inputs.iter().filter(is_open).collect();
        kept.retain(|one| {
            let is_replaced = given.iter().any(|given| given.name == one.name);
            !is_replaced && open.iter().any(|file| names(one, file))
        });
        Self { given: given.to_vec(), kept }
    }
}

impl About {
    pub(super) fn new(
        at: Timestamp,
        packed: &Packed,
        declarations: &Declarations,
        preview: Told,
    ) -> Self {
        let json = |all: &[Arc<Declaration>]| all.iter().map(|one| one.to_json()).collect();
        let (given, kept) = (json(&declarations.given), json(&declarations.kept));
        Self { at, files: packed.files.clone(), given, kept, preview }
    }

    /// Of one of which nothing else is known.
    pub(super) fn unknown(at: Timestamp) -> Self {
        let preview = Told { report: Value::Object(JsonMap::new()), effects: Effects::default() };
        Self { at, files: Vec::new(), given: Vec::new(), kept: Vec::new(), preview }
    }

    pub(super) fn read(row: &StagedRow) -> Result<Self, StagingError> {
        serde_json::from_str(&row.about).map_err(|error| damaged(row.id, error))
    }

    pub(super) fn declarations(&self, id: StagedId) -> Result<Declarations, StagingError> {
        let read = |all: &[JsonMap]| {
            let read = all.iter().map(|json| Declaration::from_json(json).map(Arc::new));
            read.collect::<Result<Vec<_>, String>>().map_err(|reason| damaged(id, reason))
        };
        Ok(Declarations { given: read(&self.given)?, kept: read(&self.kept)? })
    }

    /// The files.
    pub(super) fn unpack(&self, id: StagedId, content: &[u8]) -> Result<Vec<Input>, StagingError> {
        let mut packed = GzDecoder::new(content);
        let mut inputs = Vec::with_capacity(self.files.len());
        for file in &self.files {
            let mut bytes = Vec::new();
            let read = packed.by_ref().take(file.bytes as u64).read_to_end(&mut bytes);
            let read = read.map_err(|error| damaged(id, error))?;
            if read < file.bytes {
                return Err(damaged(id, format!("`{}` is not whole", file.name)));
            }
            inputs.push(Input::bytes(&file.name, bytes));
        }
        Ok(inputs)
    }
}

/// Files in one.
pub(super) fn pack(inputs: &[Input]) -> Result<Packed, StagingError> {
    let mut packed = GzEncoder::new(Limited(Vec::new()), Compression::fast());
    let mut files = Vec::with_capacity(inputs.len());
    for input in inputs {
        let copied = input.bytes_of().and_then(|mut bytes| io::copy(&mut bytes, &mut packed));
        let bytes = copied.map_err(|error| failed(input, &error))?;
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        files.push(FileAbout { name: input.name().to_string(), bytes });
    }
    let Limited(content) = packed.finish().map_err(|_| StagingError::TooLarge)?;
    Ok(Packed { files, content })
}

/// Bytes up to the limit.
struct Limited(Vec<u8>);

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > STAGED_BYTES_MAX {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn failed(input: &Input, error: &io::Error) -> StagingError {
    match error.kind() {
        io::ErrorKind::FileTooLarge => StagingError::TooLarge,
        _ => StagingError::Unreadable { file: input.name().to_string(), reason: error.to_string() },
    }
}

fn damaged(id: StagedId, reason: impl ToString) -> StagingError {
    StagingError::Damaged { id, reason: reason.to_string() }
}
