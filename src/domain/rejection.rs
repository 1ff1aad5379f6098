//! Rejections: why a command cannot be done, and how to mend it.

use super::command::TwinRef;
use super::curation::DecisionId;
use super::id::{
    ExternalId, InvalidId, Position, RelationshipId, StreamKey, TaskId, TwinId, abridged,
};
use super::time::{Interval, Timestamp};
use crate::dtdl::{Dtmi, ModelErrors};

/// Why a command was refused. Nothing was changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Rejection {
    /// The models are not valid together with the catalogue.
    #[error("{0}")]
    InvalidModels(ModelErrors),
    /// The catalogue grew while the models were being checked.
    #[error("other models were uploaded at the same moment; send the upload again")]
    ModelsMoved,
    /// No such model.
    #[error("the model `{model}` is not in the catalogue; upload it first, or correct the DTMI{}", hint(.similar.as_ref()))]
    UnknownModel {
        /// What was asked for.
        model: Dtmi,
        /// A model whose id is nearly the same.
        similar: Option<Dtmi>,
    },
    /// A new twin needs a model.
    #[error("a new twin needs a model; give the DTMI of an interface in the catalogue")]
    ModelMissing,
    /// No such twin.
    #[error("no twin is known as {}{}", shown(.twin), moment(.at.as_ref()))]
    UnknownTwin {
        /// How it was named.
        twin: TwinRef,
        /// The moment at which it was looked for, when it exists at others.
        at: Option<Timestamp>,
    },
    /// The ids given for one twin mean several.
    #[error(
        "`{first}` means twin {one}, but `{second}` means twin {other}; one twin cannot be both: correct the ids, or merge the twins first"
    )]
    AmbiguousTwin {
        /// An id.
        first: Box<ExternalId>,
        /// What it means.
        one: TwinId,
        /// Another id.
        second: Box<ExternalId>,
        /// What that means.
        other: TwinId,
    },
    /// The twin exists as an instance of another model.
    #[error(
        "twin {twin} is a `{model}` {valid}; it cannot be a `{asked}` too: give its model, or leave the model out"
    )]
    OtherModel {
        /// The twin.
        twin: TwinId,
        /// Its model.
        model: Dtmi,
        /// The model asked for.
        asked: Dtmi,
        /// When it has that model.
        valid: Interval,
    },
    /// The model has no such content.
    #[error("`{model}` has no {wanted} `{}`; it has: {known}", abridged(.path))]
    UnknownContent {
        /// The model.
        model: Dtmi,
        /// What was looked for, for example `property`.
        wanted: &'static str,
        /// The name.
        path: String,
        /// Some names that it has.
        known: String,
    },
    /// A value does not fit the schema.
    #[error("`{path}`: {problem}")]
    InvalidValue {
        /// The property, with the way into it.
        path: String,
        /// What was expected, what was found, and how to mend it.
        problem: String,
    },
    /// A relationship leads to a twin of the wrong model.
    #[error("`{name}` of `{model}` must lead to a `{expected}`, but twin {target} is a `{found}`")]
    WrongTarget {
        /// The relationship.
        name: String,
        /// The model of its source.
        model: Dtmi,
        /// The model that the target must have.
        expected: Dtmi,
        /// The target.
        target: TwinId,
        /// Its model.
        found: Dtmi,
    },
    /// More relationships than the model allows.
    #[error(
        "`{name}` of twin {source_twin} may lead to at most {max} twins, and already does; end one first"
    )]
    TooManyTargets {
        /// The relationship.
        name: String,
        /// The source.
        source_twin: TwinId,
        /// The model's limit.
        max: u32,
    },
    /// A place cannot lie inside itself.
    #[error(
        "`{name}` from {source_twin} to {target} would close a circle of places; a place cannot lie inside itself"
    )]
    PlaceCircle {
        /// The relationship.
        name: String,
        /// Its source.
        source_twin: TwinId,
        /// Its target.
        target: TwinId,
    },
    /// No such relationship.
    #[error("there is no relationship {0}")]
    UnknownRelationship(RelationshipId),
    /// The external id means another twin in that time.
    #[error("`{external}` means twin {twin} {valid}; end that link first, or ask to replace it")]
    IdTaken {
        /// The external id.
        external: ExternalId,
        /// What it means.
        twin: TwinId,
        /// When.
        valid: Interval,
    },
    /// The external id means nothing in that time.
    #[error("`{0}` means no twin in that time")]
    NotLinked(ExternalId),
    /// The stream measures something else in that time.
    #[error(
        "`{stream}` measures `{path}` of twin {twin} {valid}; end that binding first, or ask to replace it"
    )]
    StreamTaken {
        /// The stream.
        stream: Box<StreamKey>,
        /// What it measures.
        twin: TwinId,
        /// Which property of it.
        path: String,
        /// When.
        valid: Interval,
    },
    /// The stream measures nothing in that time.
    #[error("`{0}` measures nothing in that time")]
    NotBound(StreamKey),
    /// A unit that is not known.
    #[error(
        "the unit `{0}` is not known; give a DTDL unit such as `degreeCelsius` or a UCUM code such as `Cel`"
    )]
    UnknownUnit(String),
    /// The stream's unit does not convert to the property's.
    #[error("the stream cannot measure `{path}`: {problem}")]
    WrongUnit {
        /// The property.
        path: String,
        /// Why not.
        problem: String,
    },
    /// A device that measures nothing cannot be swapped.
    #[error(
        "`{0}` measures nothing at that moment, so there is nothing to hand over; check the id and the moment"
    )]
    NothingToSwap(ExternalId),
    /// A verdict keeps two records apart.
    #[error(
        "`{first}` and `{second}` were told apart by {decider}{}; withdraw that verdict first, or ask to replace it", because(.reason)
    )]
    KeptApart {
        /// A record.
        first: Box<ExternalId>,
        /// Another.
        second: Box<ExternalId>,
        /// Why they were told apart.
        reason: String,
        /// Who did.
        decider: String,
    },
    /// No verdict on the pair stands.
    #[error("nobody judged `{first}` and `{second}` in that time")]
    NotJudged {
        /// A record.
        first: Box<ExternalId>,
        /// Another.
        second: Box<ExternalId>,
    },
    /// Two twins whose models do not go together.
    #[error(
        "twin {keep} is a `{model}` and twin {gone} a `{other}`, and neither is a kind of the other; correct the model of one first"
    )]
    NotMergeable {
        /// The twin that would stay.
        keep: TwinId,
        /// Its model.
        model: Dtmi,
        /// The other twin.
        gone: TwinId,
        /// Its model.
        other: Dtmi,
    },
    /// An id that a split moves does not mean the twin that is split.
    #[error(
        "`{external}` does not mean twin {twin} in that time; name ids of the twin that is split"
    )]
    NotMeant {
        /// The id.
        external: ExternalId,
        /// The twin.
        twin: TwinId,
    },
    /// No such task is open.
    #[error("no task {0} is open; it may have been decided, or settled by another decision")]
    UnknownTask(TaskId),
    /// Nothing to take back.
    #[error(
        "entry {position} has no decision {index}, or it changed nothing that can be taken back"
    )]
    NothingToUndo {
        /// The entry.
        position: Position,
        /// The number in the entry.
        index: u32,
    },
    /// The decision is taken back already.
    #[error("decision {decision} is undone already, by entry {by}; undo that entry to do it again")]
    AlreadyUndone {
        /// The decision.
        decision: DecisionId,
        /// The entry that took it back.
        by: Position,
    },
    /// Something later builds on what is to be taken back.
    #[error("entry {position} came later and builds on this: {what}; undo that one first")]
    ChangedLater {
        /// What it changed.
        what: String,
        /// The later entry.
        position: Position,
    },
    /// A limit was reached.
    #[error("{what}: at most {max} are kept; raise `{setting}` if that many are meant")]
    LimitReached {
        /// What there would be too many of.
        what: &'static str,
        /// The limit.
        max: usize,
        /// The setting that holds the limit.
        setting: &'static str,
    },
    /// Something that is no identifier.
    #[error(transparent)]
    InvalidId(#[from] InvalidId),
    /// Something else that the caller must correct.
    #[error("{0}")]
    Invalid(String),
}

impl Rejection {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidModels(_) => "INVALID_MODELS",
            Self::ModelsMoved => "MODELS_MOVED",
            Self::UnknownModel { .. } => "UNKNOWN_MODEL",
            Self::ModelMissing => "MODEL_MISSING",
            Self::UnknownTwin { .. } => "UNKNOWN_TWIN",
            Self::AmbiguousTwin { .. } => "AMBIGUOUS_TWIN",
            Self::OtherModel { .. } => "OTHER_MODEL",
            Self::UnknownContent { .. } => "UNKNOWN_CONTENT",
            Self::InvalidValue { .. } => "INVALID_VALUE",
            Self::WrongTarget { .. } => "WRONG_TARGET",
            Self::TooManyTargets { .. } => "TOO_MANY_TARGETS",
            Self::PlaceCircle { .. } => "PLACE_CIRCLE",
            Self::UnknownRelationship(_) => "UNKNOWN_RELATIONSHIP",
            Self::IdTaken { .. } => "ID_TAKEN",
            Self::NotLinked(_) => "NOT_LINKED",
            Self::StreamTaken { .. } => "STREAM_TAKEN",
            Self::NotBound(_) => "NOT_BOUND",
            Self::UnknownUnit(_) => "UNKNOWN_UNIT",
            Self::WrongUnit { .. } => "WRONG_UNIT",
            Self::NothingToSwap(_) => "NOTHING_TO_SWAP",
            Self::KeptApart { .. } => "KEPT_APART",
            Self::NotJudged { .. } => "NOT_JUDGED",
            Self::NotMergeable { .. } => "NOT_MERGEABLE",
            Self::NotMeant { .. } => "NOT_MEANT",
            Self::UnknownTask(_) => "UNKNOWN_TASK",
            Self::NothingToUndo { .. } => "NOTHING_TO_UNDO",
            Self::AlreadyUndone { .. } => "ALREADY_UNDONE",
            Self::ChangedLater { .. } => "CHANGED_LATER",
            Self::LimitReached { .. } => "LIMIT_REACHED",
            Self::InvalidId(_) => "INVALID_ID",
            Self::Invalid(_) => "INVALID",
        }
    }
}

fn hint(similar: Option<&Dtmi>) -> String {
    similar.map(|model| format!(" (did you mean `{model}`?)")).unwrap_or_default()
}

fn because(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(" ({})", abridged(reason)) }
}

fn moment(at: Option<&Timestamp>) -> String {
    at.map(|at| format!(" at {at}")).unwrap_or_default()
}

fn shown(twin: &TwinRef) -> String {
    match twin {
        TwinRef::Id(id) => format!("`{id}`"),
        TwinRef::External(external) => format!("`{}`", abridged(&external.to_string())),
    }
}
