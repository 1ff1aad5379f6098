//! What the files say, read without the program's help.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::support::shared::shared;

/// A thing of the building.
#[derive(Debug, Deserialize)]
pub struct Entity {
    pub id: String,
    pub brick_classes: Vec<String>,
    /// The model of exactly its class, where the ontology has one.
    pub dtmi: Option<String>,
}

/// What joins two things.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Edge {
    pub source: String,
    pub name: String,
    pub target: String,
}

impl Edge {
    /// The ways in which the ontology may say the same, sometimes from the other end.
    pub fn ways(&self) -> Vec<Self> {
        let there = |name: &str| Self { name: name.to_owned(), ..self.clone() };
        let back = |name: &str| Self {
            source: self.target.clone(),
            name: name.to_owned(),
            target: self.source.clone(),
        };
        match self.name.as_str() {
            "isPointOf" => vec![self.clone(), there("meters"), back("hasPoint")],
            "isPartOf" => vec![self.clone(), back("hasPart"), back("includes")],
            _ => vec![self.clone()],
        }
    }
}

/// The building as its files say.
pub struct Building {
    pub entities: BTreeMap<String, Entity>,
    pub edges: BTreeSet<Edge>,
    pub ontology: PathBuf,
    pub turtle: PathBuf,
}

/// A zone that is fed: the rooms in it and the sensors of its temperature.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Zone {
    pub rooms: BTreeSet<String>,
    pub temperatures: BTreeSet<String>,
}

/// A box between the air handler and a zone: its zones, and the sensors of its flow.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Terminal {
    pub zones: BTreeMap<String, Zone>,
    pub flows: BTreeSet<String>,
}

impl Building {
    /// The building, or `None` after saying that the test is skipped.
    pub fn load() -> Option<Self> {
        let ontology = shared("dtdl/ontologies/rec-4.json.gz")?;
        let folder = shared("instances/brick-buildings")?;
        let entities: Vec<Entity> = lines(folder.join("ebu3b.entities.ndjson.gz"));
        let edges: Vec<Edge> = lines(folder.join("ebu3b.edges.ndjson.gz"));
        let turtle = folder.join("ebu3b_brick.ttl.gz");
        Some(Self {
            entities: entities.into_iter().map(|e| (e.id.clone(), e)).collect(),
            edges: edges.into_iter().collect(),
            ontology,
            turtle,
        })
    }

    /// All sensors of temperature and flow.
    pub fn points(&self) -> Vec<&str> {
        let points = self.entities.values().filter(|entity| {
            let mut classes = entity.brick_classes.iter();
            classes.any(|class| {
                class.ends_with("_Sensor")
                    && (class.contains("Temperature") || class.contains("Flow"))
            })
        });
        points.map(|entity| entity.id.as_str()).collect()
    }

    /// What an air handler feeds.
    pub fn fed_by(&self, air_handler: &str) -> BTreeMap<String, Terminal> {
        let terminals = self.ends(air_handler, "feeds");
        terminals.map(|terminal| (terminal.to_owned(), self.terminal(terminal))).collect()
    }

    fn terminal(&self, id: &str) -> Terminal {
        let zone = |zone: &str| Zone {
            rooms: self.starts("isPartOf", zone, |e| e.brick_classes == ["Room"]),
            temperatures: self.starts("isPointOf", zone, |e| is_a(e, "Temperature_Sensor")),
        };
        let zones = self.ends(id, "feeds");
        Terminal {
            zones: zones.map(|id| (id.to_owned(), zone(id))).collect(),
            flows: self.starts("isPointOf", id, |e| is_a(e, "Flow_Sensor")),
        }
    }

    fn ends<'a>(&'a self, source: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
        let edges = self.edges.iter();
        let leaving = edges.filter(move |edge| edge.source == source && edge.name == name);
        leaving.map(|edge| edge.target.as_str())
    }

    fn starts(&self, name: &str, target: &str, fits: fn(&Entity) -> bool) -> BTreeSet<String> {
        let edges = self.edges.iter();
        let arriving = edges.filter(|edge| edge.target == target && edge.name == name);
        let fitting = arriving.filter(|edge| self.entities.get(&edge.source).is_some_and(fits));
        fitting.map(|edge| edge.source.clone()).collect()
    }
}

/// Whether a class of a thing ends so, and is therefore a subclass of what is named so.
fn is_a(entity: &Entity, class: &str) -> bool {
    entity.brick_classes.iter().any(|own| own.ends_with(class))
}

fn lines<T: DeserializeOwned>(path: PathBuf) -> Vec<T> {
    let file = std::fs::File::open(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let lines = BufReader::new(GzDecoder::new(file)).lines();
    lines
        .map(|line| serde_json::from_str(&line.expect("a line")).expect("what is expected"))
        .collect()
}
