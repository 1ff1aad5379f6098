//! The statements of our own format, and the commands that they are.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::ids::{IdText, TwinText};
use crate::domain::command::{
    Bind, Command, DeclareSystem, LinkId, PutRecord, PutTwin, Relate, SwapDevice,
};
use crate::domain::fact::JsonMap;
use crate::domain::id::{StreamKey, name};
use crate::dtdl::Dtmi;
use crate::sources::moment::Moments;

/// What one line states.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Statement {
    /// A system of ids.
    System(System),
    /// A twin.
    Twin(Box<Twin>),
    /// What an external id means.
    Link(Box<Link>),
    /// A relationship.
    Relationship(Box<Relationship>),
    /// What a stream measures.
    Binding(Box<Binding>),
    /// What a system says.
    Record(Box<Record>),
    /// A device swap.
    Swap(Box<Swap>),
}

/// See [`DeclareSystem`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct System {
    name: String,
    title: Option<String>,
}

/// See [`PutTwin`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Twin {
    id: Option<String>,
    #[serde(default)]
    ids: Vec<IdText>,
    model: Option<String>,
    #[serde(default)]
    properties: JsonMap,
    source: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

/// See [`LinkId`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    id: IdText,
    twin: TwinText,
    reason: Option<String>,
    confidence: Option<f64>,
    #[serde(default)]
    replace: bool,
    from: Option<String>,
    to: Option<String>,
}

/// See [`Relate`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relationship {
    source: TwinText,
    name: String,
    target: TwinText,
    #[serde(default)]
    key: String,
    #[serde(default)]
    properties: JsonMap,
    from: Option<String>,
    to: Option<String>,
}

/// See [`Bind`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    device: IdText,
    channel: String,
    twin: TwinText,
    path: String,
    unit: Option<String>,
    #[serde(default)]
    replace: bool,
    from: Option<String>,
    to: Option<String>,
}

/// See [`PutRecord`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    key: IdText,
    kind: String,
    attributes: JsonMap,
    #[serde(default)]
    claims: JsonMap,
    #[serde(default)]
    identity: BTreeMap<Arc<str>, Arc<str>>,
    model: Option<String>,
    stated: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

/// See [`SwapDevice`].
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Swap {
    old: IdText,
    new: IdText,
    at: String,
    #[serde(default)]
    carry: Vec<Arc<str>>,
}

impl Statement {
    /// The command that the statement is.
    ///
    /// # Errors
    /// What is wrong with a part of it, and how to mend it.
    pub fn command(self, moments: &Moments) -> Result<Command, String> {
        match self {
            Self::System(system) => system.command(),
            Self::Twin(twin) => twin.command(moments),
            Self::Link(link) => link.command(moments),
            Self::Relationship(relationship) => relationship.command(moments),
            Self::Binding(binding) => binding.command(moments),
            Self::Record(record) => record.command(moments),
            Self::Swap(swap) => Ok(Command::SwapDevice(SwapDevice {
                at: moments.parse(&swap.at)?,
                old: swap.old.0,
                new: swap.new.0,
                carry: swap.carry,
            })),
        }
    }
}

impl System {
    fn command(self) -> Result<Command, String> {
        Ok(Command::DeclareSystem(DeclareSystem {
            name: checked("the system", &self.name)?,
            title: checked("the title", self.title.as_deref().unwrap_or(&self.name))?,
        }))
    }
}

impl Twin {
    fn command(self, moments: &Moments) -> Result<Command, String> {
        if self.id.is_none() && self.ids.is_empty() {
            return Err("a twin needs `ids` or an `id`, or it could not be found again".to_owned());
        }
        let id = self.id.map(|id| id.parse()).transpose();
        let model = self.model.map(|model| model.parse::<Dtmi>()).transpose();
        let source = self.source.map(|source| checked("the source", &source));
        let properties = self.properties.into_iter();
        Ok(Command::PutTwin(PutTwin {
            id: id.map_err(|e: crate::domain::id::InvalidId| e.to_string())?,
            identifiers: self.ids.into_iter().map(|id| id.0).collect(),
            model: model.map_err(|e| e.to_string())?,
            properties: properties.map(|(path, v)| (path.into(), v)).collect(),
            valid: moments.interval(self.from.as_deref(), self.to.as_deref())?,
            source: source.transpose()?,
        }))
    }
}

impl Link {
    fn command(self, moments: &Moments) -> Result<Command, String> {
        let confidence = self.confidence.unwrap_or(1.0);
        if !(0.0..=1.0).contains(&confidence) {
            return Err(format!("`confidence` is {confidence}; give a number from 0 to 1"));
        }
        Ok(Command::LinkId(LinkId {
            external: self.id.0,
            twin: self.twin.0,
            valid: moments.interval(self.from.as_deref(), self.to.as_deref())?,
            reason: self.reason.as_deref().unwrap_or("imported").into(),
            confidence,
            replace: self.replace,
        }))
    }
}

impl Relationship {
    fn command(self, moments: &Moments) -> Result<Command, String> {
        Ok(Command::Relate(Relate {
            source: self.source.0,
            name: checked("the name", &self.name)?,
            target: self.target.0,
            key: self.key.into(),
            properties: self.properties,
            valid: moments.interval(self.from.as_deref(), self.to.as_deref())?,
            gives_way: true,
        }))
    }
}

impl Binding {
    fn command(self, moments: &Moments) -> Result<Command, String> {
        Ok(Command::Bind(Bind {
            stream: StreamKey::new(self.device.0, &self.channel).map_err(|e| e.to_string())?,
            twin: self.twin.0,
            path: checked("the path", &self.path)?,
            unit: self.unit.map(Into::into),
            valid: moments.interval(self.from.as_deref(), self.to.as_deref())?,
            replace: self.replace,
            gives_way: true,
        }))
    }
}

impl Record {
    fn command(self, moments: &Moments) -> Result<Command, String> {
        let model = self.model.map(|model| model.parse::<Dtmi>());
        Ok(Command::PutRecord(PutRecord {
            key: self.key.0,
            kind: checked("the kind", &self.kind)?,
            attributes: self.attributes,
            claims: self.claims.into_iter().map(|(path, value)| (path.into(), value)).collect(),
            identity: self.identity,
            model: model.transpose().map_err(|e| e.to_string())?,
            stated: self.stated.map(|stated| moments.parse(&stated)).transpose()?,
            references: Vec::new(),
            is_change: false,
            valid: moments.interval(self.from.as_deref(), self.to.as_deref())?,
        }))
    }
}

fn checked(what: &'static str, text: &str) -> Result<Arc<str>, String> {
    name(what, text).map_err(|e| e.to_string())
}
