//! What an upload may contain, where DTDL leaves it to the server.

use super::dtmi::Dtmi;

/// What to do with contexts of extensions that are not known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum UndefinedExtensions {
    /// As each DTDL version has it: allowed in v2, refused in v3 and v4.
    #[default]
    ByVersion,
    /// Allowed: their types and properties are kept and not checked.
    Allow,
    /// Refused.
    Refuse,
}

/// What an upload may contain. The default is what DTDL itself says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Policy {
    /// What to do with unknown extensions.
    pub undefined_extensions: UndefinedExtensions,
    /// The limit contexts that a v4 model may choose instead of DTDL's own limits. Without a
    /// version, each version is acceptable; with one, that version.
    pub acceptable_limits: Vec<Dtmi>,
    /// The newest DTDL version that is accepted.
    pub dtdl_version_max: u8,
    /// Whether the uploaded documents may break the rules that old tools broke: identifiers
    /// with reserved prefixes, references as `{"@id": …}`, repeated names of unnamed elements.
    pub tolerate_solecisms: bool,
    /// The same for documents that are fetched to resolve references.
    pub tolerate_solecisms_in_resolved: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            undefined_extensions: UndefinedExtensions::ByVersion,
            acceptable_limits: Vec::new(),
            dtdl_version_max: 4,
            tolerate_solecisms: false,
            tolerate_solecisms_in_resolved: false,
        }
    }
}
