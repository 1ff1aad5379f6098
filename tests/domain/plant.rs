//! A small plant on the base ontology: a state that commands are given to, one after the other.

use std::collections::BTreeSet;

use counterpart::domain::apply::apply;
use counterpart::domain::change::{Change, ModelsAdded};
use counterpart::domain::command::{Bind, Command, PutTwin, Relate, TwinRef};
use counterpart::domain::decide::{Context, IdSource, decide};
use counterpart::domain::id::{ExternalId, Position, StreamKey, TwinId};
use counterpart::domain::rejection::Rejection;
use counterpart::domain::role::{Role, Roles};
use counterpart::domain::state::{Rules, State};
use counterpart::domain::time::{Interval, Timestamp};
use counterpart::domain::view::{Scope, View};
use counterpart::dtdl::Document;
use uuid::Uuid;

/// Counts up.
struct Counting(u128);

impl IdSource for Counting {
    fn next(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

/// A state, and the position of the last entry.
pub struct Plant {
    pub state: State,
    pub position: Position,
    ids: Counting,
}

impl Plant {
    /// An empty plant with the base ontology and the types of the demo.
    pub fn new() -> Self {
        let rules = Rules { streams_max: 100, ..Rules::default() };
        let mut plant =
            Self { state: State::new(rules), position: Position::START, ids: Counting(0) };
        let mut documents = Vec::new();
        for folder in ["models/base", "models/demo"] {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
            for file in std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()) {
                if file.extension().is_some_and(|e| e == "json") {
                    documents.push((
                        file.display().to_string(),
                        std::fs::read_to_string(&file).unwrap(),
                    ));
                }
            }
        }
        let read: Vec<Document<'_>> =
            documents.iter().map(|(name, text)| Document { name, text }).collect();
        let upload = plant.state.catalogue.plan(&read).unwrap_or_else(|e| panic!("{e}"));
        let documents = upload.added.iter().map(|i| i.source.clone()).collect();
        plant.apply(&[Change::ModelsAdded(ModelsAdded { documents, upload: None })]);
        plant
    }

    fn apply(&mut self, changes: &[Change]) {
        self.position = self.position.next();
        let mut touched = BTreeSet::new();
        for change in changes {
            apply(&mut self.state, self.position, change, &mut touched).unwrap();
        }
    }

    /// Decides a command and applies what it changes; answers how many changes that were.
    pub fn ask(&mut self, command: Command) -> Result<usize, Rejection> {
        let now = Timestamp(0);
        let mut context = Context { now, actor: "test".into(), ids: &mut self.ids };
        let changes = decide(&self.state, &command, &mut context)?;
        self.apply(&changes);
        Ok(changes.len())
    }

    /// What a command would change.
    pub fn changes(&mut self, command: &Command) -> Result<Vec<Change>, Rejection> {
        let now = Timestamp(0);
        let mut context = Context { now, actor: "test".into(), ids: &mut self.ids };
        decide(&self.state, command, &mut context)
    }

    /// A twin with one id.
    pub fn twin(&mut self, id: &str, model: &str) -> TwinId {
        self.ask(put(id, model, Interval::ALWAYS)).unwrap();
        self.meaning(id, 0).unwrap()
    }

    /// What an id means at a moment, as known now.
    pub fn meaning(&self, id: &str, moment: i64) -> Option<TwinId> {
        self.view(moment).resolve(&external(id)).map(|link| link.value.twin)
    }

    /// The state at a moment, as known now.
    pub fn view(&self, moment: i64) -> View<'_> {
        let scope = Scope { moment: Timestamp(moment), past: true, known: self.position };
        View { state: &self.state, scope }
    }

    /// What a channel measures at a moment.
    pub fn measures(&self, device: &str, channel: &str, moment: i64) -> Option<(TwinId, String)> {
        let stream = self.state.streams.find(stream(device, channel).as_ref())?;
        let bindings = &self.state.streams.get(stream)?.bindings;
        let binding = &bindings.at(Timestamp(moment), self.position)?.value;
        Some((binding.twin, binding.path.to_string()))
    }
}

/// `system:id`
pub fn external(text: &str) -> ExternalId {
    let (system, id) = text.split_once(':').unwrap();
    ExternalId::new(system, "", id).unwrap()
}

/// A channel of a device.
pub fn stream(device: &str, channel: &str) -> StreamKey {
    StreamKey::new(external(device), channel).unwrap()
}

/// The twin that an id means.
pub fn by(id: &str) -> TwinRef {
    TwinRef::External(external(id))
}

/// From a moment on.
pub fn since(moment: i64) -> Interval {
    Interval::since(Timestamp(moment))
}

/// From a moment to another.
pub fn between(from: i64, to: i64) -> Interval {
    Interval::new(Timestamp(from), Timestamp(to)).unwrap()
}

/// Creates a twin.
pub fn put(id: &str, model: &str, valid: Interval) -> Command {
    Command::PutTwin(PutTwin {
        id: None,
        identifiers: vec![external(id)],
        model: Some(format!("dtmi:counterpart:{model};1").parse().unwrap()),
        properties: Vec::new(),
        valid,
        source: None,
    })
}

/// Joins two twins.
pub fn relate(source: &str, name: &str, target: &str, valid: Interval) -> Command {
    Command::Relate(Relate {
        source: by(source),
        name: name.into(),
        target: by(target),
        key: "".into(),
        properties: Default::default(),
        valid,
        gives_way: false,
    })
}

/// Binds a channel.
pub fn bind(device: &str, channel: &str, twin: &str, path: &str, valid: Interval) -> Bind {
    Bind {
        stream: stream(device, channel),
        twin: by(twin),
        path: path.into(),
        unit: None,
        valid,
        replace: false,
        gives_way: false,
    }
}

/// The roots of the base ontology.
pub fn roles() -> Roles {
    let root = |name: &str| format!("dtmi:counterpart:base:{name};1").parse().unwrap();
    Roles::new(vec![
        (root("Device"), Role::Device),
        (root("Location"), Role::Location),
        (root("Asset"), Role::Asset),
    ])
}
