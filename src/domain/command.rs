//! Commands: what may be asked of the state.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::curation::{
    ApproveTask, CloseTask, Judge, MergeTwins, Proposal, RejectTask, SplitTwin, Undo, Withdraw,
};
use super::fact::{JsonMap, PropertyPath, Reference, SourceRecord};
use super::id::{ExternalId, RelationshipId, StreamKey, TwinId};
use super::migration::Migration;
use super::time::{Interval, Timestamp};
use crate::dtdl::{Catalogue, Dtmi, Upload};

/// A twin, named in either way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TwinRef {
    /// By its own id.
    Id(TwinId),
    /// By what a system calls it.
    External(ExternalId),
}

/// What may be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Add models to the catalogue, all or none.
    UploadModels(UploadModels),
    /// Name a system of ids.
    DeclareSystem(DeclareSystem),
    /// Create a twin, or bring it to what is said.
    PutTwin(PutTwin),
    /// Set and clear properties of a twin.
    SetProperties(SetProperties),
    /// End a twin's existence, with its relationships, ids and bindings.
    DeleteTwin(DeleteTwin),
    /// Join two twins.
    Relate(Relate),
    /// Join two twins as a record says.
    Refer(Refer),
    /// End a relationship.
    Unrelate(Unrelate),
    /// State that an external id means a twin.
    LinkId(LinkId),
    /// State that an external id means nothing.
    UnlinkId(UnlinkId),
    /// State that a stream measures a property.
    Bind(Bind),
    /// State that a stream measures nothing.
    Unbind(Unbind),
    /// Put a new device where an old one was.
    SwapDevice(SwapDevice),
    /// Keep what a system says about a thing.
    PutRecord(PutRecord),
    /// State that a system does not have a record.
    RetractRecord(RetractRecord),
    /// State that two twins are one thing.
    MergeTwins(MergeTwins),
    /// State that one twin is two things.
    SplitTwin(SplitTwin),
    /// State that two records describe the same thing, or different things.
    Judge(Judge),
    /// State that a verdict holds no more.
    Withdraw(Withdraw),
    /// Put doubtful pairs into the review queue, or bring those in it up to date.
    RaiseTasks(Vec<Proposal>),
    /// Take a task out of the review queue without a decision.
    CloseTask(CloseTask),
    /// Decide that a doubtful pair is the same thing.
    ApproveTask(ApproveTask),
    /// Decide that a doubtful pair is two things.
    RejectTask(RejectTask),
    /// Take a decision back.
    Undo(Undo),
    /// Keep how a source is read, and how far it is trusted.
    DeclareSource(DeclareSource),
    /// Let a model have no new twins, or let it have them again.
    CommissionModel(CommissionModel),
    /// Take models that nothing ever used from the catalogue, all or none.
    DeleteModels(DeleteModels),
    /// Give twins another model, all or none.
    MigrateTwins(MigrateTwins),
}

/// See [`Command::UploadModels`].
#[derive(Debug, Clone)]
pub struct UploadModels {
    /// The models, checked against the catalogue as it was when they were parsed.
    pub upload: Arc<Upload>,
    /// The catalogue as it was then; if it has changed, the upload must be checked again.
    pub checked_against: Catalogue,
}

/// See [`Command::DeclareSystem`].
#[derive(Debug, Clone)]
pub struct DeclareSystem {
    /// Its name in external ids.
    pub name: Arc<str>,
    /// Its name for people.
    pub title: Arc<str>,
}

/// See [`Command::PutTwin`].
#[derive(Debug, Clone)]
pub struct PutTwin {
    /// The twin's own id, when the caller chooses or knows it.
    pub id: Option<TwinId>,
    /// What systems call it. A twin that one of these means already is updated instead of created.
    pub identifiers: Vec<ExternalId>,
    /// Its model; may be left out for a twin that exists.
    pub model: Option<Dtmi>,
    /// Values to set.
    pub properties: Vec<(PropertyPath, serde_json::Value)>,
    /// When all this is so.
    pub valid: Interval,
    /// The system that says so.
    pub source: Option<Arc<str>>,
}

/// See [`Command::SetProperties`].
#[derive(Debug, Clone)]
pub struct SetProperties {
    /// The twin.
    pub twin: TwinRef,
    /// Values to set; null clears.
    pub properties: Vec<(PropertyPath, serde_json::Value)>,
    /// When they hold.
    pub valid: Interval,
    /// The system that says so.
    pub source: Option<Arc<str>>,
}

/// See [`Command::DeleteTwin`].
#[derive(Debug, Clone)]
pub struct DeleteTwin {
    /// The twin.
    pub twin: TwinRef,
    /// From when on it is no more.
    pub at: Timestamp,
}

/// See [`Command::Relate`].
#[derive(Debug, Clone)]
pub struct Relate {
    /// Where it starts.
    pub source: TwinRef,
    /// Its name in the model of the source.
    pub name: Arc<str>,
    /// Where it leads.
    pub target: TwinRef,
    /// Tells parallel relationships apart; mostly empty.
    pub key: Arc<str>,
    /// Its properties.
    pub properties: JsonMap,
    /// When it holds.
    pub valid: Interval,
    /// Whether it gives way to what ended a part of it since it was said first, as a swap does: files are read again.
    pub gives_way: bool,
}

/// See [`Command::Refer`].
#[derive(Debug, Clone)]
pub struct Refer {
    /// The record.
    pub record: ExternalId,
    /// What it refers to.
    pub reference: Reference,
    /// The time to look at: in it the relationship holds while the record says so, between the twins that the two ids
    /// mean then.
    pub valid: Interval,
}

/// See [`Command::Unrelate`].
#[derive(Debug, Clone)]
pub struct Unrelate {
    /// The relationship.
    pub id: RelationshipId,
    /// When it does not hold.
    pub valid: Interval,
}

/// See [`Command::LinkId`].
#[derive(Debug, Clone)]
pub struct LinkId {
    /// The external id.
    pub external: ExternalId,
    /// What it means.
    pub twin: TwinRef,
    /// When.
    pub valid: Interval,
    /// Why.
    pub reason: Arc<str>,
    /// How sure, from 0 to 1.
    pub confidence: f64,
    /// Take the id from the twin that it means in that time; without this, that is a conflict.
    pub replace: bool,
}

/// See [`Command::UnlinkId`].
#[derive(Debug, Clone)]
pub struct UnlinkId {
    /// The external id.
    pub external: ExternalId,
    /// When it means nothing.
    pub valid: Interval,
}

/// See [`Command::Bind`].
#[derive(Debug, Clone)]
pub struct Bind {
    /// The stream; it is opened if no reading of it came yet.
    pub stream: StreamKey,
    /// The twin that it measures.
    pub twin: TwinRef,
    /// The property or telemetry that it measures.
    pub path: PropertyPath,
    /// The unit of its readings, when that is not the property's.
    pub unit: Option<Arc<str>>,
    /// When.
    pub valid: Interval,
    /// Take the stream from what it measures in that time; without this, that is a conflict.
    pub replace: bool,
    /// Whether it gives way to what ended a part of it since it was said first; see [`Relate::gives_way`].
    pub gives_way: bool,
}

/// See [`Command::Unbind`].
#[derive(Debug, Clone)]
pub struct Unbind {
    /// The stream.
    pub stream: StreamKey,
    /// When it measures nothing.
    pub valid: Interval,
}

/// See [`Command::SwapDevice`].
#[derive(Debug, Clone)]
pub struct SwapDevice {
    /// What the network calls the device that goes.
    pub old: ExternalId,
    /// What the network calls the device that comes.
    pub new: ExternalId,
    /// When.
    pub at: Timestamp,
    /// Properties whose values go over to the new device, such as a set point or a program.
    pub carry: Vec<PropertyPath>,
}

/// See [`Command::PutRecord`].
#[derive(Debug, Clone, PartialEq)]
pub struct PutRecord {
    /// What the system calls the thing.
    pub key: ExternalId,
    /// The kind of thing in the system's words.
    pub kind: Arc<str>,
    /// All that it says.
    pub attributes: JsonMap,
    /// Properties of the twin that it describes, as the source's declaration reads them.
    pub claims: BTreeMap<PropertyPath, serde_json::Value>,
    /// Fields to match by, as raw text.
    pub identity: BTreeMap<Arc<str>, Arc<str>>,
    /// What the source's declaration makes of the type.
    pub model: Option<Dtmi>,
    /// When the source last touched it, if it says so.
    pub stated: Option<Timestamp>,
    /// Other things that it refers to.
    pub references: Vec<Reference>,
    /// When it is so.
    pub valid: Interval,
    /// Whether it only tells of a change: then it holds no longer than until the change after it that is known, so that
    /// what comes late ends nothing that came later.
    pub is_change: bool,
}

impl PutRecord {
    /// The record that is kept.
    pub fn record(&self) -> SourceRecord {
        SourceRecord {
            kind: self.kind.clone(),
            attributes: self.attributes.clone(),
            claims: self.claims.clone(),
            identity: self.identity.clone(),
            model: self.model.clone(),
            stated: self.stated,
            references: self.references.clone(),
        }
    }
}

/// See [`Command::RetractRecord`].
#[derive(Debug, Clone)]
pub struct RetractRecord {
    /// What the system calls the thing.
    pub key: ExternalId,
    /// When the system does not have it; mostly from a moment on.
    pub valid: Interval,
    /// Whether it only tells of a change; see [`PutRecord::is_change`].
    pub is_change: bool,
}

/// See [`Command::DeclareSource`].
#[derive(Debug, Clone)]
pub struct DeclareSource {
    /// The source's name.
    pub name: Arc<str>,
    /// Its declaration.
    pub declaration: Arc<JsonMap>,
}

/// See [`Command::CommissionModel`].
#[derive(Debug, Clone)]
pub struct CommissionModel {
    /// The model.
    pub model: Dtmi,
    /// True: no new twins. False: new twins again.
    pub decommissioned: bool,
}

/// See [`Command::DeleteModels`].
#[derive(Debug, Clone)]
pub struct DeleteModels {
    /// The models; they may use each other.
    pub models: Vec<Dtmi>,
}

/// See [`Command::MigrateTwins`].
#[derive(Debug, Clone)]
pub struct MigrateTwins {
    /// From which model to which, since when, and what may be lost.
    pub migration: Migration,
    /// These twins; those that have no such time with the older model stay as they are.
    pub twins: Vec<TwinId>,
}
