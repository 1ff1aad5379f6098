//! From Turtle to entities and edges, each with the line on which it is stated.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use indexmap::IndexMap;
use oxrdf::{NamedOrBlankNode, Term, Triple};
use oxttl::TurtleParser;
use oxttl::turtle::LowLevelTurtleParser;

use crate::domain::id::abridged;
use crate::dtdl::Dtmi;
use crate::sources::limits::{STATEMENT_BYTES_MAX, TRIPLES_MAX};
use crate::sources::problem::{Origin, Problem};
use crate::sources::text::{Lines, Text};

const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const LABEL: &str = "http://www.w3.org/2000/01/rdf-schema#label";
const SUB_CLASS_OF: &str = "http://www.w3.org/2000/01/rdf-schema#subClassOf";

/// What a file states of one thing.
#[derive(Debug, Default)]
pub struct Entity {
    /// The line of its first class.
    pub line: u64,
    /// Its classes, as IRIs, in the order in which they are stated.
    pub classes: Vec<Arc<str>>,
    /// Its label.
    pub label: Option<String>,
}

/// An object property of the Brick ontology between two things.
#[derive(Debug)]
pub struct Edge {
    /// The line.
    pub line: u64,
    /// The IRI at which it starts.
    pub source: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// The IRI to which it leads.
    pub target: Arc<str>,
}

/// What a file states.
#[derive(Debug, Default)]
pub struct Building {
    /// Things of a class of Brick, of one that the file derives from those, or of one that the
    /// mapping knows; by IRI.
    pub entities: IndexMap<Arc<str>, Entity>,
    /// Things of other classes only.
    pub others: HashSet<Arc<str>>,
    /// What joins them.
    pub edges: Vec<Edge>,
    /// The class from which each class of the file derives.
    pub parents: HashMap<Arc<str>, Arc<str>>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Reads a whole file: Turtle may say of a thing on its last line what it is.
/// `known` are names of further classes that count.
pub fn parse(file: &Arc<str>, text: Text, known: &HashMap<String, Dtmi>) -> Building {
    let mut reader = Reader {
        file,
        known,
        parser: TurtleParser::new().lenient().low_level(),
        interned: HashSet::new(),
        building: Building::default(),
        triples: 0,
        unfinished_bytes: 0,
    };
    let mut last = 0;
    for line in Lines::new(file, text) {
        match line {
            Ok((number, line)) => {
                last = number;
                reader.feed(&line);
                if !reader.drain(number) {
                    return reader.finish();
                }
            }
            Err(problem) => reader.building.problems.push(problem),
        }
    }
    reader.parser.end();
    reader.drain(last);
    reader.finish()
}

/// The part of an IRI that names the thing: after the `#`, or after the last `/`.
pub fn local(iri: &str) -> &str {
    match iri.find('#') {
        Some(at) => &iri[at + 1..],
        None => iri.rsplit('/').next().unwrap_or(iri),
    }
}

/// The part of an IRI before its local name.
pub fn namespace(iri: &str) -> &str {
    &iri[..iri.len() - local(iri).len()]
}

/// Whether an IRI belongs to the Brick ontology, in any of its versions.
pub fn is_brick(iri: &str) -> bool {
    let version = iri.strip_prefix("https://brickschema.org/schema/");
    version.is_some_and(|rest| {
        let path = rest.split('#').next().unwrap_or(rest);
        rest.contains('#') && matches!(path.rsplit('/').next(), Some("Brick" | "BrickFrame"))
    })
}

struct Reader<'a> {
    file: &'a Arc<str>,
    known: &'a HashMap<String, Dtmi>,
    parser: LowLevelTurtleParser,
    /// IRIs repeat: each is kept once.
    interned: HashSet<Arc<str>>,
    building: Building,
    triples: usize,
    unfinished_bytes: usize,
}

impl Reader<'_> {
    fn feed(&mut self, line: &str) {
        // Between statements, comments of any length may stand.
        if self.unfinished_bytes > 0 || !line.starts_with('#') {
            self.unfinished_bytes += line.len();
        }
        // Real files have IRIs with a bare `%`, which the parser is told not to mind.
        self.parser.extend_from_slice(line.as_bytes());
        self.parser.extend_from_slice(b"\n");
    }

    /// Takes what the parser has found up to a line; answers whether reading goes on.
    fn drain(&mut self, line: u64) -> bool {
        while let Some(found) = self.parser.parse_next() {
            match found {
                Ok(triple) => {
                    self.triples += 1;
                    self.unfinished_bytes = 0;
                    self.take(line, &triple);
                }
                Err(e) => {
                    let at = e.location().start;
                    let origin = Origin::column(self.file, line, at.column + 1);
                    let message = format!("this is no Turtle: {}", abridged(e.message()));
                    self.problem(Problem::error(origin, "INVALID_TURTLE", message));
                }
            }
        }
        let problem = if self.triples > TRIPLES_MAX {
            format!("more than {TRIPLES_MAX} statements; split the file")
        } else if self.unfinished_bytes > STATEMENT_BYTES_MAX {
            format!("a statement is longer than {STATEMENT_BYTES_MAX} bytes; is a quote open?")
        } else {
            return true;
        };
        self.problem(Problem::error(Origin::line(self.file, line), "NOT_READABLE", problem));
        false
    }

    fn problem(&mut self, problem: Problem) {
        self.building.problems.push(problem);
    }

    fn take(&mut self, line: u64, triple: &Triple) {
        let NamedOrBlankNode::NamedNode(subject) = &triple.subject else {
            return;
        };
        let subject = self.intern(subject.as_str());
        let predicate = triple.predicate.as_str();
        match &triple.object {
            Term::NamedNode(object) => {
                let object = self.intern(object.as_str());
                self.join(line, subject, predicate, object);
            }
            Term::Literal(label) if predicate == LABEL => {
                let entity = self.building.entities.entry(subject).or_default();
                entity.label = Some(label.value().to_owned());
            }
            Term::Literal(_) | Term::BlankNode(_) => {}
        }
    }

    fn join(&mut self, line: u64, subject: Arc<str>, predicate: &str, object: Arc<str>) {
        match predicate {
            TYPE => {
                let entity = self.building.entities.entry(subject).or_default();
                if entity.classes.is_empty() {
                    entity.line = line;
                }
                entity.classes.push(object);
            }
            SUB_CLASS_OF => {
                self.building.parents.insert(subject, object);
            }
            _ if is_brick(predicate) => {
                let name = self.intern(local(predicate));
                self.building.edges.push(Edge { line, source: subject, name, target: object });
            }
            _ => {}
        }
    }

    fn intern(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.interned.get(text) {
            return known.clone();
        }
        let new: Arc<str> = text.into();
        self.interned.insert(new.clone());
        new
    }

    /// Keeps what is of a class that counts; classes that the file itself defines are no entities.
    fn finish(mut self) -> Building {
        let Building { entities, others, parents, .. } = &mut self.building;
        let counts = |class: &Arc<str>| {
            is_brick(class) || parents.contains_key(class) || self.known.contains_key(local(class))
        };
        entities.retain(|iri, entity| {
            let typed = !entity.classes.is_empty();
            entity.classes.retain(counts);
            if typed && entity.classes.is_empty() {
                others.insert(iri.clone());
            }
            !entity.classes.is_empty()
        });
        self.building
    }
}
